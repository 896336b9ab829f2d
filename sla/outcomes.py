"""Outcome metrics: a limit kept, a forecast right, a month compliant (sla-spec 9, 10). Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from fractions import Fraction

from sla.business_time import (
    WorkingCalendar,
    load_zone,
    to_moment,
    wall_instant,
    working_time_between,
)


class Result(StrEnum):
    MET = "met"
    MISSED = "missed"
    PENDING = "pending"
    EXCLUDED = "excluded"


class Limit(StrEnum):
    """`<` and `<=` are different promises."""

    LESS = "lt"
    AT_MOST = "lte"

    def is_kept(self, took: timedelta, limit: timedelta) -> bool:
        return took < limit if self == Limit.LESS else took <= limit


@dataclass(frozen=True, slots=True)
class Compliance:
    """How many of a month's items kept their promise."""

    met: int
    missed: int
    pending: int
    excluded: int

    @property
    def ratio(self) -> Fraction | None:
        """Met of those judged, exact; None for "no data"."""
        judged = self.met + self.missed
        return Fraction(self.met, judged) if judged else None

    def reaches(self, percent: Fraction | int) -> bool | None:
        """Whether the ratio is at least `percent`, unrounded; None without data."""
        return None if self.ratio is None else self.ratio * 100 >= percent

    @property
    def tenths_of_percent(self) -> int | None:
        """For display: rounded down, so that 94.96 % never reads 95.0 %."""
        return None if self.ratio is None else int(self.ratio * 1000)


def duration_outcome(
    *,
    began: datetime,
    done: datetime | None,
    limit: timedelta,
    operator: Limit,
    now: datetime,
    calendar: WorkingCalendar | None = None,
) -> Result:
    """Judge a duration in working time, or in real time without a calendar.

    Done before it began is invalid evidence and excluded. An open item is missed as soon as it
    can no longer be met. ValueError for naive datetimes.
    """
    start, end = to_moment(began), to_moment(now if done is None else done)
    if end < start:
        return Result.PENDING if done is None else Result.EXCLUDED
    took = _took(calendar, start=began, end=now if done is None else done)
    if not operator.is_kept(took, limit):
        return Result.MISSED
    return Result.PENDING if done is None else Result.MET


def _took(calendar: WorkingCalendar | None, *, start: datetime, end: datetime) -> timedelta:
    if calendar is None:
        return end.astimezone(UTC) - start.astimezone(UTC)
    return working_time_between(calendar, start, end)


def tolerance_outcome(*, forecast: str, actual: str | None, percent: str) -> Result:
    """Judge |actual - forecast| <= percent of |forecast|, exact; ValueError for no number.

    A forecast of zero is met by an actual of zero only. Without an actual it is pending.
    """
    expected, tolerance = Fraction(forecast), Fraction(percent)
    if actual is None:
        return Result.PENDING
    off = abs(Fraction(actual) - expected)
    return Result.MET if off * 100 <= tolerance * abs(expected) else Result.MISSED


def compliance(outcomes: Iterable[str]) -> Compliance:
    """Count outcomes; ValueError for a word that is none."""
    counts = Counter(Result(outcome) for outcome in outcomes)
    return Compliance(**{result.value: counts[result] for result in Result})


def month_window(year: int, month: int, zone_name: str) -> tuple[datetime, datetime]:
    """The instants [first 00:00, next first 00:00) of a month in a zone, in UTC."""
    zone = load_zone(zone_name)
    following = divmod(year * 12 + month, 12)
    return (
        wall_instant(zone, _first(year, month)),
        wall_instant(zone, _first(following[0], following[1] + 1)),
    )


def _first(year: int, month: int) -> datetime:
    # A wall time: the zone is added by the caller, which knows which of two readings is meant.
    return datetime(year, month, 1)  # noqa: DTZ001
