"""What one thing with several requests asks for (ux.md 5.7, bulk)."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms

from accounts.forms import PortalForm
from accounts.models import User
from intake.forms.sorting import TagForm
from intake.forms.triage import AssignForm, ParkForm


class BulkClaimForm(PortalForm):
    """Nothing to fill in."""

    summary_elsewhere = True


class BulkAssignForm(AssignForm):
    def __init__(self, *args: Any, people: Iterable[User] = (), **kwargs: Any) -> None:
        super().__init__(*args, people=people, **kwargs)
        _drop(self, "seen", "note")

    def clean(self) -> dict[str, Any]:
        return self.cleaned_data


class BulkTagForm(TagForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _drop(self, "seen")
        self.fields["tags"].help_text = "Several with commas between them. They are added"

    def clean_tags(self) -> list[str]:
        names = super().clean_tags()
        if not names:
            raise forms.ValidationError("Enter at least one tag")
        return names

    def clean(self) -> dict[str, Any]:
        return self.cleaned_data


class BulkParkForm(ParkForm):
    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, today=today, **kwargs)
        _drop(self, "seen")

    def clean(self) -> dict[str, Any]:
        """The version that each request had is checked request by request."""
        given = self.cleaned_data
        is_open = not given.get("until") and not given.get("event")
        if is_open and not {"until", "event"} & self.errors.keys():
            self.add_error("until", "Enter a day, or what has to happen first")
        return given


def _drop(form: forms.Form, *names: str) -> None:
    for name in names:
        form.fields.pop(name, None)
