"""What the catalog wants to know of requests: the load of each service, and what was achieved."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, F, Min, Q
from django.db.models.functions import Coalesce

from catalog.capacity import Load
from catalog.models import Service
from catalog.track_record import Achieved, ServiceRecord
from intake import track_record
from intake.effort import working_words
from intake.models import Proposal, WorkRequest
from intake.states import Lane, State
from sla.models import BusinessCalendar, Clock
from sla.outcomes import Compliance
from sla.services import hours

ACHIEVED_DAYS = 90
PERCENTILE = 85
# Enough for every median; a service with more results in half a year is judged by the latest.
MOST_ROWS = 5000
RUNNING = (State.BLUEPRINT, State.RUNNING)


def load_by_service(now: datetime) -> dict[int, Load]:
    """How many requests run, wait for a choice, and began this month, by service; two queries."""
    begun = _begun_this_month(now)
    due = Min(
        "subject__clocks__due_at",
        filter=Q(subject__clocks__metric="delivery", subject__clocks__state=Clock.State.RUNNING),
    )
    rows = (
        WorkRequest.objects.filter(state__in=(*RUNNING, State.PROPOSED), service__isnull=False)
        .values("service")
        .annotate(
            running=Count("pk", filter=Q(state__in=RUNNING), distinct=True),
            proposed=Count("pk", filter=Q(state=State.PROPOSED), distinct=True),
            free_at=due,
        )
        .order_by()
    )
    found: dict[int, dict[str, Any]] = {row["service"]: dict(row) for row in rows}
    return {
        service: _load(found.get(service, {}), begun.get(service, 0))
        for service in found.keys() | begun.keys()
    }


def _load(row: dict[str, Any], begun: int) -> Load:
    return Load(row.get("running", 0), begun, row.get("proposed", 0), row.get("free_at"))


def _begun_this_month(now: datetime) -> dict[int, int]:
    local = now.astimezone(ZoneInfo(settings.TIME_ZONE))
    first = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    chosen = Proposal.objects.filter(chosen_at__gte=first, chosen_at__lte=now)
    rows = chosen.values(service=F("version__service")).annotate(count=Count("pk")).order_by()
    return {row["service"]: row["count"] for row in rows}


class Result(NamedTuple):
    """One promise of a service whose fate is sealed."""

    level: str
    sealed_at: datetime
    was_missed: bool
    worked: timedelta | None
    calendar: int


def record_of(service: int, now: datetime) -> ServiceRecord:
    """One service's promise by month, and each tier's times of the last 90 days."""
    found: ServiceRecord = track_record.cached(
        f"service:{service}:{now:%Y-%m-%d}", lambda: _read_record(service, now)
    )
    return found


def _read_record(service: int, now: datetime) -> ServiceRecord:
    months = track_record.months_until(now, track_record.MONTHS)
    results = _results(service, months)
    since = now - timedelta(days=ACHIEVED_DAYS)
    recent = [one for one in results if one.worked is not None and one.sealed_at >= since]
    return ServiceRecord(months, _by_month(results, months), _by_level(recent))


def _results(service: int, months: Sequence[date]) -> list[Result]:
    start, end = track_record.window(months[0], months[-1])
    order = Q(metric="proposal", subject__work__lane=Lane.ORDER)
    consult = Q(metric="delivery", subject__work__lane=Lane.CONSULT)
    named = Q(subject__work__service=service)
    if Service.objects.filter(pk=service, slug=track_record.SMALL_ASK).exists():
        named |= Q(subject__work__service=None, subject__work__lane=Lane.ORDER)
    judged = track_record.judged(start, end).filter(order | consult, named)
    sealed = judged.annotate(sealed=Coalesce("breached_at", "ended_at")).order_by("-sealed")
    rows = sealed.values_list(
        "subject__work__tier__level", "sealed", "breached_at", "state", "worked_us", "calendar"
    )
    return [_result(*row) for row in rows[:MOST_ROWS]]


def _result(
    level: str | None,
    sealed: datetime,
    breached: datetime | None,
    state: str,
    worked_us: int,
    calendar: int,
) -> Result:
    """What still runs late has no time yet. A quick-lane answer belongs to the first tier."""
    worked = timedelta(microseconds=worked_us) if state == Clock.State.STOPPED else None
    return Result(level or "bronze", sealed, breached is not None, worked, calendar)


def _by_month(results: Iterable[Result], months: Sequence[date]) -> list[Compliance]:
    zone = ZoneInfo(settings.TIME_ZONE)
    local = [(one.sealed_at.astimezone(zone), one.was_missed) for one in results]
    counts = Counter((at.year, at.month, was_missed) for at, was_missed in local)
    return [
        Compliance(counts[m.year, m.month, False], counts[m.year, m.month, True], 0, 0)
        for m in months
    ]


def _by_level(results: Sequence[Result]) -> dict[str, Achieved]:
    if not results:
        return {}
    calendar = BusinessCalendar.objects.get(pk=results[0].calendar)
    day = hours.timetable(calendar).hours.day_length()
    levels: dict[str, list[timedelta]] = defaultdict(list)
    for one in results:
        levels[one.level].append(one.worked or timedelta())
    return {level: _achieved(sorted(times), day) for level, times in levels.items()}


def _achieved(times: Sequence[timedelta], day: timedelta | None) -> Achieved:
    middle = times[(len(times) - 1) // 2]
    most = times[-(-len(times) * PERCENTILE // 100) - 1]
    return Achieved(len(times), working_words(middle, day), working_words(most, day))
