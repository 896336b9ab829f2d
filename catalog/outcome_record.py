"""Outcome promises of services with their last months, as several pages show them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from catalog.judging import MonthVerdict, verdicts
from catalog.models import Measurement, MetricVersion, OutcomeMetric
from catalog.outcome_words import kept_words, promise_words
from sla.services import hours

MONTHS = 6
# A reading may be judged long after it began: its limit lies between.
REACH = timedelta(days=400)


@dataclass(frozen=True)
class OutcomeLine:
    """One outcome promise: what it says now, and how the months went, the last one last."""

    metric: OutcomeMetric
    version: MetricVersion | None
    promise: str
    months: list[MonthVerdict]

    @property
    def last(self) -> MonthVerdict:
        return self.months[-1]

    @property
    def words(self) -> list[tuple[MonthVerdict, str]]:
        return [(month, kept_words(month)) for month in self.months]

    @property
    def last_words(self) -> str:
        return kept_words(self.last)


def months_until(day: date) -> list[date]:
    """The first days of the last six months, that of `day` last."""
    number = day.year * 12 + day.month - 1
    return [date(n // 12, n % 12 + 1, 1) for n in range(number - MONTHS + 1, number + 1)]


def outcome_lines(
    metrics: Iterable[OutcomeMetric], months: Sequence[date], *, now: datetime
) -> list[OutcomeLine]:
    """The record of these promises over these months; three queries for any number of them."""
    wanted = list(metrics)
    if not wanted:
        return []
    versions: dict[int, list[MetricVersion]] = defaultdict(list)
    for version in MetricVersion.objects.filter(metric__in=wanted).select_related("calendar"):
        versions[version.metric_id].append(version)
    hours.load(v.calendar for of in versions.values() for v in of if v.calendar)
    readings: dict[int, list[Measurement]] = defaultdict(list)
    since = months[0] - REACH
    for reading in Measurement.objects.filter(metric__in=wanted).since(since):
        readings[reading.metric_id].append(reading)
    return [_line(m, versions[m.pk], readings[m.pk], months, now) for m in wanted]


def _line(
    metric: OutcomeMetric,
    versions: list[MetricVersion],
    readings: list[Measurement],
    months: Sequence[date],
    now: datetime,
) -> OutcomeLine:
    judged = verdicts(versions, readings, months, now)
    shown = judged[-1].version or (versions[0] if versions else None)
    return OutcomeLine(metric, shown, promise_words(shown) if shown else "", judged)
