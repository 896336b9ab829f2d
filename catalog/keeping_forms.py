"""Forms of what keeps a service alive: improvements, contacts, stories."""

from datetime import date
from typing import Any

from django import forms

from accounts.forms import WRONG_DATE, PortalForm
from catalog.models import CustomerContact, Improvement

LARGEST = 2_147_483_647


def _words(
    label: str, missing: str, *, most: int, hint: str = "", rows: int = 2
) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=bool(missing),
        max_length=most,
        help_text=hint,
        widget=forms.Textarea(attrs={"rows": rows, "data-limit": most}),
        error_messages={
            "required": missing,
            "max_length": f"It must be {most:,} characters or less",
        },
    )


class SuggestForm(PortalForm):
    text = _words("What should become better?", "Enter what should become better", most=300)


class ImprovementForm(PortalForm):
    """How far it is, and for whom it is shown."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=LARGEST)
    text = _words("What becomes better", "Enter what becomes better", most=300)
    state = forms.ChoiceField(
        label="How far is it?",
        choices=Improvement.State.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Select how far it is",
            "invalid_choice": "Select how far it is",
        },
    )
    what_was_done = _words("What was done, or why not (needed when it ends)", "", most=1000, rows=3)
    is_public = forms.BooleanField(
        label="Show it on the service’s page while it is being done", required=False
    )


class ContactForm(PortalForm):
    happened_on = forms.DateField(
        label="When?",
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": "Enter the day", "invalid": WRONG_DATE},
    )
    kind = forms.ChoiceField(
        label="What was it?",
        choices=CustomerContact.Kind.choices,
        error_messages={"required": "Select what it was", "invalid_choice": "Select what it was"},
    )
    who = forms.CharField(
        label="With whom?", max_length=160, error_messages={"required": "Enter with whom"}
    )
    heard = _words("What did you hear?", "Enter what you heard", most=2000, rows=3)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_happened_on(self) -> date:
        day: date = self.cleaned_data["happened_on"]
        if day > self.today:
            raise forms.ValidationError("The day must be today or earlier")
        return day


class StoryForm(PortalForm):
    text = _words(
        "What they say", "Enter what they say", most=400, hint="In their words, a few sentences"
    )
    who = forms.CharField(
        label="Who says it?",
        max_length=120,
        help_text="As it shall stand there, such as “A plant manager”",
        error_messages={"required": "Enter who says it"},
    )
    source = forms.CharField(label="From which request? (optional)", max_length=40, required=False)
    agreed = forms.BooleanField(
        label="They agreed that we show it",
        error_messages={"required": "Ask them first, then tick that they agreed"},
    )
