"""Judging readings of an outcome promise: each by its own definition, each month by itself.

An item counts in the month in which its fate was sealed: when it was done in time, or when the
limit was passed. Months are those of the organisation's zone (sla-spec 10.1, 10.4).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings

from catalog.models import Measurement, MetricVersion
from sla.business_time import WorkingCalendar, add_working_time, working_time_between
from sla.outcomes import (
    Compliance,
    Limit,
    Result,
    compliance,
    duration_outcome,
    month_window,
    tolerance_outcome,
)
from sla.services import hours

Kind, Operator = MetricVersion.Kind, MetricVersion.Operator
NO_ACTUAL_AFTER = timedelta(days=60)


class Status(StrEnum):
    """What a month says about the promise."""

    NO_DATA = "no data"
    TOO_FEW = "too few to judge"
    KEPT = "kept"
    MISSED = "missed"


class Judged(NamedTuple):
    """One reading with its outcome, and when that was sealed; never, while it is pending."""

    reading: Measurement
    result: Result
    sealed_at: datetime | None


@dataclass(frozen=True)
class MonthVerdict:
    """A promise in one month. `version` is None before the first definition."""

    month: date
    version: MetricVersion | None
    counts: Compliance
    status: Status
    items: list[Judged] = field(default_factory=list)
    beside: str = ""

    @property
    def judged(self) -> int:
        return self.counts.met + self.counts.missed


def first_of(moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(settings.TIME_ZONE)).date().replace(day=1)


def version_for(versions: Iterable[MetricVersion], month: date) -> MetricVersion | None:
    """The definition in force in a month: the newest that begins by then."""
    begun = [version for version in versions if version.effective_from <= month]
    return max(begun, key=lambda v: (v.effective_from, v.number), default=None)


def judge(reading: Measurement, version: MetricVersion, now: datetime) -> Judged:
    """Judge one reading by a definition, as things stand now."""
    if reading.is_excluded:
        return Judged(reading, Result.EXCLUDED, reading.done_at or reading.at)
    if version.kind == Kind.DURATION:
        return _duration(reading, version, now)
    if version.kind == Kind.TOLERANCE:
        return _tolerance(reading, version, now)
    if version.kind == Kind.SHARE:
        known = {True: Result.MET, False: Result.MISSED, None: Result.PENDING}
        result = known[reading.holds]
        return Judged(reading, result, None if result == Result.PENDING else reading.at)
    return Judged(reading, Result.PENDING, None)


def _duration(reading: Measurement, version: MetricVersion, now: datetime) -> Judged:
    limit = timedelta(hours=float(version.limit or 0))
    week = _week(version)
    result = duration_outcome(
        began=reading.at,
        done=reading.done_at,
        limit=limit,
        operator=Limit.LESS if version.operator == Operator.LESS else Limit.AT_MOST,
        now=now,
        calendar=week,
    )
    if result == Result.MISSED:
        passed = add_working_time(week, reading.at, limit) if week else reading.at + limit
        return Judged(reading, result, passed)
    return Judged(reading, result, reading.done_at)


def _week(version: MetricVersion) -> WorkingCalendar | None:
    return hours.timetable(version.calendar).hours if version.calendar else None


def _tolerance(reading: Measurement, version: MetricVersion, now: datetime) -> Judged:
    actual = None if reading.actual is None else str(reading.actual)
    result = tolerance_outcome(
        forecast=str(reading.forecast or 0), actual=actual, percent=str(version.limit)
    )
    if result != Result.PENDING:
        return Judged(reading, result, reading.done_at or reading.at)
    last = _month_end(reading.at) + NO_ACTUAL_AFTER
    return Judged(reading, Result.MISSED, last) if now >= last else Judged(reading, result, None)


def _month_end(at: datetime) -> datetime:
    month = first_of(at)
    return month_window(month.year, month.month, settings.TIME_ZONE)[1]


def verdicts(
    versions: Sequence[MetricVersion],
    readings: Iterable[Measurement],
    months: Sequence[date],
    now: datetime,
) -> list[MonthVerdict]:
    """What each of these months says. A reading is judged by the definition of its own month."""
    by_month: dict[date, list[Judged]] = defaultdict(list)
    for reading in readings:
        own = version_for(versions, first_of(reading.at))
        if own is None:
            continue
        judged = judge(reading, own, now)
        # What is still open is shown where it entered, a count where it happened.
        sealed = reading.at if own.kind == Kind.COUNT else judged.sealed_at
        by_month[first_of(sealed or reading.at)].append(judged)
    return [_verdict(version_for(versions, month), month, by_month[month], now) for month in months]


def _verdict(
    version: MetricVersion | None, month: date, items: list[Judged], now: datetime
) -> MonthVerdict:
    if version is None:
        return MonthVerdict(month, None, Compliance(0, 0, 0, 0), Status.NO_DATA)
    if version.kind == Kind.COUNT:
        return _count(version, month, items, now)
    counts = compliance(item.result for item in items)
    reached = counts.reaches(Fraction(version.compliance_target))
    if reached is None:
        status = Status.NO_DATA
    elif counts.met + counts.missed < version.min_sample:
        status = Status.TOO_FEW
    else:
        status = Status.KEPT if reached else Status.MISSED
    return MonthVerdict(month, version, counts, status, items, _beside(version, items))


def _count(version: MetricVersion, month: date, items: list[Judged], now: datetime) -> MonthVerdict:
    """One promise a month: the sum of its amounts. It is open until the month is over, unless
    nothing can change it any more."""
    counted = [item.reading for item in items if not item.reading.is_excluded]
    total = sum((reading.actual or Decimal(0) for reading in counted), Decimal(0))
    is_over = month_window(month.year, month.month, settings.TIME_ZONE)[1] <= now
    limit = version.limit or Decimal(0)
    excluded = len(items) - len(counted)
    holds = {
        Operator.LESS: total < limit,
        Operator.AT_MOST: total <= limit,
        Operator.AT_LEAST: total >= limit,
    }[Operator(version.operator)]
    is_final = is_over or holds == (version.operator == Operator.AT_LEAST)
    words = f"{total.normalize():f} so far" if not is_over else f"{total.normalize():f}"
    if not counted and not is_final:
        return MonthVerdict(month, version, Compliance(0, 0, 0, excluded), Status.NO_DATA, items)
    if not counted and version.effective_from > month:
        return MonthVerdict(month, version, Compliance(0, 0, 0, excluded), Status.NO_DATA, items)
    if not is_final:
        counts, status = Compliance(0, 0, 1, excluded), Status.NO_DATA
    else:
        counts = Compliance(int(holds), int(not holds), 0, excluded)
        status = Status.KEPT if holds else Status.MISSED
    return MonthVerdict(month, version, counts, status, items, words)


def _beside(version: MetricVersion, items: list[Judged]) -> str:
    """What is shown beside the share: typical durations, or how far forecasts lean."""
    done = [item.reading for item in items if item.result in (Result.MET, Result.MISSED)]
    if version.kind == Kind.DURATION:
        return _typical(version, [reading for reading in done if reading.done_at])
    if version.kind == Kind.TOLERANCE:
        return _bias([reading for reading in done if reading.actual is not None])
    return ""


def _typical(version: MetricVersion, readings: list[Measurement]) -> str:
    week = _week(version)
    took = sorted(
        working_time_between(week, r.at, r.done_at) if week else r.done_at - r.at
        for r in readings
        if r.done_at
    )
    if not took:
        return ""
    middle, most = took[(len(took) - 1) // 2], took[max(-(-len(took) * 9 // 10) - 1, 0)]
    return f"half within {_hours(middle)}, nine in ten within {_hours(most)}"


def _hours(amount: timedelta) -> str:
    minutes = int(amount.total_seconds()) // 60
    return f"{minutes // 60} h {minutes % 60} min" if minutes % 60 else f"{minutes // 60} h"


def _bias(readings: list[Measurement]) -> str:
    """Errors that all lean one way; a forecast of zero says nothing about it."""
    pairs = [(r.forecast, r.actual) for r in readings if r.forecast and r.actual is not None]
    expected = sum((forecast for forecast, _ in pairs), Decimal(0))
    if not expected:
        return ""
    lean = (sum((actual for _, actual in pairs), Decimal(0)) / expected - 1) * 100
    return f"in sum {lean:+.1f} % off"
