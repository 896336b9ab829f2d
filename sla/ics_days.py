"""Whole days out of an .ics file, for a person to confirm: a feed may hold what is no holiday."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from icalendar import Calendar, Component

LARGEST = 512 * 1024  # bytes; a holiday calendar of ten years has about 40 kB
MOST_DAYS = 200
LONGEST_EVENT = 31  # days
YEARS_AHEAD = 3
NAME_LENGTH = 80
UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]+")
NOT_READ = "We can't read this as a calendar file. Export it as .ics from the calendar program."


class IcsError(ValueError):
    """A file that holds nothing for us, with a sentence for the person who chose it."""


@dataclass
class Found:
    """Days by date with their names, and how many entries were left out for which reason."""

    days: dict[date, str] = field(default_factory=dict)
    with_hours: int = 0
    repeating: int = 0
    unreadable: int = 0
    too_many: bool = False


def read(content: bytes, *, first_year: int) -> Found:
    """Return the all-day entries from `first_year` on; raise IcsError for no calendar file.

    What comes back every year is written out for this year and the next ones.
    """
    if len(content) > LARGEST:
        raise IcsError("This file is larger than 512 kB. Choose a file with holidays only.")
    found = Found()
    for event in _events(content):
        try:
            _take(event, found, first_year)
        except (ValueError, TypeError, AttributeError):  # the library's for a broken property
            found.unreadable += 1
        if len(found.days) > MOST_DAYS:
            found.too_many = True
            found.days = dict(sorted(found.days.items())[:MOST_DAYS])
            break
    return found


def _events(content: bytes) -> list[Component]:
    try:
        text = content.decode("utf-8-sig")
        calendars = Calendar.from_ical(text, multiple=True)
        events = [event for part in calendars for event in part.walk("VEVENT")]
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
        raise IcsError(NOT_READ) from error
    if not events:
        raise IcsError("There are no entries in this calendar file.")
    return events


def _take(event: Component, found: Found, first_year: int) -> None:
    start = _moment(event, "DTSTART")
    if start is None:
        found.unreadable += 1
    elif isinstance(start, datetime):
        found.with_hours += 1
    else:
        _take_days(event, start, found, first_year)


def _take_days(event: Component, start: date, found: Found, first_year: int) -> None:
    years = _years(event, start, first_year)
    if years is None:
        found.repeating += 1
        return
    name, length = _name(event), _length(event, start)
    for year in years:
        for offset in range(length):
            day = _in_year(start, year, offset)
            if day and first_year <= day.year <= first_year + 10:
                found.days[day] = name


def _moment(event: Component, name: str) -> date | None:
    value: Any = getattr(event.get(name), "dt", None)
    return value if isinstance(value, date) else None


def _length(event: Component, start: date) -> int:
    """How many days it lasts; the end is the day after the last one."""
    end = _moment(event, "DTEND")
    if end is None or isinstance(end, datetime):
        return 1
    return min(max((end - start).days, 1), LONGEST_EVENT)


def _years(event: Component, start: date, first_year: int) -> list[int] | None:
    """The years it falls in, or None for a repetition that is more than "every year"."""
    rule = event.get("RRULE")
    if rule is None:
        return [start.year]
    every_year = {
        "FREQ": ["YEARLY"],
        "INTERVAL": [1],
        "BYMONTH": [start.month],
        "BYMONTHDAY": [start.day],
    }
    if not isinstance(rule, dict) or "FREQ" not in rule:
        return None
    if any(every_year.get(part) != value for part, value in rule.items() if part != "WKST"):
        return None
    return list(range(max(start.year, first_year), first_year + YEARS_AHEAD))


def _in_year(start: date, year: int, offset: int) -> date | None:
    """The day in that year; None for 29 February in a year without it, and beyond the calendar."""
    try:
        return start.replace(year=year) + timedelta(days=offset)
    except (ValueError, OverflowError):
        return None


def _name(event: Component) -> str:
    text = UNSAFE.sub(" ", str(event.get("SUMMARY", ""))).strip()
    return text[:NAME_LENGTH] or "Special day"
