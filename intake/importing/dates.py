"""When an old request was received: several clear ways to write it, and none that is a guess."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from enum import StrEnum
from zoneinfo import ZoneInfo

EARLIEST = date(1970, 1, 2)
MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
TIME = (
    r"(?:[T ,]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?"
    r"(?: ?(?P<half>[ap])\.?m\.?)?)?(?: ?(?P<offset>Z|UTC|[+-]\d{2}:?\d{2}))?"
)
YEAR_FIRST = re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})" + TIME, re.I)
DOTTED = re.compile(r"(?P<day>\d{1,2})\. ?(?P<month>\d{1,2})\. ?(?P<year>\d{4})" + TIME, re.I)
NAMED = re.compile(
    r"(?:[a-z]{2,9},? )?(?P<day>\d{1,2})(?:st|nd|rd|th|\.)?[ -](?P<name>[a-z]{3,9})\.?,?[ -]"
    r"(?P<year>\d{4})" + TIME,
    re.I,
)
NAME_FIRST = re.compile(
    r"(?:[a-z]{2,9},? )?(?P<name>[a-z]{3,9})\.? (?P<day>\d{1,2})(?:st|nd|rd|th)?,? (?P<year>\d{4})"
    + TIME,
    re.I,
)
EITHER = re.compile(r"(?P<one>\d{1,2})[/-](?P<two>\d{1,2})[/-](?P<year>\d{4})" + TIME, re.I)


class Order(StrEnum):
    """How to read a date such as 03/02/2026."""

    ASK = "ask"
    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"


@dataclass
class UnclearDateError(Exception):
    """The text is no date, or could be two."""

    reason: str

    def __str__(self) -> str:
        return self.reason


def read_moment(text: str, *, zone: ZoneInfo, order: Order = Order.ASK) -> datetime:
    """Return the instant in UTC. A text without an offset is read in `zone`, a bare date as 0:00.

    Raise UnclearDateError with a hint for what is no date or could be two.
    """
    written = " ".join(text.split())
    for pattern in (YEAR_FIRST, DOTTED, NAMED, NAME_FIRST, EITHER):
        if match := pattern.fullmatch(written):
            return _moment(written, match.groupdict(), zone, order)
    raise UnclearDateError(f"{_short(written)!r} is no date. Write it as 2026-03-02 14:30.")


def _moment(text: str, parts: dict[str, str | None], zone: ZoneInfo, order: Order) -> datetime:
    try:
        day = _day(text, parts, order)
        moment = datetime.combine(day, _time(parts), _offset(parts) or zone)
    except ValueError as error:
        raise UnclearDateError(f"{_short(text)!r} is on no calendar.") from error
    if day < EARLIEST:
        raise UnclearDateError(f"{_short(text)!r} is too long ago to be meant.")
    return moment.astimezone(UTC)


def _day(text: str, parts: dict[str, str | None], order: Order) -> date:
    year = int(parts["year"] or 0)
    if "one" in parts:
        day, month = _day_and_month(text, int(parts["one"] or 0), int(parts["two"] or 0), order)
        return date(year, month, day)
    if name := parts.get("name"):
        return date(year, _month_called(text, name), int(parts["day"] or 0))
    return date(year, int(parts["month"] or 0), int(parts["day"] or 0))


def _day_and_month(text: str, one: int, two: int, order: Order) -> tuple[int, int]:
    """Numbers above twelve tell which is the day; otherwise the person has to."""
    if order == Order.ASK and one <= 12 and two <= 12 and one != two:
        raise UnclearDateError(
            f"{_short(text)!r} could be two dates. Say which comes first: day-first or month-first."
        )
    day_first = order == Order.DAY_FIRST or (order == Order.ASK and one > 12)
    return (one, two) if day_first else (two, one)


def _month_called(text: str, name: str) -> int:
    """English names; three letters are enough."""
    for number, month in enumerate(MONTHS, start=1):
        if month.startswith(name.lower()):
            return number
    raise UnclearDateError(f"{_short(text)!r} names no month that is known here.")


def _time(parts: dict[str, str | None]) -> time:
    hour, minute, second = (int(parts[name] or 0) for name in ("hour", "minute", "second"))
    if half := parts["half"]:
        if not 1 <= hour <= 12:
            raise ValueError("a half day has twelve hours")
        hour = hour % 12 + (12 if half.lower() == "p" else 0)
    return time(hour, minute, second)


def _offset(parts: dict[str, str | None]) -> tzinfo | None:
    offset = parts["offset"]
    if not offset:
        return None
    return UTC if offset.upper() in ("Z", "UTC") else datetime.strptime(offset, "%z").tzinfo


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"
