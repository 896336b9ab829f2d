"""Forms around the conversation: people, the decision, taking up again, new dates, removing."""

from datetime import date
from typing import Any

from django import forms

from accounts.forms import PortalForm
from accounts.models import User
from intake.forms.ask_fields import DATE_FORMATS, LAST_DATE
from intake.forms.texts import text_field
from intake.models import Decision, Participant


def day_field(label: str, *, missing: str, hint: str = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=hint,
        input_formats=DATE_FORMATS,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": missing, "invalid": "Enter a date such as 14 Oct 2026"},
    )


class VersionForm(PortalForm):
    """Carries the version of the request that was read."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean_seen(self) -> int | None:
        given = self.cleaned_data["seen"]
        is_number = given.isascii() and given.isdigit() and len(given) <= 9
        return int(given) if is_number else None


class AddPersonForm(PortalForm):
    email = forms.EmailField(
        label="Mail address",
        help_text="Of a colleague who has an account here",
        error_messages={
            "required": "Enter a mail address",
            "invalid": "Enter a mail address such as ana@example.org",
        },
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    part = forms.ChoiceField(
        label="What is their part?",
        choices=Participant.Part.choices,
        initial=Participant.Part.INFORMED,
        error_messages={"required": "Select their part", "invalid_choice": "Select their part"},
    )

    def clean_email(self) -> User:
        """The person of this address, who must be able to sign in."""
        given = self.cleaned_data["email"]
        person = User.objects.filter(email__iexact=given, is_active=True).first()
        if person is None:
            raise forms.ValidationError("Nobody here has this mail address. Check how it is spelt")
        return person


class AudienceForm(PortalForm):
    audience = forms.ChoiceField(
        label="Who may see this request?",
        choices=(
            ("named", "People named here and the PMO"),
            ("department", "My department too"),
        ),
        widget=forms.RadioSelect,
        error_messages={
            "required": "Select who may see it",
            "invalid_choice": "Select who may see it",
        },
    )


class DecisionForm(VersionForm):
    decided_on = day_field("When was it decided?", missing="Enter the day it was decided")
    decided_what = text_field(
        "What was decided?",
        subject="What was decided",
        most=1000,
        missing="Enter what was decided",
        hint="One or two sentences, as you would tell a colleague",
        rows=3,
    )
    result_used = forms.ChoiceField(
        label="Was our result used?",
        choices=Decision.ResultUsed.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Select yes, partly or no"},
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_decided_on(self) -> date:
        day: date = self.cleaned_data["decided_on"]
        if day > self.today:
            raise forms.ValidationError("Enter a day that is not in the future")
        return day


class TakeUpForm(VersionForm):
    """Why a closed request should be looked at again."""

    why = text_field(
        "What should we know?",
        subject="What we should know",
        most=2000,
        missing="Enter what we should know",
        hint="What is new, or what we did not see",
    )


class NewDateForm(VersionForm):
    new_on = day_field("New date", missing="Enter the new date")
    because = text_field(
        "Because",
        subject="The reason",
        most=400,
        missing="Enter why we are late",
        hint="The requester reads it as it stands here",
        rows=2,
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_new_on(self) -> date:
        day: date = self.cleaned_data["new_on"]
        if day < self.today or day >= LAST_DATE:
            raise forms.ValidationError("Enter a day from today on")
        return day


class AccessForm(PortalForm):
    why = text_field("Why do you need it? (optional)", subject="Your reason", most=300, rows=2)


class RedactionForm(PortalForm):
    place = forms.CharField(widget=forms.HiddenInput)
    reason = text_field(
        "Why is it removed?",
        subject="The reason",
        most=200,
        missing="Enter why it is removed",
        hint="It stands in the place of the text, for everybody to read",
        rows=1,
    )


class SavedTextForm(PortalForm):
    title = text_field("Name", subject="The name", most=80, missing="Enter a name", rows=1)
    text = text_field(
        "Text",
        subject="The text",
        most=4000,
        missing="Enter the text",
        hint="{requester}, {reference} and {me} are filled in when you insert it",
        rows=8,
    )
    is_shared = forms.BooleanField(
        label="Share it with the whole PMO",
        required=False,
    )
