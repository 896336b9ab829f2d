"""Naming a person: by name, or by mail address."""

from typing import Any

from django import forms

from accounts.forms import PortalForm
from accounts.models import User

NOBODY = "Nobody here has this name or mail address. Check how it is spelt"
SEVERAL = "Several people have this name. Enter the mail address"


def person_named(said: str) -> User:
    """The one active person of this name or address; ValidationError says why there is none."""
    people = User.objects.filter(is_active=True)
    by = {"email__iexact": said} if "@" in said else {"name__iexact": said}
    found = list(people.filter(**by)[:2])
    if len(found) > 1:
        raise forms.ValidationError(SEVERAL)
    if not found:
        raise forms.ValidationError(NOBODY)
    return found[0]


class NamedForm(PortalForm):
    """One colleague who has an account here."""

    who = forms.CharField(
        label="Name or mail address",
        max_length=254,
        widget=forms.TextInput(attrs={"list": "people", "autocomplete": "off"}),
        error_messages={"required": "Enter a name or a mail address"},
    )

    def clean_who(self) -> Any:
        return person_named(self.cleaned_data["who"])
