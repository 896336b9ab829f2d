"""How every form of the portal behaves: no browser bubbles, a linked summary, clean text."""

import re
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import available_timezones

from allauth.account.forms import LoginForm
from crispy_forms.helper import FormHelper
from django import forms
from django.conf import settings
from django.core.validators import ProhibitNullCharactersValidator
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from accounts.landing import places_for
from accounts.models import User

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


@cache
def zone_choices() -> tuple[tuple[str, str], ...]:
    """Every time zone by its IANA name, the organisation's first."""
    home = f"The organisation's ({settings.TIME_ZONE})"
    named = sorted(zone for zone in available_timezones() if "/" in zone and "Etc/" not in zone)
    return (("", home), ("UTC", "UTC"), *((zone, zone.replace("_", " ")) for zone in named))


WRONG_TIME = "Enter a time such as 19:00"
WRONG_DATE = "Enter a date such as 2026-03-06"
ABSENCE_DAYS = 366


def _time(label: str) -> forms.TimeField:
    return forms.TimeField(
        label=label,
        required=False,
        input_formats=["%H:%M", "%H:%M:%S"],
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"invalid": WRONG_TIME},
    )


class AccountForm(PortalForm):
    """What a person sets for themselves; `changes()` gives it by the fields of User."""

    name = forms.CharField(
        label="Name",
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "Enter your name"},
    )
    phone = forms.CharField(
        label="Phone",
        max_length=40,
        required=False,
        help_text="Shown to the people you work with.",
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    time_zone = forms.ChoiceField(
        label="Time zone",
        required=False,
        help_text="Dates and hours are shown in it.",
        error_messages={"invalid_choice": "Choose a time zone of the list"},
    )
    landing = forms.ChoiceField(
        label="First page after signing in",
        required=False,
        error_messages={"invalid_choice": "Choose a page of the list"},
    )
    theme = forms.ChoiceField(
        label="Colours",
        choices=User.Theme.choices,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose the colours"),
    )
    density = forms.ChoiceField(
        label="Lists",
        choices=(("comfortable", "Comfortable"), ("compact", "Compact: more rows at once")),
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), "Choose how close rows stand together"
        ),
    )
    has_keys = forms.BooleanField(
        label="Letter keys in triage",
        required=False,
        help_text="A letter acts on the selected request. Never while you type in a field.",
    )
    quiet_from = _time("No mail from")
    quiet_until = _time("until")

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, initial=_set_by(person), **kwargs)
        places = [("", "That of my role"), *((p.name, p.words) for p in places_for(person))]
        _choices(self, "landing", places)
        _choices(self, "time_zone", zone_choices())
        if not person.is_pmo:
            del self.fields["has_keys"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        start, end = given.get("quiet_from"), given.get("quiet_until")
        typed = not {"quiet_from", "quiet_until"} & set(self.errors)
        if typed and (start is None) != (end is None):
            missing = "quiet_from" if start is None else "quiet_until"
            self.add_error(missing, "Enter both times, or neither")
        elif typed and start is not None and start == end:
            self.add_error("quiet_until", "Enter another time than the one it starts at")
        return given

    def changes(self) -> dict[str, Any]:
        """The checked values; only of a valid form."""
        given = dict(self.cleaned_data)
        given["is_compact"] = given.pop("density") == "compact"
        return given


def _set_by(person: User) -> dict[str, Any]:
    names = ("name", "phone", "time_zone", "landing", "theme", "has_keys")
    return {name: getattr(person, name) for name in names} | {
        "density": "compact" if person.is_compact else "comfortable",
        "quiet_from": person.quiet_from,
        "quiet_until": person.quiet_until,
    }


def _choices(form: forms.BaseForm, name: str, choices: Any) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


def _date(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages=dict.fromkeys(("required", "invalid"), WRONG_DATE),
    )


class StandInForm(PortalForm):
    """Who acts for a person, from one day to another."""

    stand_in = forms.ModelChoiceField(
        queryset=User.objects.none(),
        label="Who",
        empty_label="Choose a person",
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose who stands in"),
    )
    starts_on = _date("From")
    ends_on = _date("To, this day included")

    def __init__(self, *args: Any, person: User, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        chosen = self.fields["stand_in"]
        assert isinstance(chosen, forms.ModelChoiceField)
        chosen.queryset = User.objects.colleagues_of(person)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        start, end = given.get("starts_on"), given.get("ends_on")
        if end and end < self.today:
            self.add_error("ends_on", "Enter a day that is not over yet")
        elif start and end and end < start:
            self.add_error("ends_on", "Enter a day that is not before the first")
        elif start and end and (end - start).days > ABSENCE_DAYS:
            self.add_error("ends_on", "Enter at most a year")
        return given
