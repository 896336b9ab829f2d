"""The test box of a calendar: an amount of working time from a moment on."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django import forms
from django.core.validators import DecimalValidator, MinValueValidator

from accounts.forms import PortalForm
from sla.business_time import (
    WorkingCalendar,
    add_working_time,
    wall_instant,
    working_spans,
)
from sla.forms.hours import NO_TIME, read_time
from sla.month import FIRST_YEAR, LAST_YEAR

DAYS, HOURS = "days", "hours"
MOST = {DAYS: Decimal(3650), HOURS: Decimal(87_600)}
FRIDAY = 4
UNEVEN = "The days of this calendar differ in length. Give the amount in working hours"


class Answer(NamedTuple):
    """When the amount is used up, and the spans in which it was counted. Never: no `due`."""

    start: datetime
    due: datetime | None
    spans: list[tuple[datetime, datetime]]


class TryForm(PortalForm):
    """Amount, unit and start; the start is wall time in the calendar's zone."""

    amount = forms.DecimalField(
        label="Amount",
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    unit = forms.ChoiceField(
        label="Unit",
        choices=((DAYS, "working days"), (HOURS, "working hours")),
        error_messages={
            "required": "Choose working days or hours",
            "invalid_choice": "Choose working days or hours",
        },
    )
    day = forms.DateField(
        label="From",
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages=dict.fromkeys(("required", "invalid"), "Enter a date such as 2026-03-06"),
    )
    time = forms.CharField(label="At", error_messages={"required": NO_TIME})

    def __init__(self, *args: Any, hours: WorkingCalendar, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.hours = hours
        amount = self.fields["amount"]
        amount.error_messages |= dict.fromkeys(
            ("required", "invalid", "max_digits", "max_decimal_places", "max_whole_digits"),
            "Enter a number such as 2 or 1.5",
        )
        amount.validators = [
            DecimalValidator(9, 3),
            MinValueValidator(0, "Enter a number such as 2 or 1.5"),
        ]

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise forms.ValidationError(f"Enter a date between {FIRST_YEAR} and {LAST_YEAR}")
        return day

    def clean_time(self) -> str:
        try:
            return read_time(self.cleaned_data["time"])
        except ValueError:
            raise forms.ValidationError(NO_TIME) from None

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        unit, amount = data.get("unit"), data.get("amount")
        if unit == DAYS and self.hours.day_length() is None:
            self.add_error("unit", UNEVEN)
        elif unit and amount is not None and amount > MOST[unit]:
            self.add_error("amount", f"Enter at most {MOST[unit]:,} working {unit}")
        return data

    def duration(self) -> timedelta:
        """The amount as working time, to the second."""
        unit = timedelta(hours=1)
        if self.cleaned_data["unit"] == DAYS:
            unit = self.hours.day_length() or unit
        return timedelta(seconds=round(self.cleaned_data["amount"] * int(unit.total_seconds())))

    def answer(self) -> Answer:
        start = wall_instant(self.hours.zone, self._wall())
        due = add_working_time(self.hours, start, self.duration())
        return Answer(start, due, working_spans(self.hours, start, due) if due else [])

    def _wall(self) -> datetime:
        day: date = self.cleaned_data["day"]
        hour, minute, *second = (int(part) for part in self.cleaned_data["time"].split(":"))
        midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a wall time
        return midnight + timedelta(hours=hour, minutes=minute, seconds=sum(second))


def example(today: date, hours: WorkingCalendar) -> dict[str, Any]:
    """Two working days from the coming Friday at 16:00; hours where days differ in length."""
    friday = today + timedelta(days=(FRIDAY - today.weekday()) % 7)
    if hours.day_length() is None:
        return {"amount": "16", "unit": HOURS, "day": friday.isoformat(), "time": "16:00"}
    return {"amount": "2", "unit": DAYS, "day": friday.isoformat(), "time": "16:00"}
