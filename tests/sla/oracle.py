"""Working time by brute force, minute by minute, written apart from the engine.

It asks a clock on the wall what it shows at every minute of UTC, and nothing else of the zone.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
Windows = list[tuple[int, int]]  # minutes of the day


@cache
def shown(zone: ZoneInfo, day: date) -> list[tuple[datetime, datetime]]:
    """(instant, what the wall clock shows) for each minute from the day before to the day after."""
    first = datetime(day.year, day.month, day.day, tzinfo=UTC) - 2 * DAY
    instants = (first + MINUTE * number for number in range(5 * 24 * 60))
    return [(at, at.astimezone(zone).replace(tzinfo=None)) for at in instants]


@cache
def instant(zone: ZoneInfo, day: date, minute: int) -> datetime:
    """The first minute that shows this wall time; a skipped one is as much later as the jump."""
    wanted = datetime(day.year, day.month, day.day) + MINUTE * minute  # noqa: DTZ001
    before = None
    for at, wall in shown(zone, day):
        if wall == wanted:
            return at
        if wall < wanted:
            before = (at, wall)
        elif before is not None and before[0] == at - MINUTE:
            return before[0] + (wanted - before[1])
    raise AssertionError("the wall clock never gets there")


def open_minutes(
    zone: ZoneInfo,
    weekly: Mapping[int, Windows],
    exceptions: Mapping[date, Windows],
    days: list[date],
) -> set[datetime]:
    """Every open minute of these local dates."""
    return {
        at
        for day in days
        for start, end in pieces(weekly, exceptions, day)
        for at in minutes_of(zone, day, start, end)
    }


def pieces(
    weekly: Mapping[int, Windows], exceptions: Mapping[date, Windows], day: date
) -> Iterator[tuple[int, int]]:
    for start, end in hours(weekly, exceptions, day):
        if start < end:
            yield start, end
        if start > end:
            yield start, 24 * 60
    if day not in exceptions:
        yield from ((0, end) for start, end in hours(weekly, exceptions, day - DAY) if start > end)


def hours(weekly: Mapping[int, Windows], exceptions: Mapping[date, Windows], day: date) -> Windows:
    return exceptions[day] if day in exceptions else weekly.get(day.weekday(), [])


def minutes_of(zone: ZoneInfo, day: date, start: int, end: int) -> Iterator[datetime]:
    at = max(instant(zone, day, start), instant(zone, day, 0))
    last = min(instant(zone, day, end), instant(zone, day, 24 * 60))
    while at < last:
        yield at
        at += MINUTE
