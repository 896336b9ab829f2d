"""What was decided in the end. Decision lead time is worked out from it."""

from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from accounts.policies import require
from audit.services import record
from intake import policies
from intake.models import Decision, WorkRequest
from intake.services.lifecycle import lock, save
from intake.services.notices import owe_pmo


@transaction.atomic
def record_decision(
    work: WorkRequest,
    *,
    decided_on: date,
    decided_what: str,
    result_used: str,
    actor: User,
    at: datetime,
    seen: int | None = None,
) -> Decision:
    """Record when and what was decided, and whether our result was used. It may be corrected."""
    work = lock(work, seen=seen)
    require(policies.can_record_decision(actor, work))
    decision = _decision_of(work)
    was = decision.decided_on.isoformat() if decision.decided_on else ""
    decision.decided_on, decision.decided_what = decided_on, decided_what
    decision.result_used, decision.recorded_by, decision.recorded_at = result_used, actor, at
    decision.save()
    save(work)
    told = {"on": decided_on.isoformat(), "was": was, "used": result_used}
    record("intake.decision_recorded", work, actor=actor, at=at, **told)
    if not policies.can_triage(actor, work):
        owe_pmo("decision_recorded", work, at=at, event=work.version)
    return decision


def _decision_of(work: WorkRequest) -> Decision:
    """The decision it serves; one that nobody named was first asked when it came in."""
    found = Decision.objects.filter(work=work).first()
    return found or Decision(work=work, first_asked_on=(work.received_at or work.created_at).date())
