"""Urgent treatment: asked by the requester, judged by the PMO, its root kept (ux.md 5.7)."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.policies import require
from audit.services import record
from intake import policies
from intake.models import UrgencyJudgement, WorkRequest
from intake.services import lifecycle
from intake.services.lifecycle import lock, save
from intake.services.notices import owe_requester
from intake.services.triage import take
from sla.services import clocks

Urgency = WorkRequest.Urgency
RETARGETED = "urgent"


@transaction.atomic
def judge(
    work: WorkRequest,
    *,
    accept: bool,
    explanation: str,
    actor: User,
    at: datetime,
    root: str = "",
    cost_of_delay: int | None = None,
    seen: int | None = None,
) -> WorkRequest:
    """Decide on urgent treatment, told in words. Accepting promises a plan in one working day.

    `root` says what made it urgent, which is counted; `cost_of_delay` what waiting would lose.
    """
    work = lock(work, seen=seen)
    require(policies.can_triage(actor, work) and work.urgency == Urgency.ASKED)
    take(work, actor=actor, at=at)
    lifecycle.public_word(work, actor=actor, at=at)
    work.urgency = Urgency.ACCEPTED if accept else Urgency.REFUSED
    if accept:
        _retarget(work, actor=actor, at=at)
    work.queue_at = lifecycle.soonest_promise(work)
    save(work, "urgency", *lifecycle.SPOKEN)
    UrgencyJudgement.objects.create(
        work=work,
        is_accepted=accept,
        explanation=explanation,
        cost_of_delay=cost_of_delay,
        root=root,
        by=actor,
        at=at,
    )
    told = {"accepted": accept, "why": explanation, "root": root}
    record("intake.urgency_judged", work, actor=actor, at=at, **told)
    owe_requester("urgency_judged", work, at=at, event=work.version, why=explanation)
    return work


def _retarget(work: WorkRequest, *, actor: User, at: datetime) -> None:
    """Hold what runs to the terms of the lane, or of urgent treatment; a first reply stays."""
    for metric, target in lifecycle.lane_targets(work, at).items():
        if metric != "first_reply":
            clocks.retarget(
                work.subject, metric, target=target, at=at, actor=actor, reason=RETARGETED
            )


@transaction.atomic
def judge_again(
    work: WorkRequest, *, reason: str, actor: User, at: datetime, seen: int | None = None
) -> WorkRequest:
    """Take a judgement back, by a lead with a reason; it waits to be judged anew."""
    work = lock(work, seen=seen)
    require(policies.can_override(actor, work) and work.is_open and bool(reason))
    require(work.urgency in (Urgency.ACCEPTED, Urgency.REFUSED))
    work.urgency = Urgency.ASKED
    _retarget(work, actor=actor, at=at)
    work.queue_at = lifecycle.soonest_promise(work)
    save(work, "urgency", "queue_at")
    standing = work.urgency_judgements.filter(reversed_at=None)
    standing.update(reversed_at=at)
    record("intake.urgency_reopened", work, actor=actor, at=at, reason=reason)
    return work
