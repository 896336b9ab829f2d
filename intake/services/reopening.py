"""Taking a closed request up again: a new cycle of clocks, the old result stands (product.md)."""

from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from accounts.policies import require
from intake import policies
from intake.models import WorkRequest
from intake.services.lifecycle import lane_targets, lock, move
from intake.services.notices import owe_pmo, owe_requester
from intake.states import State
from sla.business_time import add_working_time
from sla.services import hours

LOOK_AGAIN_DAYS = 10  # working days
REOPEN_WITHIN = timedelta(days=30)
CHANGED = ("waiting_since", "parked_until", "returned_at", "new_answer_at")


class TooLateError(Exception):
    """The time in which this is possible has passed."""


def look_again_until(work: WorkRequest) -> datetime | None:
    """The end of the tenth working day after a request was declined."""
    promise = lane_targets(work, work.closed_at).get("proposal") if work.closed_at else None
    if promise is None or work.closed_at is None:
        return None
    calendar = hours.timetable(promise.calendar).hours
    length = calendar.day_length()
    if not length:
        return None
    return add_working_time(calendar, work.closed_at, LOOK_AGAIN_DAYS * length)


def may_look_again(user: User, work: WorkRequest, *, at: datetime) -> bool:
    until = look_again_until(work) if policies.can_look_again(user, work) else None
    return until is not None and at <= until


def may_reopen(user: User, work: WorkRequest, *, at: datetime) -> bool:
    closed = work.closed_at
    return policies.can_reopen(user, work) and closed is not None and at - closed <= REOPEN_WITHIN


@transaction.atomic
def look_again(
    work: WorkRequest, *, why: str, actor: User, at: datetime, seen: int | None = None
) -> WorkRequest:
    """Ask the PMO to look at a declined request again, once. Raise TooLateError after ten days."""
    work = lock(work, seen=seen)
    require(policies.can_look_again(actor, work))
    if not may_look_again(actor, work, at=at):
        raise TooLateError
    work.asked_again_at = at
    _take_up(work, State.CLAIMED, why=why, actor=actor, at=at, changed=("asked_again_at",))
    return work


@transaction.atomic
def reopen(
    work: WorkRequest, *, why: str, actor: User, at: datetime, seen: int | None = None
) -> WorkRequest:
    """Take a closed request up again: to running if it ever ran, else to be looked at."""
    work = lock(work, seen=seen)
    require(policies.can_reopen(actor, work))
    if not may_reopen(actor, work, at=at):
        raise TooLateError
    to = State.RUNNING if _ever_ran(work) else State.CLAIMED
    _take_up(work, to, why=why, actor=actor, at=at)
    if policies.can_triage(actor, work):
        owe_requester("request_reopened", work, at=at, event=work.version, why=why)
    return work


def _ever_ran(work: WorkRequest) -> bool:
    return work.tier_id is not None and work.subject.clocks.filter(metric="delivery").exists()


def _take_up(
    work: WorkRequest,
    to: State,
    *,
    why: str,
    actor: User,
    at: datetime,
    changed: tuple[str, ...] = (),
) -> None:
    work.waiting_since = work.parked_until = None
    work.returned_at = work.new_answer_at = at
    move(work, to, actor=actor, at=at, reason=why, changed=(*CHANGED, *changed))
    if not policies.can_triage(actor, work):
        owe_pmo("request_reopened_pmo", work, at=at, event=work.version, why=why)
