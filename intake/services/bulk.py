"""One thing with several requests: each is an act of its own, and what can't be done is told."""

from collections.abc import Callable, Sequence
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import User
from intake import policies
from intake.models import WorkRequest
from intake.services import triage, weighing
from intake.services.lifecycle import ConflictError
from intake.states import IllegalMoveError, State

MOST = 50
REFUSED = (ConflictError, IllegalMoveError, PermissionDenied)
Do = Callable[[WorkRequest], object]


def for_each(works: Sequence[WorkRequest], do: Do) -> tuple[list[WorkRequest], list[WorkRequest]]:
    """Do it to each, one transaction a request; return what was done, and what was refused."""
    done: list[WorkRequest] = []
    refused: list[WorkRequest] = []
    for work in works[:MOST]:
        try:
            with transaction.atomic():
                do(work)
        except REFUSED:
            refused.append(work)
        else:
            done.append(work)
    return done, refused


def why_not(act: str, work: WorkRequest, actor: User) -> str:
    """Why this can't be done to this request, in words that follow its reference; empty if it can.

    "PMO-0142 is already claimed by Dana".
    """
    if work.requester_id == actor.pk:
        return "is your own request"
    if not work.is_open:
        return f"is over: {str(State(work.state).label).lower()}"
    if act == "claim" and work.analyst:
        return f"is already claimed by {work.analyst.name}"
    if act == "park" and not policies.can_give_verdict(actor, work):
        return "is past the point where it can be parked"
    return "" if policies.can_triage(actor, work) else "is not yours to work on"


def claimer(actor: User, at: datetime) -> Do:
    return lambda work: triage.claim(work, actor=actor, at=at, seen=work.version)


def assigner(to: User, actor: User, at: datetime) -> Do:
    return lambda work: triage.assign(work, to=to, actor=actor, at=at, seen=work.version)


def tagger(names: Sequence[str], actor: User, at: datetime) -> Do:
    return lambda work: weighing.add_tags(work, names=names, actor=actor, at=at)


def parker(until: date | None, event: str, explanation: str, actor: User, at: datetime) -> Do:
    return lambda work: triage.park(
        work,
        until=until,
        event=event,
        explanation=explanation,
        actor=actor,
        at=at,
        seen=work.version,
    )
