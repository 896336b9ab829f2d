"""What an analyst fills in for each act on a request; limits and words by ux.md 5.7."""

from typing import Any
from uuid import uuid4

from django import forms

from accounts.forms import PortalForm
from intake.models import Verdict
from intake.services.triage import QUESTIONS_AT_ONCE

TEXT = 4000
EXPLANATION = 40
LARGEST = 2_147_483_647


def words(label: str, missing: str, *, hint: str = "", rows: int = 4, **limits: Any) -> Any:
    """A text of several lines that must be given."""
    field = forms.CharField(
        label=label,
        help_text=hint,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": missing},
        **({"max_length": TEXT} | limits),
    )
    if "min_length" in limits:
        field.error_messages["min_length"] = missing
    return field


class ActForm(PortalForm):
    """Carries the version of the request that the person saw."""

    seen = forms.IntegerField(
        widget=forms.HiddenInput, min_value=0, max_value=LARGEST, required=False
    )


class MessageForm(PortalForm):
    """Carries a token, so that pressing twice makes one."""

    token = forms.UUIDField(widget=forms.HiddenInput, required=False)
    text = words("Message", "Enter your message", max_length=TEXT)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("token", uuid4())


class ReplyForm(MessageForm):
    text = words("Your message to the requester", "Enter your message", rows=6)


class NoteForm(MessageForm):
    text = words("Internal note", "Enter your note", rows=6)


class AskForm(ActForm):
    question_1 = forms.CharField(
        label="Question 1",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Enter at least one question"},
    )
    question_2 = forms.CharField(
        label="Question 2 (optional)",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    question_3 = forms.CharField(
        label="Question 3 (optional)",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    why = forms.CharField(label="Why you ask (optional)", max_length=300, required=False)
    blocks = forms.ChoiceField(
        label="Can you go on without the answer?",
        choices=(
            ("yes", "We cannot go on without this. Our clock pauses until the answer"),
            ("no", "We can go on meanwhile. Our clock keeps running"),
        ),
        widget=forms.RadioSelect,
        error_messages={"required": "Select whether you can go on without the answer"},
    )

    def questions(self) -> list[str]:
        given = (
            self.cleaned_data[f"question_{place}"] for place in range(1, QUESTIONS_AT_ONCE + 1)
        )
        return [text for text in given if text]


class PlayBackForm(ActForm):
    text = words(
        "The need, as you understood it",
        "Enter the need in at least one sentence",
        hint="Who needs to do what, when, so that what changes. Their words stay beside it",
        min_length=20,
        max_length=600,
    )


class AnswerForm(ActForm):
    text = words("The answer", "Enter the answer", hint="This closes the request", rows=6)


class DeclineForm(ActForm):
    reason = forms.ChoiceField(
        label="Reason",
        choices=Verdict.Reason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Select a reason"},
    )
    explanation = words(
        "Explain it in your own words",
        "Explain the reason in at least 40 characters",
        hint="The requester reads this right after the reason",
        min_length=EXPLANATION,
    )
    alternative = words(
        "What can they do instead?",
        "Enter what they can do instead: a service, a team, a link, or what would change our mind",
        rows=3,
    )


class ParkForm(ActForm):
    until = forms.DateField(
        label="Until (optional)",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="It comes back by itself at 07:00 on that day",
        error_messages={"invalid": "Enter a date such as 2026-05-12"},
    )
    event = forms.CharField(
        label="Or until this happens (optional)",
        max_length=200,
        required=False,
        help_text="You wake it yourself then",
    )
    explanation = words("Why is it parked?", "Enter why it is parked", rows=3)

    def __init__(self, *args: Any, today: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        until = cleaned.get("until")
        if until and self.today and until <= self.today:
            self.add_error("until", "The date must be after today")
        if not until and not cleaned.get("event") and not self.errors.get("until"):
            self.add_error("until", "Enter a date, or what has to happen first")
        return cleaned


class UrgencyForm(ActForm):
    verdict = forms.ChoiceField(
        label="Is it urgent?",
        choices=(
            ("accept", "Yes. A plan follows within one working day"),
            ("refuse", "No. It is planned in the normal lane"),
        ),
        widget=forms.RadioSelect,
        error_messages={"required": "Select whether it is treated as urgent"},
    )
    explanation = words(
        "What do you tell the requester?", "Enter what you tell the requester", rows=3
    )


class AssignForm(ActForm):
    to = forms.ChoiceField(label="Who takes it?", error_messages={"required": "Select a person"})

    def __init__(self, *args: Any, people: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [("", "Select a person")] + [
            (str(person.pk), person.name) for person in people
        ]


class ProposeForm(ActForm):
    tier = forms.ChoiceField(
        label="Which tier do you suggest?",
        widget=forms.RadioSelect,
        error_messages={"required": "Select the tier that you suggest"},
    )
    why = forms.CharField(
        label="Why this one?",
        max_length=400,
        help_text="One sentence. The requester reads it beside the tiers",
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Enter in one sentence why you suggest it"},
    )

    def __init__(self, *args: Any, tiers: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tier"].choices = [(str(tier.pk), str(tier)) for tier in tiers]
