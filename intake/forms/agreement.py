"""What the requester decides: the need, the tier, the result, or to take the request back."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms

from accounts.forms import PortalForm
from intake.forms.texts import text_field
from intake.models import NeedVersion, ResultCheck

Reply = NeedVersion.Reply
Difference = ResultCheck.Difference


class PlayBackForm(PortalForm):
    """Is the need right as it was written down? `need` is the number of the one that was read."""

    need = forms.CharField(widget=forms.HiddenInput, required=False)
    reply = forms.ChoiceField(
        label="Your answer",
        choices=Reply.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Select yes, nearly or no"},
    )
    correction = text_field(
        "What should be different?",
        subject="What should be different",
        most=2000,
        hint="Only for nearly and no. Write it as you would say it to a colleague",
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        is_open = cleaned.get("reply") in (Reply.NEARLY, Reply.NO)
        if is_open and not cleaned.get("correction") and "correction" not in self.errors:
            nearly = cleaned["reply"] == Reply.NEARLY
            words = "Enter what should be different" if nearly else "Enter what is not right"
            self.add_error("correction", words)
        return cleaned


class ChoiceForm(PortalForm):
    """Which tier, knowing the trade-off. `proposal` is the one whose table was read."""

    proposal = forms.CharField(widget=forms.HiddenInput, required=False)
    tier = forms.ChoiceField(
        label="Which one do you choose?",
        widget=forms.RadioSelect,
        error_messages={"required": "Select a tier", "invalid_choice": "Select one of the tiers"},
    )
    reason = text_field(
        "Why this one? (optional)",
        subject="Why this one",
        most=400,
        hint="If it is another one than we suggest, your reason helps us to suggest better",
        rows=2,
    )

    def __init__(self, *args: Any, tiers: Iterable[tuple[str, Any]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["tier"]).choices = list(tiers)


class RefuseForm(PortalForm):
    proposal = forms.CharField(widget=forms.HiddenInput, required=False)
    why = text_field(
        "What would have to be different?",
        subject="What would have to be different",
        most=2000,
        missing="Enter what would have to be different",
        hint="What none of these gives you, or what they ask of you that is too much",
    )


class WithdrawForm(PortalForm):
    reason = text_field(
        "Why do you withdraw it? (optional)",
        subject="Why you withdraw it",
        most=400,
        hint="Your contact reads it. It helps us to see what others may need",
        rows=2,
    )


class ResultForm(PortalForm):
    """Did it make a difference? An effect, or the reason why none can be told."""

    difference = forms.ChoiceField(
        label="Did it make a difference?",
        choices=(
            (Difference.CLEARLY, "Clearly"),
            (Difference.A_LITTLE, "A little"),
            (Difference.NO, "No"),
            (Difference.NOT_MEASURABLE, "That is not measurable"),
        ),
        widget=forms.RadioSelect,
        error_messages={"required": "Select whether it made a difference"},
    )
    value_now = text_field(
        "What is the value now? (optional)", subject="The value now", most=100, rows=1
    )
    sentence = text_field(
        "In one sentence",
        subject="The sentence",
        most=1000,
        hint="What people do differently now, or: not measurable, because …",
        rows=3,
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not cleaned.get("sentence") and "sentence" not in self.errors:
            unmeasured = cleaned.get("difference") == Difference.NOT_MEASURABLE
            words = "Enter why it is not measurable" if unmeasured else "Enter one sentence"
            self.add_error("sentence", words)
        return cleaned


class MissingForm(PortalForm):
    what = text_field(
        "What is missing?",
        subject="What is missing",
        most=2000,
        missing="Enter what is missing",
        hint="Compare it with what we agreed. One point a line is enough",
    )
