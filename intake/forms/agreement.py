"""What a requester fills in after sending: answers, choices and the result."""

from typing import Any

from django import forms

from accounts.forms import PortalForm
from intake.forms.triage import LARGEST, MessageForm, words
from intake.models import Hold, NeedVersion, ResultCheck

DIFFERENCES = (
    (ResultCheck.Difference.CLEARLY, "Clearly"),
    (ResultCheck.Difference.A_LITTLE, "A little"),
    (ResultCheck.Difference.NO, "No"),
    (ResultCheck.Difference.NOT_MEASURABLE, "It can't be measured"),
)
MISSING = "missing"


class WriteForm(MessageForm):
    text = words("Your message", "Enter your message", rows=5)


class SeenForm(PortalForm):
    """Carries the version of the request that the person saw."""

    seen = forms.IntegerField(
        widget=forms.HiddenInput, min_value=0, max_value=LARGEST, required=False
    )


class AnswersForm(PortalForm):
    """One field per open question. Some may wait, one at least is needed."""

    def __init__(self, *args: Any, hold: Hold, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in hold.questions.all():
            if question.answered_at is None:
                self.fields[f"answer_{question.position}"] = forms.CharField(
                    label=f"{question.position}. {question.text}",
                    max_length=4000,
                    required=False,
                    widget=forms.Textarea(attrs={"rows": 3, "data-limit": "4000"}),
                )

    def answers(self) -> dict[int, str]:
        return {
            int(name.removeprefix("answer_")): text
            for name, text in self.cleaned_data.items()
            if name.startswith("answer_") and text
        }

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not any(cleaned.values()) and self.fields:
            self.add_error(next(iter(self.fields)), "Answer at least one question")
        return cleaned


class NeedForm(PortalForm):
    reply = forms.ChoiceField(
        label="Is this what you meant?",
        choices=NeedVersion.Reply.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Select yes, nearly or no"},
    )
    correction = forms.CharField(
        label="What is not right yet? (only for nearly and no)",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("reply") in ("nearly", "no") and not cleaned.get("correction"):
            self.add_error("correction", "Enter what is not right yet")
        return cleaned


class ChoiceForm(SeenForm):
    tier = forms.ChoiceField(
        label="Which tier do you choose?",
        widget=forms.RadioSelect,
        error_messages={"required": "Select a tier"},
    )
    reason = forms.CharField(
        label="Why this one? (optional)",
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, choices: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tier"].choices = list(choices)


class RefuseForm(SeenForm):
    why = words("Why does none of these fit?", "Enter why none of these fits", rows=3)


class WithdrawForm(SeenForm):
    reason = forms.CharField(
        label="Why? (optional)",
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ResultForm(SeenForm):
    difference = forms.ChoiceField(
        label="Did it make a difference?",
        choices=(*DIFFERENCES, (MISSING, "Something is missing. It is not finished yet")),
        widget=forms.RadioSelect,
        error_messages={"required": "Select whether it made a difference"},
    )
    sentence = words(
        "Say it in one sentence",
        "Enter one sentence: what changed, why it can't be measured, or what is missing",
        hint="What people do differently now, why it can't be measured, or what is missing",
        rows=3,
    )
    value_now = forms.CharField(
        label="What is the value now? (optional)", max_length=100, required=False
    )
