"""The requests behind a number of the board: the clocks that were judged in a month."""

from datetime import date, datetime
from typing import NamedTuple

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse

from accounts.models import User
from catalog.models import Service
from intake.models import WorkRequest
from intake.reading.board_month import NO_SERVICE, PROMISE_NAMES, asked_month
from intake.reading.promises import Chip, amount_words, chip_of
from intake.track_record import judged, month_bounds
from sla.metrics import METRICS
from sla.models import Clock, SlaPolicy
from sla.services import hours

PAGE = 100
KEPT, MISSED = "kept", "missed"


class Row(NamedTuple):
    """One judged promise. Whoever leads no triage sees no people."""

    reference: str
    address: str
    title: str
    chip: Chip
    sealed_at: datetime
    took: str
    person: str


class Rows(NamedTuple):
    """What a number is made of, and in words what it counts."""

    promise: str
    service: str
    policy: str
    month: date
    outcome: str
    rows: list[Row]
    following: str
    hidden: int


def rows_of(asked: QueryDict, viewer: User, now: datetime) -> Rows | None:
    """The rows that an address asks for; None where it names nothing that is there."""
    metric, slug = asked.get("metric", ""), asked.get("service", "")
    number = asked.get("policy", "")
    is_number = number.isascii() and number.isdigit() and len(number) <= 9
    policy = SlaPolicy.objects.filter(pk=int(number)).first() if is_number else None
    service = Service.objects.select_related("current").filter(slug=slug).first() if slug else None
    if metric not in METRICS or policy is None or (slug and service is None):
        return None
    month = asked_month(asked.get("month", ""), now)
    outcome = asked.get("outcome", "")
    clocks = _clocks(month, metric, policy, service)
    clocks = _with_outcome(clocks, outcome)
    after = asked.get("after", "")
    found = list(_behind(clocks, after)[: PAGE + 1])
    shown = _shown(found[:PAGE], viewer, now)
    query = asked.copy()
    query["after"] = str(found[PAGE - 1].pk) if len(found) > PAGE else ""
    return Rows(
        promise=PROMISE_NAMES[metric],
        service=str(service or NO_SERVICE),
        policy=policy.name,
        month=month,
        outcome=outcome if outcome in (KEPT, MISSED) else "",
        rows=shown,
        following=f"{reverse('board_rows')}?{query.urlencode()}" if len(found) > PAGE else "",
        hidden=min(len(found), PAGE) - len(shown),
    )


def _clocks(
    month: date, metric: str, policy: SlaPolicy, service: Service | None
) -> QuerySet[Clock]:
    start, end = month_bounds(month)
    return judged(start, end).filter(
        metric=metric, target__version__policy=policy, subject__work__service=service
    )


def _with_outcome(clocks: QuerySet[Clock], outcome: str) -> QuerySet[Clock]:
    if outcome in (KEPT, MISSED):
        return clocks.filter(breached_at__isnull=outcome == KEPT)
    return clocks


def _behind(clocks: QuerySet[Clock], after: str) -> QuerySet[Clock]:
    related = ("target", "calendar", "subject__work__analyst")
    newest_first = clocks.select_related(*related).order_by("-pk")
    is_number = after.isascii() and after.isdigit() and len(after) <= 18
    return newest_first.filter(pk__lt=int(after)) if is_number else newest_first


def _shown(clocks: list[Clock], viewer: User, now: datetime) -> list[Row]:
    """Those whose request the viewer may see."""
    hours.load(clock.calendar for clock in clocks)
    subjects = [clock.subject_id for clock in clocks]
    visible = set(
        WorkRequest.objects.visible_to(viewer)
        .filter(subject__in=subjects)
        .values_list("subject_id", flat=True)
    )
    return [_row(clock, viewer, now) for clock in clocks if clock.subject_id in visible]


def _row(clock: Clock, viewer: User, now: datetime) -> Row:
    work = clock.subject.work
    name = "intake:triage_detail" if viewer.is_pmo else "intake:request_detail"
    sealed = clock.breached_at or clock.ended_at
    assert sealed is not None
    analyst = work.analyst.name if work.analyst and viewer.is_pmo else ""
    return Row(
        reference=work.reference,
        address=reverse(name, args=[work.reference]),
        title=work.title if viewer.is_pmo else "",
        chip=chip_of(clock, now),
        sealed_at=sealed,
        took=amount_words(clock, clock.worked_us),
        person=analyst,
    )
