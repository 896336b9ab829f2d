"""The editor of a calendar's hours: weekdays with several intervals, and special days."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any
from zoneinfo import available_timezones

from django import forms

from accounts.forms import PortalForm, Problem
from sla.calendar_document import Document, seconds_of_day
from sla.calendar_words import DAY_NAMES, date_words
from sla.forms.drafts import MANUAL, Draft, named
from sla.month import FIRST_YEAR, LAST_YEAR
from sla.services import calendars

TIME = re.compile(r"(\d{1,2})(?:[:.](\d{2})(?::(\d{2}))?)?")
NO_TIME = "Enter a time such as 09:00; the end of the day is 24:00"
NO_HOURS = "Enter hours such as 09:00–12:30, or leave this empty for a closed day"
NAME_LENGTH = 80


@lru_cache(maxsize=1)
def zone_choices() -> list[tuple[str, str]]:
    """Every zone of the time zone database by name."""
    names = {name for name in available_timezones() if "/" in name} | {"UTC"}
    return [(name, name.replace("_", " ")) for name in sorted(names)]


def read_time(text: str) -> str:
    """Return "9", "9:00" or "09.00" as "09:00"; raise ValueError for no time of day."""
    match = TIME.fullmatch(text.strip())
    if match is None:
        raise ValueError(text)
    hour, minute, second = match[1], match[2] or "00", match[3]
    written = f"{int(hour):02}:{minute}" + (f":{second}" if second and second != "00" else "")
    seconds_of_day(written)
    return written


def read_hours(text: str) -> list[list[str]]:
    """Return "9-12:30, 13:30-17" as intervals; raise ValueError for anything else."""
    intervals = [part for part in re.split(r"[,;]| and ", text) if part.strip()]
    return [_interval(part) for part in intervals]


def _interval(text: str) -> list[str]:
    start, end = re.split(r"\s*[-–—]\s*", text.strip(), maxsplit=1)
    return [read_time(start), read_time(end)]


class CalendarForm(PortalForm):
    """The zone and, for a new calendar, its name."""

    name = forms.CharField(
        label="Name",
        max_length=NAME_LENGTH,
        error_messages={
            "required": "Enter a name for the calendar",
            "max_length": "Use at most 80 characters for the name",
        },
    )
    timezone = forms.ChoiceField(
        label="Time zone",
        help_text="Hours are what a clock on the wall shows in this zone, also when clocks change.",
        error_messages={
            "required": "Choose a time zone",
            "invalid_choice": "Choose a time zone from the list",
        },
    )

    def __init__(self, *args: Any, is_new: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone: Any = self.fields["timezone"]
        zone.choices = zone_choices()
        if not is_new:
            del self.fields["name"]


class WindowForm(PortalForm):
    """One interval of a weekday. A row that is left empty is no interval."""

    start = forms.CharField(required=False)
    end = forms.CharField(required=False)

    def clean_start(self) -> str:
        return _time_or_error(self.cleaned_data["start"])

    def clean_end(self) -> str:
        return _time_or_error(self.cleaned_data["end"])

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if not self.errors and bool(data["start"]) != bool(data["end"]):
            missing, words = ("end", "end") if data["start"] else ("start", "begin")
            self.add_error(missing, f"Enter when these hours {words}")
        return data

    def interval(self) -> list[str] | None:
        data = self.cleaned_data
        return [data["start"], data["end"]] if data.get("start") and data.get("end") else None


def _time_or_error(text: str) -> str:
    if not text:
        return ""
    try:
        return read_time(text)
    except ValueError:
        raise forms.ValidationError(NO_TIME) from None


class SpecialDayForm(PortalForm):
    """One date with hours of its own."""

    date = forms.DateField(
        label="Date",
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={
            "required": "Enter the date of this special day",
            "invalid": "Enter a date such as 2026-12-24",
        },
    )
    name = forms.CharField(
        label="Name",
        max_length=NAME_LENGTH,
        error_messages={
            "required": "Enter a name for this special day",
            "max_length": "Use at most 80 characters for the name",
        },
    )
    hours = forms.CharField(label="Hours", required=False, max_length=200)
    source = forms.CharField(required=False, widget=forms.HiddenInput)

    @property
    def index(self) -> int:
        """Its place among the special days, by which a button names it."""
        return int(str(self.prefix).rpartition("-")[2])

    def clean_date(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["date"]
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise forms.ValidationError(f"Enter a date between {FIRST_YEAR} and {LAST_YEAR}")
        return day

    def clean_hours(self) -> list[list[str]]:
        try:
            found = read_hours(self.cleaned_data["hours"])
        except ValueError:
            raise forms.ValidationError(NO_HOURS) from None
        if words := day_problem(found):
            raise forms.ValidationError(words)
        return found

    def row(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "date": data["date"].isoformat(),
            "name": data["name"],
            "source": data["source"] or MANUAL,
            "windows": data["hours"],
        }


def day_problem(windows: Sequence[Sequence[str]]) -> str:
    """Say what is wrong with the intervals of one day; nothing when they are fine."""
    try:
        calendars.check({"timezone": "UTC", "weekly": {"mon": windows}})
    except calendars.HoursError as error:
        return str(error)
    return ""


@dataclass
class Weekday:
    """The rows of one weekday, and what is wrong with them together."""

    key: str
    rows: list[WindowForm]
    problem: str = ""

    @property
    def name(self) -> str:
        return DAY_NAMES[self.key]

    @property
    def windows(self) -> list[list[str]]:
        return [interval for row in self.rows if (interval := row.interval())]

    def check(self) -> bool:
        wrong = [row for row in self.rows if not row.is_valid()]
        self.problem = "" if wrong else day_problem(self.windows)
        return not wrong and not self.problem


@dataclass
class HoursEditor:
    """The forms of a draft. Unchecked, they show what was typed and no errors."""

    draft: Draft
    is_new: bool = False
    is_checked: bool = False
    focus: str = ""
    own_problems: list[Problem] = field(default_factory=list)

    @cached_property
    def calendar(self) -> CalendarForm:
        return CalendarForm(**self._filled(), is_new=self.is_new)

    @cached_property
    def weekdays(self) -> list[Weekday]:
        return [
            Weekday(day, [WindowForm(**self._row(day, n)) for n in range(len(self.draft.of(day)))])
            for day in DAY_NAMES
        ]

    @cached_property
    def special(self) -> list[SpecialDayForm]:
        return [SpecialDayForm(**self._row("special", n)) for n in range(len(self.draft.special))]

    def _filled(self) -> dict[str, Any]:
        return {"data" if self.is_checked else "initial": self.draft.fields()}

    def _row(self, kind: str, number: int) -> dict[str, Any]:
        rows: Any = self.draft.special if kind == "special" else self.draft.of(kind)
        prefix, typed = f"{kind}-{number}", rows[number]._asdict()
        return {"prefix": prefix} | (
            {"data": named(prefix, typed)} if self.is_checked else {"initial": typed}
        )

    def is_valid(self) -> bool:
        """Check every row, so that all errors show at once."""
        parts = [self.calendar.is_valid()]
        parts += [day.check() for day in self.weekdays]
        parts += [row.is_valid() for row in self.special]
        return all([*parts, self._has_each_date_once()])

    def _has_each_date_once(self) -> bool:
        seen: set[datetime.date] = set()
        for row in self.special:
            day = row.cleaned_data.get("date") if row.is_valid() else None
            if day in seen:
                row.add_error("date", f"{date_words(day)} is listed twice. Take one of them away")
            elif day:
                seen.add(day)
        return all(not row.errors for row in self.special)

    def document(self) -> Document:
        """The hours of a valid editor, as a version stores them."""
        rows = sorted((row.row() for row in self.special), key=lambda row: str(row["date"]))
        return {
            "timezone": self.calendar.cleaned_data["timezone"],
            "weekly": {day.key: sorted(day.windows) for day in self.weekdays if day.windows},
            "exceptions": rows,
        }

    def problems(self) -> list[Problem]:
        """Every error with the control it is about, in the order of the page."""
        return (
            [*self.own_problems, *self._checked_problems()]
            if self.is_checked
            else self.own_problems
        )

    def _checked_problems(self) -> Iterator[Problem]:
        yield from self.calendar.problems()
        for day in self.weekdays:
            for row in day.rows:
                yield from (_at_weekday(day, problem) for problem in row.problems())
            if day.problem:
                yield Problem(f"#id_{day.key}-0-start", f"{day.name}: {day.problem}")
        for special in self.special:
            yield from special.problems()


def _at_weekday(day: Weekday, problem: Problem) -> Problem:
    return Problem(problem.address, f"{day.name}: {problem.words}")
