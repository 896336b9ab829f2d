"""A promise that is late gets a new date and a reason, told to the requester (ux.md 5.5)."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.policies import require
from audit.services import record
from intake import policies
from intake.models import NewDate, WorkRequest
from intake.services import lifecycle
from intake.services.lifecycle import lock
from intake.services.notices import owe_requester
from sla.business_time import add_working_time
from sla.metrics import METRICS
from sla.models import Clock
from sla.services import hours

WITHIN = timedelta(hours=4)  # of working time, after the promise was broken


class NothingLateError(Exception):
    """No promise of this request is late."""


def late_clock(clocks: Iterable[Clock], now: datetime) -> Clock | None:
    """The running promise to the requester that is late the longest."""
    late = [
        clock
        for clock in clocks
        if clock.running_since
        and clock.due_at
        and clock.due_at < now
        and METRICS[clock.metric].shown_to_requester
    ]
    return min(late, key=lambda clock: (clock.due_at, clock.pk), default=None)


def owed_by(clock: Clock) -> datetime | None:
    """By when the new date must be named: four working hours after the promise was broken."""
    calendar = hours.timetable(clock.calendar).hours
    return add_working_time(calendar, clock.due_at, WITHIN) if clock.due_at else None


def new_date_of(work: WorkRequest, clock: Clock | None, now: datetime) -> NewDate | None:
    """The new date that stands for a late promise; one that has passed no longer does."""
    if clock is None:
        return None
    named = work.new_dates.filter(clock=clock, new_on__gte=timezone.localdate(now))
    return named.select_related("named_by").order_by("-id").first()


@transaction.atomic
def name_new_date(
    work: WorkRequest,
    *,
    new_on: date,
    because: str,
    actor: User,
    at: datetime,
    seen: int | None = None,
) -> NewDate:
    """Tell the requester the new date of the promise that is late. The promise stays broken."""
    work = lock(work, seen=seen)
    require(policies.can_name_new_date(actor, work))
    clock = late_clock(work.subject.clocks.open().with_terms(), at)
    if clock is None or clock.due_at is None:
        raise NothingLateError
    named = NewDate.objects.create(
        work=work,
        clock=clock,
        promised_at=clock.due_at,
        new_on=new_on,
        because=because,
        named_by=actor,
        named_at=at,
    )
    if clock.metric != "first_reply":
        # A date is no reply in person; for everything else it is a word of ours.
        lifecycle.public_word(work, actor=actor, at=at)
    lifecycle.save(work, *lifecycle.SPOKEN)
    told = {"on": new_on.isoformat(), "metric": clock.metric}
    record("intake.new_date_named", work, actor=actor, at=at, reason=because, **told)
    owe_requester("request_late", work, at=at, event=named.pk, new_date=named.pk)
    return named
