"""A review's section for each service: what came, what was kept, what was done."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from typing import Any

from django.db.models import Count

from catalog.judging import Status
from catalog.models import CustomerContact, Improvement, OutcomeMetric, Service
from catalog.outcome_record import OutcomeLine, outcome_lines
from insights.figures import monthly
from insights.figures.monthly import shifted
from insights.services.missed import Missed
from intake.models import PromiseMonth, ResultCheck, WorkRequest
from intake.track_record import month_bounds

Shown = dict[str, Any]


def sections_of(month: date, now: datetime, missed: list[Missed]) -> dict[int, Shown]:
    start, end = month_bounds(month)
    services = list(Service.objects.filter(state__in=Service.OFFERED, current__isnull=False))
    kept = _kept_by_service(month)
    came = dict(
        WorkRequest.objects.received()
        .filter(monthly.received(month), service__isnull=False)
        .order_by()
        .values_list("service")
        .annotate(Count("pk"))
    )
    outcomes: dict[int, list[Shown]] = defaultdict(list)
    for line in _outcomes(month, now):
        outcomes[line.metric.service_id].append(_outcome(line))
    done: dict[int, list[str]] = defaultdict(list)
    improved = Improvement.objects.closed_since(start).filter(closed_at__lt=end)
    for of, text in improved.filter(state="done").values_list("service", "what_was_done"):
        done[of].append(text)
    contacts = CustomerContact.objects.filter(
        happened_on__gte=month, happened_on__lt=shifted(month, 1)
    )
    talks = dict(contacts.order_by().values_list("service").annotate(Count("pk")))
    pending = dict(
        Improvement.objects.pending().order_by().values_list("service").annotate(Count("pk"))
    )
    helped = _helped_by_service(month)
    return {
        service.pk: {
            "came": came.get(service.pk, 0),
            "met": kept.get(service.pk, (0, 0))[0],
            "missed": kept.get(service.pk, (0, 0))[1],
            "missed_promises": [line.shown for line in missed if line.service == service.pk],
            "outcomes": outcomes[service.pk],
            "improved": done[service.pk],
            "pending": pending.get(service.pk, 0),
            "contacts": talks.get(service.pk, 0),
            "helped": helped.get(service.pk, (0, 0))[0],
            "told": helped.get(service.pk, (0, 0))[1],
        }
        for service in services
    }


def _kept_by_service(month: date) -> dict[int, tuple[int, int]]:
    sums: dict[int, tuple[int, int]] = {}
    rows = PromiseMonth.objects.filter(month=month, service__isnull=False)
    for service, met, missed in rows.values_list("service", "met", "missed"):
        before = sums.get(service, (0, 0))
        sums[service] = (before[0] + met, before[1] + missed)
    return sums


def _helped_by_service(month: date) -> dict[int, tuple[int, int]]:
    start, end = month_bounds(month)
    told = ResultCheck.objects.filter(at__gte=start, at__lt=end, work__service__isnull=False)
    counted: dict[int, tuple[int, int]] = {}
    rows = told.exclude(difference=ResultCheck.Difference.NOT_MEASURABLE)
    for service, difference in rows.values_list("work__service", "difference"):
        helped, whole = counted.get(service, (0, 0))
        counted[service] = (helped + (difference in monthly.HELPED), whole + 1)
    return counted


def _outcomes(month: date, now: datetime) -> list[OutcomeLine]:
    metrics = OutcomeMetric.objects.filter(ended_on=None).select_related("service__current")
    return outcome_lines(metrics, [month], now=now)


def _outcome(line: OutcomeLine) -> Shown:
    return {
        "metric": line.metric.pk,
        "name": line.metric.name,
        "promise": line.promise,
        "words": line.last_words,
        "is_missed": line.last.status == Status.MISSED,
    }
