"""One month of a calendar, day by day: what a person looks at before trusting the hours.

Pure: knows neither Django nor what time it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sla.business_time import (
    DAY,
    SECOND,
    Span,
    WorkingCalendar,
    day_span,
    spans_within,
    to_instant,
)
from sla.calendar_words import CLOSED, duration_words

FIRST_YEAR, LAST_YEAR = 1990, 2100


class Kind(StrEnum):
    """What sort of day it is. A special day differs from its weekday, whether open or closed."""

    OPEN = "open"
    CLOSED = "closed"
    SPECIAL_OPEN = "special-open"
    SPECIAL_CLOSED = "special-closed"


@dataclass(frozen=True)
class Day:
    """One date: its hours as the wall clock shows them, and what else is worth a line."""

    on: date
    kind: Kind
    hours: tuple[str, ...]
    name: str
    length: str
    clock_change: str

    @property
    def is_special(self) -> bool:
        return self.kind in (Kind.SPECIAL_OPEN, Kind.SPECIAL_CLOSED)

    @property
    def words(self) -> str:
        return ", ".join(self.hours) or CLOSED


def days_of_month(calendar: WorkingCalendar, year: int, month: int) -> list[Day]:
    """Every date of the month, with the tail of a night shift on the date it reaches into."""
    first = date(year, month, 1)
    return [
        _day(calendar, first + timedelta(days=offset))
        for offset in range((next_month(first) - first).days)
    ]


def next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def previous_month(first: date) -> date:
    return (first - timedelta(days=1)).replace(day=1)


def _day(calendar: WorkingCalendar, on: date) -> Day:
    ordinal = on.toordinal()
    midnight, end = day_span(calendar, ordinal)
    spans = spans_within(calendar, midnight, end)
    rule = calendar.exception_on(ordinal)
    return Day(
        on=on,
        kind=_kind(bool(spans), is_special=rule is not None),
        hours=tuple(_span_words(calendar, span, end) for span in spans),
        name=rule.name if rule else "",
        length=duration_words(sum(close - opening for opening, close in spans) // SECOND),
        clock_change=_clock_change(end - midnight),
    )


def _kind(is_open: bool, *, is_special: bool) -> Kind:
    if is_special:
        return Kind.SPECIAL_OPEN if is_open else Kind.SPECIAL_CLOSED
    return Kind.OPEN if is_open else Kind.CLOSED


def _span_words(calendar: WorkingCalendar, span: Span, midnight: int) -> str:
    opening, closing = (to_instant(moment).astimezone(calendar.zone) for moment in span)
    until = "24:00" if span[1] == midnight else f"{closing:%H:%M}"
    return f"{opening:%H:%M}–{until}"


def _clock_change(length: int) -> str:
    """Say how long the day is in all when the clocks change; a date left out has no length."""
    if length == DAY:
        return ""
    if length <= 0:
        return "This date does not exist in the time zone"
    way = "forward" if length < DAY else "back"
    return f"Clocks go {way}: a day of {duration_words(length // SECOND)}"
