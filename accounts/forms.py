"""How every form of the portal behaves: no browser bubbles, a linked summary, clean text."""

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from allauth.account.forms import LoginForm
from crispy_forms.helper import FormHelper
from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

# Control characters but tab and line ends, and the marks that turn the direction of text around.
CONTROL = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
NO_NUL = ProhibitNullCharactersValidator("Take out the character that can't be shown")


class Problem(NamedTuple):
    """One line of the error summary. Without an address it concerns the whole form."""

    address: str
    words: str


class PortalFormHelper(FormHelper):
    """Fields only: the page writes the form tag, its token and its buttons."""

    def __init__(
        self, form: forms.BaseForm, *, heading_field: str, summary_elsewhere: bool
    ) -> None:
        super().__init__(form)  # type: ignore[no-untyped-call]
        self.form_tag = False
        self.disable_csrf = True
        self.heading_field = heading_field
        self.summary_elsewhere = summary_elsewhere


def clean_text(value: Any) -> Any:
    """Drop control characters and make line ends one character; leave NUL, which is refused."""
    if not isinstance(value, str):
        return value
    return CONTROL.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))


def clean_data(data: Any) -> Any:
    """Return posted data with every text cleaned."""
    if not isinstance(data, MultiValueDict):
        return data and {name: clean_text(value) for name, value in data.items()}
    cleaned = QueryDict(mutable=True)
    for name, values in data.lists():
        cleaned.setlist(name, [clean_text(value) for value in values])
    return cleaned


if TYPE_CHECKING:
    Base = forms.BaseForm
else:
    Base = object


class PortalFormMixin(Base):
    """Give a form the portal's behaviour. Stands before forms.Form or forms.ModelForm.

    `heading_field` names the field whose label is the page's h1. `summary_elsewhere` says that
    the page shows the error summary itself, above its own heading.
    """

    use_required_attribute = False
    heading_field = ""
    summary_elsewhere = False

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(clean_data(data), *args, **kwargs)
        for field in self.fields.values():
            _tame(field)

    @property
    def helper(self) -> PortalFormHelper:
        return PortalFormHelper(
            self, heading_field=self.heading_field, summary_elsewhere=self.summary_elsewhere
        )

    def problems(self) -> list[Problem]:
        """List every error in the order of the fields, each with the control it is about."""
        of_form = [Problem("", str(words)) for words in self.non_field_errors()]
        return of_form + [
            Problem(f"#{first_control(bound)}", str(words))
            for bound in self
            for words in bound.errors
        ]


class PortalForm(PortalFormMixin, forms.Form):
    """A form as the portal shows it."""


def _tame(field: forms.Field) -> None:
    """Let a field say too long instead of cutting what is pasted, and NUL in our words."""
    limit = field.widget.attrs.pop("maxlength", None)
    field.widget.attrs.pop("minlength", None)
    if limit and isinstance(field.widget, forms.Textarea):
        field.widget.attrs["data-limit"] = limit
    field.validators = [
        NO_NUL if isinstance(check, ProhibitNullCharactersValidator) else check
        for check in field.validators
    ]


def first_control(bound: forms.BoundField) -> str:
    """Return the id a summary leads to: the control, or the first option of a group."""
    return f"{bound.auto_id}_0" if bound.use_fieldset else bound.auto_id


class SignInForm(PortalFormMixin, LoginForm):
    """Mail address and password. What is said on failure stands in the account adapter."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _ask(self.fields["login"], "Mail address", "Enter your mail address", "username")
        _ask(self.fields["password"], "Password", "Enter your password", "current-password")
        self.fields["login"].error_messages["invalid"] = (
            "Enter a mail address such as ana@example.org"
        )


def _ask(field: forms.Field, label: str, missing: str, autocomplete: str) -> None:
    """Word a field of allauth's as ours: a label instead of a placeholder, no help below."""
    field.label, field.help_text = label, ""
    field.error_messages["required"] = missing
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs["autocomplete"] = autocomplete
