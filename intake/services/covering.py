"""A recurring decision answers an ask: a draft by its writer, a request by the PMO (ux.md 5.18)."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.policies import require
from intake import policies, search
from intake.models import Cadence, Verdict, WorkRequest
from intake.services import triage
from intake.services.cadences import note_answer
from intake.services.lifecycle import ConflictError, lock, move
from intake.services.notices import owe_requester
from intake.services.submission import next_number, title_of
from intake.states import Lane, State


@transaction.atomic
def cover_draft(work: WorkRequest, cadence: Cadence, *, actor: User, at: datetime) -> WorkRequest:
    """Close a draft as answered by the cadence. It gets its number; no clock ever starts.

    Raise ConflictError when it was sent meanwhile.
    """
    require(policies.can_end_draft(actor, work))
    work = lock(work)
    if not work.is_draft:
        raise ConflictError(work)
    words = str(work.answers.get(slug="need").get("need"))
    work.number, work.ask, work.title = next_number(), words, title_of(words)
    work.received_at, work.lane = at, work.lane or Lane.CONSULT
    verdict = Verdict.objects.create(
        work=work, state=State.ANSWERED, explanation=explanation_of(cadence), at=at
    )
    move(
        work,
        State.ANSWERED,
        actor=actor,
        at=at,
        changed=("number", "ask", "title", "received_at", "lane"),
        verdict=verdict.pk,
    )
    note_answer(cadence, work, actor=actor, at=at)
    search.index(work)
    owe_requester("request_answered", work, at=at, event=verdict.pk, verdict=verdict.pk)
    return work


@transaction.atomic
def answer(
    work: WorkRequest,
    *,
    text: str,
    cadence: Cadence | None,
    actor: User,
    at: datetime,
    seen: int | None = None,
    root: str = "",
    carried_by: str = "",
) -> Verdict:
    """Close with the answer; where a recurring decision gives it, that is counted."""
    verdict = triage.answer(
        work, text=text, actor=actor, at=at, seen=seen, root=root, carried_by=carried_by
    )
    if cadence:
        note_answer(cadence, verdict.work, actor=actor, at=at)
    return verdict


def explanation_of(cadence: Cadence) -> str:
    data = f" It already uses: {cadence.data}." if cadence.data else ""
    return f"This is decided {cadence.get_rhythm_display()} in {cadence.name}.{data}"
