"""What people make of similar requests: follow one instead, or say how two of them stand."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.policies import require
from audit.services import record
from intake import policies
from intake.models import JudgedPair, Participant, WorkRequest


@transaction.atomic
def follow(work: WorkRequest, *, actor: User, at: datetime) -> None:
    """Join a request of one's own department instead of asking again; twice is once."""
    require(policies.can_follow(actor, work))
    _, is_new = Participant.objects.get_or_create(
        work=work,
        person=actor,
        defaults={"part": Participant.Part.INFORMED, "added_at": at, "added_by": actor},
    )
    if is_new:
        record("intake.followed", work, actor=actor, at=at, person=actor.name)


@transaction.atomic
def judge_pair(
    one: WorkRequest, other: WorkRequest, *, verdict: JudgedPair.Verdict, actor: User, at: datetime
) -> None:
    """Remember how two requests stand to one another. The PMO judges; a requester for a draft."""
    require(policies.can_triage(actor, one) or policies.can_write_draft(actor, one))
    first, second = sorted((one, other), key=lambda work: work.pk)
    if first.pk == second.pk:
        return
    JudgedPair.objects.update_or_create(
        first=first,
        second=second,
        defaults={"verdict": verdict, "judged_by": actor, "judged_at": at},
    )
    if not one.is_draft:
        told = {"other": other.reference, "verdict": verdict}
        record("intake.pair_judged", one, actor=actor, at=at, is_internal=True, **told)
