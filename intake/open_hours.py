"""When somebody of the PMO can be talked to without an appointment: the next open hour."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ENTRY = re.compile(
    r"(?P<day>mon|tue|wed|thu|fri|sat|sun) (?P<start>\d\d:\d\d)-(?P<end>\d\d:\d\d)"
    r"(?: (?P<place>.+))?",
    re.IGNORECASE,
)
WEEKS = 4


@dataclass(frozen=True)
class OpenHour:
    """One hour on one day, in local time."""

    starts_at: datetime
    ends_at: datetime
    place: str = ""


@dataclass(frozen=True)
class Weekly:
    weekday: int
    start: time
    end: time
    place: str


def read(text: str) -> list[Weekly]:
    """Read "tue 10:00-11:00 room 3.12; thu 14:00-15:00"; ValueError for anything else."""
    return [_entry(part.strip()) for part in text.split(";") if part.strip()]


def _entry(part: str) -> Weekly:
    found = ENTRY.fullmatch(part)
    if found is None:
        raise ValueError(part)
    start, end = time.fromisoformat(found["start"]), time.fromisoformat(found["end"])
    if start >= end:
        raise ValueError(part)
    return Weekly(DAYS.index(found["day"].lower()), start, end, found["place"] or "")


def next_open(
    text: str, *, now: datetime, zone: ZoneInfo, is_day_off: Callable[[date], bool]
) -> OpenHour | None:
    """The hour that is on now or comes next, holidays left out; None within four weeks."""
    weekly = read(text)
    coming = (one for day in _days(now.astimezone(zone).date()) for one in _on(day, weekly, zone))
    later = (hour for hour in coming if hour.ends_at > now)
    return next((hour for hour in later if not is_day_off(hour.starts_at.date())), None)


def _days(first: date) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range(7 * WEEKS))


def _on(day: date, weekly: list[Weekly], zone: ZoneInfo) -> list[OpenHour]:
    there = sorted(
        (one for one in weekly if one.weekday == day.weekday()), key=lambda one: one.start
    )
    return [
        OpenHour(
            datetime.combine(day, one.start, zone), datetime.combine(day, one.end, zone), one.place
        )
        for one in there
    ]
