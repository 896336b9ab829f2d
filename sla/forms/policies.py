"""A new version of a policy: for each promise an amount, a calendar and when somebody is told."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from django import forms
from django.core.validators import DecimalValidator

from accounts.forms import PortalForm, Problem
from sla import thresholds
from sla.metrics import METRICS, Metric
from sla.models import BusinessCalendar, SlaTarget
from sla.policy_words import TOLD, ladder_words, read_ladder
from sla.services import hours
from sla.services.policies import LONGEST_SECONDS, Promise
from sla.terms import Kind

DAYS = "days"
UNITS = (
    (DAYS, "working days"),
    ("hours", "working hours"),
    ("minutes", "working minutes"),
    ("seconds", "working seconds"),
)
SIZES = {"hours": 3600, "minutes": 60, "seconds": 1}
NAME_LENGTH, NOTE_LENGTH = 80, 200
NO_NUMBER = "Enter a number such as 5 or 1.5"
BOUNDS = "Enter between 1 second and 10 years of working time"
Calendars = Mapping[int, BusinessCalendar]


class VersionForm(PortalForm):
    """What concerns the version as a whole."""

    name = forms.CharField(
        label="Name",
        max_length=NAME_LENGTH,
        error_messages={
            "required": "Enter a name for the policy",
            "max_length": "Use at most 80 characters for the name",
        },
    )
    starts_on = forms.DateField(
        label="In force from (optional)",
        help_text="Leave it empty for “from now on”.",
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": "Enter a date such as 2026-12-01"},
    )
    note = forms.CharField(
        label="Why do the promises change?",
        help_text="One sentence. It stands in the history of the policy for good.",
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "required": "Enter why the promises change",
            "max_length": "Use at most 200 characters for the reason",
        },
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, is_new: bool, today: datetime.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        if is_new:
            self.fields["note"].label = "What is this policy for?"
            self.fields["note"].help_text = "One sentence for the history of the policy."
            self.fields["note"].error_messages["required"] = "Enter what this policy is for"
        else:
            del self.fields["name"]

    def clean_starts_on(self) -> datetime.date | None:
        day: datetime.date | None = self.cleaned_data["starts_on"]
        if day and not self.today <= day <= self.today + datetime.timedelta(days=3650):
            raise forms.ValidationError("Enter today, or a day within the next ten years")
        return day


class PromiseForm(PortalForm):
    """One promise. Without an amount the policy does not make it."""

    amount = forms.DecimalField(
        label="Within",
        required=False,
        error_messages=dict.fromkeys(
            ("invalid", "max_digits", "max_decimal_places", "max_whole_digits"), NO_NUMBER
        ),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    unit = forms.ChoiceField(
        label="Unit",
        choices=UNITS,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose a unit"),
    )
    calendar = forms.TypedChoiceField(
        label="Calendar",
        coerce=int,
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), "Choose a calendar from the list"
        ),
    )
    warn = forms.CharField(label="Warn at", required=False, max_length=200)
    escalate = forms.CharField(label="Escalate at", required=False, max_length=200)

    def __init__(
        self, *args: Any, metric: Metric, calendars: Calendars, old: Iterable[Any], **kwargs: Any
    ) -> None:
        super().__init__(*args, prefix=metric.key, **kwargs)
        self.metric, self.calendars, self.old = metric, calendars, list(old)
        self.fields["amount"].validators = [DecimalValidator(12, 3)]
        choices = [(key, calendar.name) for key, calendar in calendars.items()]
        self.fields["calendar"].choices = choices  # type: ignore[attr-defined]

    def clean_calendar(self) -> BusinessCalendar:
        calendar = self.calendars[self.cleaned_data["calendar"]]
        if not hours.timetable(calendar).hours.has_hours:
            raise forms.ValidationError(f"{calendar.name} has no working hours. Choose another one")
        return calendar

    def clean_warn(self) -> list[dict[str, Any]]:
        return self._ladder("warn", Kind.WARN)

    def clean_escalate(self) -> list[dict[str, Any]]:
        return self._ladder("escalate", Kind.ESCALATE)

    def _ladder(self, name: str, kind: Kind) -> list[dict[str, Any]]:
        try:
            return read_ladder(self.cleaned_data[name], kind, old=self.old)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("amount") is not None and "calendar" in data and "unit" in data:
            self._check_amount(data)
        return data

    def _check_amount(self, data: dict[str, Any]) -> None:
        size = self._unit_size(data["unit"], data["calendar"])
        if size is None:
            self.add_error("unit", "The days of this calendar differ in length. Use working hours")
            return
        data["seconds"] = round(data["amount"] * size)
        if not 1 <= data["seconds"] <= LONGEST_SECONDS:
            self.add_error("amount", BOUNDS)

    def _unit_size(self, unit: str, calendar: BusinessCalendar) -> int | None:
        """A unit in seconds; None for days where they differ."""
        day = hours.timetable(calendar).hours.day_length()
        return SIZES.get(unit) or (int(day.total_seconds()) if day else None)

    @property
    def is_made(self) -> bool:
        """Whether the policy makes this promise, as it was typed."""
        return str(self["amount"].value() or "").strip() != ""

    def promise(self) -> Promise:
        """What was promised by a valid form. It is broken at 100 %, and there only."""
        data = self.cleaned_data
        rows = [*data["warn"], _breach(self.old), *data["escalate"]]
        return Promise(self.metric.key, data["seconds"], data["calendar"], rows)


def _breach(old: Iterable[dict[str, Any]]) -> dict[str, Any]:
    recipients, severity = TOLD[Kind.BREACH]
    usual = thresholds.row(
        Kind.BREACH,
        percent=thresholds.BREACH_PERCENT,
        recipients=recipients,
        severity=severity,
    )
    return next((row for row in old if row["kind"] == Kind.BREACH), usual)


def initial_of(target: SlaTarget) -> dict[str, Any]:
    """A target as it would be typed, in the largest unit that comes out even."""
    amount, unit = _amount(target)
    return {
        "amount": amount,
        "unit": unit,
        "calendar": target.calendar_id,
        "warn": ladder_words(target.thresholds, Kind.WARN),
        "escalate": ladder_words(target.thresholds, Kind.ESCALATE),
    }


def _amount(target: SlaTarget) -> tuple[str, str]:
    day = hours.timetable(target.calendar).hours.day_length()
    sizes = {DAYS: int(day.total_seconds())} if day else {}
    for unit, size in (sizes | SIZES).items():
        if target.target_seconds % size == 0:
            return str(target.target_seconds // size), unit
    return str(Decimal(target.target_seconds)), "seconds"


EMPTY = {"unit": DAYS, "warn": "50 %, 75 %, 90 %", "escalate": "150 %"}


@dataclass
class PolicyEditor:
    """The forms of one new version; without data they show the newest one.

    A simulation asks for no name and no reason, so it checks promises only.
    """

    calendars: Calendars
    targets: Mapping[str, SlaTarget]
    today: datetime.date
    seen: int | None = None
    data: Any = None
    is_saved: bool = False
    own_problems: list[Problem] = field(default_factory=list)

    @property
    def is_new(self) -> bool:
        return self.seen is None

    @cached_property
    def version(self) -> VersionForm:
        typed = self.data or {"seen": self.seen or ""}
        return VersionForm(
            self.data if self.is_saved else None,
            initial={name: typed.get(name, "") for name in VersionForm.base_fields},
            is_new=self.is_new,
            today=self.today,
        )

    @cached_property
    def promises(self) -> list[PromiseForm]:
        return [self._promise(metric) for metric in METRICS.values()]

    def _promise(self, metric: Metric) -> PromiseForm:
        target = self.targets.get(metric.key)
        return PromiseForm(
            self.data,
            initial=initial_of(target) if target else EMPTY,
            metric=metric,
            calendars=self.calendars,
            old=target.thresholds if target else (),
        )

    @cached_property
    def made(self) -> list[PromiseForm]:
        """Promises of the newest version, and those that were typed."""
        return [form for form in self.promises if form.is_made or form.metric.key in self.targets]

    @cached_property
    def others(self) -> list[PromiseForm]:
        return [form for form in self.promises if form not in self.made]

    def is_valid(self) -> bool:
        """Check all forms, so that all errors show at once."""
        wanted = [form for form in self.promises if form.is_made]
        if not wanted:
            first = f"#{self.promises[0]['amount'].auto_id}"
            self.own_problems.append(Problem(first, "Enter at least one promise"))
        wrong = [form for form in wanted if not form.is_valid()]
        has_version = not self.is_saved or self.version.is_valid()
        return bool(wanted) and not wrong and has_version

    def kept(self) -> list[Promise]:
        """The promises of a valid editor."""
        return [form.promise() for form in self.promises if form.is_made]

    def problems(self) -> list[Problem]:
        """Every error with the control it is about, in the order of the page."""
        found = [*self.own_problems]
        for form in self.promises:
            if form.is_bound and form.is_made:
                name = form.metric.name
                found += [Problem(p.address, f"{name}: {p.words}") for p in form.problems()]
        return found + (self.version.problems() if self.is_saved else [])

    def fields(self) -> dict[str, str]:
        """What was typed, for a page in between."""
        parts: list[PortalForm] = [self.version, *self.promises]
        return {bound.html_name: str(bound.value() or "") for form in parts for bound in form}
