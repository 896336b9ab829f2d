"""Working out how promises were kept in a month, from the clocks that were judged in it.

Past months hardly change, the present one does. So figures are rows, made anew when they are
older than a hundred times what making them takes: at once on a small portal, every few minutes
on a large one. The worker does it ahead of the pages.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from intake.models import MonthRun, PromiseMonth
from intake.track_record import judged, month_bounds
from sla.business_time import WorkingCalendar, to_moment, worked
from sla.models import BusinessCalendar, Clock
from sla.services import hours

PATIENCE = 100  # times what the figures take
LONGEST_KEPT = timedelta(minutes=15)
# After this many days a month's figures are worked out one last time.
SETTLED_AFTER = timedelta(days=5)
Key = tuple[int | None, int, str]


class Judged(NamedTuple):
    """What a month's figures need of one clock."""

    service: int | None
    policy: int
    metric: str
    state: str
    calendar: int
    started_at: datetime | None
    ended_at: datetime | None
    breached_at: datetime | None
    worked_us: int
    month: date


@dataclass
class _Sums:
    met: int = 0
    missed: int = 0
    paused_us: int = 0
    longest_pause_us: int = 0
    took: list[int] = field(default_factory=list)


def refresh(months: Iterable[date], *, now: datetime) -> list[MonthRun]:
    """Make the figures of these months current where they are not; return when each was made."""
    wanted = sorted(set(months))
    runs = {run.month: run for run in MonthRun.objects.filter(month__in=wanted)}
    stale = [month for month in wanted if _is_stale(runs.get(month), month, now)]
    if stale:
        runs |= _work_out(stale, now)
    return [runs[month] for month in wanted]


def _is_stale(run: MonthRun | None, month: date, now: datetime) -> bool:
    if run is None:
        return True
    _, end = month_bounds(month)
    if run.figured_at > end + SETTLED_AFTER:
        return False
    kept = min(timedelta(milliseconds=run.took_ms * PATIENCE), LONGEST_KEPT)
    return not timedelta(0) <= now - run.figured_at < kept


@transaction.atomic
def _work_out(months: list[date], now: datetime) -> dict[date, MonthRun]:
    """Replace the figures of these months; one at a time, so that two of us make no doubles."""
    began = time.perf_counter()
    made = [MonthRun(month=month, figured_at=now, took_ms=0) for month in months]
    MonthRun.objects.bulk_create(made, ignore_conflicts=True)
    runs = {run.month: run for run in _locked(months)}
    sums: dict[tuple[date, Key], _Sums] = defaultdict(_Sums)
    weeks = _weeks()
    for clock in _read(months[0], months[-1], set(months)):
        key = (clock.service, clock.policy, clock.metric)
        _add(sums[clock.month, key], clock, weeks[clock.calendar])
    PromiseMonth.objects.filter(month__in=months).delete()
    PromiseMonth.objects.bulk_create([_row(*key, found) for key, found in sums.items()])
    took = round((time.perf_counter() - began) * 1000)
    MonthRun.objects.filter(month__in=months).update(figured_at=now, took_ms=took)
    for run in runs.values():
        run.figured_at, run.took_ms = now, took
    return runs


def _locked(months: list[date]) -> Iterable[MonthRun]:
    return MonthRun.objects.filter(month__in=months).order_by("month").select_for_update()


def _read(first: date, last: date, wanted: set[date]) -> Iterator[Judged]:
    """Every clock judged in these months, with the first day of its month."""
    zone = ZoneInfo(settings.TIME_ZONE)
    start, end = month_bounds(first)[0], month_bounds(last)[1]
    rows = (
        judged(start, end)
        .order_by()
        .values_list(
            F("subject__work__service"),
            F("target__version__policy"),
            "metric",
            "state",
            "calendar",
            "started_at",
            "ended_at",
            "breached_at",
            "worked_us",
        )
    )
    for row in rows.iterator(chunk_size=5000):
        sealed = row[7] or row[6]
        month = sealed.astimezone(zone).date().replace(day=1)
        if month in wanted:
            yield Judged._make((*row, month))


def _weeks() -> dict[int, WorkingCalendar]:
    """The hours of every calendar, by its id."""
    calendars = list(BusinessCalendar.objects.all())
    hours.load(calendars)
    return {calendar.pk: hours.timetable(calendar).hours for calendar in calendars}


def _add(sums: _Sums, clock: Judged, week: WorkingCalendar) -> None:
    if clock.breached_at is None:
        sums.met += 1
    else:
        sums.missed += 1
    if clock.started_at is None or clock.ended_at is None or clock.state != Clock.State.STOPPED:
        return
    sums.took.append(clock.worked_us)
    whole = worked(week, to_moment(clock.started_at), to_moment(clock.ended_at))
    paused = max(whole - clock.worked_us, 0)
    sums.paused_us += paused
    sums.longest_pause_us = max(sums.longest_pause_us, paused)


def _row(month: date, key: Key, sums: _Sums) -> PromiseMonth:
    service, policy, metric = key
    took = sorted(sums.took)
    return PromiseMonth(
        month=month,
        service_id=service,
        policy_id=policy,
        metric=metric,
        met=sums.met,
        missed=sums.missed,
        median_us=percentile(took, 50),
        p85_us=percentile(took, 85),
        worked_us=sum(took),
        paused_us=sums.paused_us,
        longest_pause_us=sums.longest_pause_us,
    )


def percentile(ordered: list[int], percent: int) -> int | None:
    """The smallest value that so many percent are not above (nearest rank); None of nothing."""
    if not ordered:
        return None
    return ordered[max(-(-len(ordered) * percent // 100) - 1, 0)]


def refresh_recent(*, now: datetime) -> None:
    """Keep the present month and the one before current; what the worker does."""
    today = timezone.localdate(now, ZoneInfo(settings.TIME_ZONE)).replace(day=1)
    refresh([(today - timedelta(days=1)).replace(day=1), today], now=now)
