"""Naming a person: by name, or by mail address."""

from typing import Any

from django import forms
from django.core.validators import validate_email

from accounts.forms import PortalForm
from accounts.models import User

NOBODY = "Nobody here has this name or mail address. Check how it is spelt"
WHOM = "Select who this is for"
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


class ForWhomForm(PortalForm):
    """Whose request it will be: one's own, or somebody else's, who may not be known yet."""

    whom = forms.ChoiceField(
        label="Who is this for?",
        choices=(("me", "For me"), ("other", "For someone else")),
        widget=forms.RadioSelect,
        error_messages={"required": WHOM, "invalid_choice": WHOM},
    )
    who = forms.CharField(
        label="Their name or mail address",
        help_text="Somebody without an account gets one by their mail address, to claim later",
        max_length=254,
        required=False,
        widget=forms.TextInput(attrs={"list": "people", "autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        """`cleaned_data["who"]` is then a mail address; empty for oneself."""
        super().clean()
        if self.cleaned_data.get("whom") != "other":
            self.errors.pop("who", None)
            self.cleaned_data["who"] = ""
        elif "who" not in self.errors:
            self._find()
        return self.cleaned_data

    def _find(self) -> None:
        said = self.cleaned_data.get("who", "")
        if not said:
            self.add_error("who", "Enter a name or a mail address")
        elif "@" in said:
            self._take_address(said)
        else:
            try:
                self.cleaned_data["who"] = person_named(said).email
            except forms.ValidationError as error:
                self.add_error("who", error)

    def _take_address(self, said: str) -> None:
        known = User.objects.filter(email__iexact=said).first()
        try:
            validate_email(said)
        except forms.ValidationError:
            self.add_error("who", "Enter a mail address such as ana@example.org")
        else:
            if known and not known.is_active:
                self.add_error("who", f"{known.name} has left. Enter somebody else")
