"""Moving a request between the quick and the full lane (ux.md 5.7)."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.policies import require
from audit.services import record
from intake import policies
from intake.models import WorkRequest
from intake.services import lifecycle
from intake.services.lifecycle import lock, save
from intake.services.notices import owe_requester
from intake.services.triage import take
from intake.states import Lane
from sla.services import clocks

RETARGETED = "another lane"


@transaction.atomic
def switch(
    work: WorkRequest,
    *,
    lane: str,
    reason: str,
    actor: User,
    at: datetime,
    seen: int | None = None,
) -> WorkRequest:
    """Move a request to the other lane. What runs is held to that lane's promises from now on.

    What was counted so far counts there too. An urgent one keeps the promise of urgent treatment.
    """
    work = lock(work, seen=seen)
    require(policies.can_give_verdict(actor, work) and bool(reason))
    require(lane in Lane.values and lane != work.lane)
    take(work, actor=actor, at=at)
    was, work.lane = work.lane, lane
    for metric, target in lifecycle.lane_targets(work, at).items():
        clocks.retarget(work.subject, metric, target=target, at=at, actor=actor, reason=RETARGETED)
    work.queue_at = lifecycle.soonest_promise(work)
    save(work, "lane", "queue_at")
    record("intake.lane_changed", work, actor=actor, at=at, reason=reason, was=was, to=lane)
    owe_requester("lane_changed", work, at=at, event=work.version, why=reason)
    return work
