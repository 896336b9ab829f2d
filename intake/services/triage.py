"""The PMO's acts on a request: claim, ask, play back, propose, and the honest exits."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.policies import require
from audit.services import record
from catalog.models import ServiceTier
from intake import policies
from intake.models import Hold, HoldQuestion, NeedVersion, Proposal, Verdict, WorkRequest
from intake.services import conversation, library, lifecycle, roots
from intake.services.conversation import withdraw_questions
from intake.services.lifecycle import lock, move, save
from intake.services.notices import owe_requester
from intake.states import IllegalMoveError, State
from sla.services import clocks

QUESTIONS_AT_ONCE = 3


class NeedNotAgreedError(Exception):
    """A proposal needs a need that both sides agreed on (product.md, capability 2)."""


class NotOfferedError(Exception):
    """The service can't be asked for now."""


@transaction.atomic
def claim(work: WorkRequest, *, actor: User, at: datetime, seen: int | None = None) -> WorkRequest:
    """Become the named contact. Raise ConflictError when a colleague was faster."""
    work = lock(work, seen=seen)
    require(policies.can_triage(actor, work))
    if work.analyst_id not in (None, actor.pk):
        raise lifecycle.ConflictError(work)
    take(work, actor=actor, at=at)
    return work


@transaction.atomic
def assign(
    work: WorkRequest,
    *,
    to: User,
    actor: User,
    at: datetime,
    note: str = "",
    seen: int | None = None,
) -> WorkRequest:
    """Make a colleague the named contact, whoever it was before; `note` is for the PMO only."""
    work = lock(work, seen=seen)
    require(policies.can_triage(actor, work) and policies.can_triage(to, work))
    if work.state == State.NEW:
        take(work, actor=actor, at=at, analyst=to)
    elif work.analyst_id != to.pk:
        had = {"was": work.analyst.name, "was_id": work.analyst.pk} if work.analyst else {"was": ""}
        work.analyst = to
        save(work, "analyst")
        record("intake.assigned", work, actor=actor, at=at, to=to.name, **had)
        owe_requester("request_claimed", work, at=at, event=f"{to.pk}:{work.version}")
    if note:
        conversation.note(work, text=note, actor=actor, at=at)
    return work


def take(work: WorkRequest, *, actor: User, at: datetime, analyst: User | None = None) -> None:
    """Claim a locked request if nobody has; a verdict on a new request claims it first."""
    if work.state != State.NEW:
        return
    work.analyst = analyst or actor
    move(
        work,
        State.CLAIMED,
        actor=actor,
        at=at,
        changed=("analyst",),
        analyst=work.analyst.name,
    )
    owe_requester("request_claimed", work, at=at, event=f"{work.analyst_id}:{work.version}")


def _ready(work: WorkRequest, *, actor: User, at: datetime, seen: int | None) -> WorkRequest:
    """Lock a request for a verdict, claimed by now, with no question left waiting."""
    work = lock(work, seen=seen)
    require(policies.can_give_verdict(actor, work))
    take(work, actor=actor, at=at)
    withdraw_questions(work, actor=actor, at=at)
    return work


@transaction.atomic
def ask(
    work: WorkRequest,
    *,
    questions: Sequence[str],
    blocks: bool,
    actor: User,
    at: datetime,
    why: str = "",
    seen: int | None = None,
) -> Hold:
    """Ask the requester one to three questions. If one blocks, the clocks pause until an answer."""
    work = lock(work, seen=seen)
    require(policies.can_ask(actor, work) and 0 < len(questions) <= QUESTIONS_AT_ONCE)
    take(work, actor=actor, at=at)
    lifecycle.public_word(work, actor=actor, at=at)
    hold = Hold.objects.create(work=work, asked_by=actor, asked_at=at, why=why, is_blocking=blocks)
    HoldQuestion.objects.bulk_create(
        HoldQuestion(hold=hold, position=place, text=text)
        for place, text in enumerate(questions, start=1)
    )
    if blocks:
        clocks.pause(
            work.subject,
            reason=lifecycle.WAITING,
            at=at,
            actor=actor,
            metrics=lifecycle.PAUSED_BY_A_QUESTION,
        )
    work.waiting_since = work.waiting_since or at
    work.queue_at = lifecycle.soonest_promise(work)
    save(work, "waiting_since", *lifecycle.SPOKEN)
    library.note_asked(work, questions, actor=actor, at=at)
    record("intake.asked", work, actor=actor, at=at, hold=hold.pk, blocks=blocks)
    owe_requester("questions_asked", work, at=at, event=hold.pk, hold=hold.pk)
    return hold


@transaction.atomic
def play_back(
    work: WorkRequest, *, text: str, actor: User, at: datetime, seen: int | None = None
) -> NeedVersion:
    """Put the need as understood to the requester, who says yes, nearly or no."""
    work = lock(work, seen=seen)
    require(policies.can_give_verdict(actor, work))
    take(work, actor=actor, at=at)
    lifecycle.public_word(work, actor=actor, at=at)
    if work.state == State.CLAIMED:
        move(work, State.DISCOVERY, actor=actor, at=at)
    need = NeedVersion.objects.create(
        work=work,
        number=work.needs.count() + 1,
        text=text,
        written_by=actor,
        written_at=at,
        played_back_at=at,
        pmo_agreed_at=at,
    )
    work.need = ""
    save(work, "need", *lifecycle.SPOKEN)
    record("intake.need_played_back", work, actor=actor, at=at, need=need.number)
    owe_requester("play_back", work, at=at, event=need.number, need=need.pk)
    return need


@transaction.atomic
def propose(
    work: WorkRequest,
    *,
    tier: ServiceTier,
    why: str,
    actor: User,
    at: datetime,
    seen: int | None = None,
) -> Proposal:
    """Offer a service with its tiers side by side, `tier` suggested.

    Raise NeedNotAgreedError in the full lane before both sides agreed the need, NotOfferedError
    for a service that can't be asked for today.
    """
    work = _ready(work, actor=actor, at=at, seen=seen)
    if not work.is_quick and not work.need:
        raise NeedNotAgreedError
    service = tier.version.service
    if service.current_id != tier.version_id or not service.can_be_asked_for(
        timezone.localtime(at).date()
    ):
        raise NotOfferedError
    lifecycle.public_word(work, actor=actor, at=at)
    work.service = service
    move(
        work,
        State.PROPOSED,
        actor=actor,
        at=at,
        changed=("service", "waiting_since", *lifecycle.SPOKEN),
        service=tier.version.name,
        tier=tier.get_level_display(),
    )
    proposal = Proposal.objects.create(
        work=work,
        version=tier.version,
        suggested=tier,
        why=why,
        proposed_by=actor,
        proposed_at=at,
    )
    owe_requester("proposal_ready", work, at=at, event=proposal.pk, proposal=proposal.pk)
    return proposal


@transaction.atomic
def answer(
    work: WorkRequest,
    *,
    text: str,
    actor: User,
    at: datetime,
    seen: int | None = None,
    root: str = "",
    carried_by: str = "",
) -> Verdict:
    """Close with the answer: the quick lane's normal end, or an existing service or cadence."""
    verdict = _exit(work, State.ANSWERED, actor=actor, at=at, seen=seen, explanation=text)
    roots.keep(verdict.work, root=root, carried_by=carried_by, actor=actor, at=at)
    return verdict


@transaction.atomic
def decline(
    work: WorkRequest,
    *,
    reason: str,
    explanation: str,
    alternative: str,
    actor: User,
    at: datetime,
    seen: int | None = None,
    root: str = "",
    carried_by: str = "",
) -> Verdict:
    """Say no with the reason, an explanation and what the requester can do instead."""
    require(bool(reason and explanation and alternative))
    verdict = _exit(
        work,
        State.DECLINED,
        actor=actor,
        at=at,
        seen=seen,
        reason=reason,
        explanation=explanation,
        alternative=alternative,
    )
    roots.keep(verdict.work, root=root, carried_by=carried_by, actor=actor, at=at)
    return verdict


@transaction.atomic
def park(
    work: WorkRequest,
    *,
    until: date | None,
    event: str,
    explanation: str,
    actor: User,
    at: datetime,
    seen: int | None = None,
) -> Verdict:
    """Set a request aside until a day or an event; on its day it comes back by itself."""
    require(until is not None or bool(event))
    work.parked_until = until
    return _exit(
        work,
        State.PARKED,
        actor=actor,
        at=at,
        seen=seen,
        explanation=explanation,
        alternative=event,
        parked_until=until,
    )


def _exit(
    work: WorkRequest,
    to: State,
    *,
    actor: User,
    at: datetime,
    seen: int | None,
    parked_until: date | None = None,
    **words: str,
) -> Verdict:
    work = _ready(work, actor=actor, at=at, seen=seen)
    work.parked_until, work.returned_at, work.new_answer_at = parked_until, None, None
    verdict = Verdict.objects.create(work=work, state=to, by=actor, at=at, **words)
    move(
        work,
        to,
        actor=actor,
        at=at,
        reason=words.get("reason", ""),
        changed=("waiting_since", "parked_until", "returned_at", "new_answer_at"),
        verdict=verdict.pk,
    )
    owe_requester(f"request_{to}", work, at=at, event=verdict.pk, verdict=verdict.pk)
    return verdict


@transaction.atomic
def wake(work: WorkRequest, *, actor: User | None, at: datetime) -> WorkRequest:
    """Bring a parked request back to its analyst; its proposal is promised anew.

    Raise IllegalMoveError when it is not parked: coming back is not reopening.
    """
    work = lock(work)
    if work.state != State.PARKED:
        raise IllegalMoveError(State(work.state), State.CLAIMED)
    if actor is not None:
        require(policies.can_triage(actor, work))
    work.parked_until, work.returned_at = None, at
    move(work, State.CLAIMED, actor=actor, at=at, changed=("parked_until", "returned_at"))
    owe_requester("request_back", work, at=at, event=work.version)
    return work


def wake_due(*, today: date, at: datetime) -> int:
    """Wake every request parked until today or earlier, and return how many."""
    due = WorkRequest.objects.filter(state=State.PARKED, parked_until__lte=today)
    parked = list(due)
    for work in parked:
        wake(work, actor=None, at=at)
    return len(parked)
