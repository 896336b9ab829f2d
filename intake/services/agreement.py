"""What the requester decides: the need, the tier, the result; and the delivery in between."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.policies import require
from audit.services import record
from catalog.models import Service, ServiceTier
from intake import policies, search
from intake.models import (
    ExitCriterion,
    NeedVersion,
    Proposal,
    ResultCheck,
    WorkRequest,
)
from intake.services import duties, improving, roots
from intake.services.conversation import withdraw_questions
from intake.services.lifecycle import lock, move, save
from intake.services.notices import owe_pmo, owe_requester
from intake.services.signing import sign_standard
from intake.states import State


class NothingToDecideError(Exception):
    """What was to be decided has been decided or taken back."""


@dataclass(frozen=True)
class NoLongerOfferedError(Exception):
    """The service was retired while its tiers were being chosen from."""

    service: Service


class OpenCriteriaError(Exception):
    """The work can't be handed over while a criterion is open."""


@transaction.atomic
def answer_play_back(
    work: WorkRequest,
    need: NeedVersion,
    *,
    reply: str,
    actor: User,
    at: datetime,
    correction: str = "",
) -> NeedVersion:
    """Confirm the need, or say what is not right about it yet."""
    work = lock(work)
    require(policies.can_answer(actor, work))
    need = work.needs.get(pk=need.pk)
    newest = work.needs.order_by("-number").first()
    if need.answered_at is not None or need != newest:
        raise NothingToDecideError
    need.reply, need.correction, need.answered_at = reply, correction, at
    if reply == NeedVersion.Reply.YES:
        need.requester_agreed_at = at
        work.need = need.text
    need.save(update_fields=["reply", "correction", "answered_at", "requester_agreed_at"])
    work.new_answer_at = at
    save(work, "need", "new_answer_at")
    search.index(work)
    record("intake.need_answered", work, actor=actor, at=at, need=need.number, reply=reply)
    owe_pmo("need_answered", work, at=at, event=need.number, need=need.pk)
    return need


def _open_proposal(work: WorkRequest) -> Proposal:
    proposal = work.current_proposal()
    if proposal is None or proposal.chosen_at is not None:
        raise NothingToDecideError
    return proposal


@transaction.atomic
def choose_tier(
    work: WorkRequest,
    *,
    tier: ServiceTier,
    actor: User,
    at: datetime,
    reason: str = "",
    seen: int | None = None,
    take_standard: bool = True,
) -> WorkRequest:
    """Take a tier knowingly. `take_standard` takes its blueprint as it is, which signs it.

    In the quick lane that is always so. Raise NoLongerOfferedError for a service that was retired
    while the choice was open.
    """
    work = lock(work, seen=seen)
    require(policies.can_choose(actor, work))
    proposal = _open_proposal(work)
    require(tier.version_id == proposal.version_id)
    _require_offered(tier, at=at)
    proposal.chosen, proposal.chosen_by, proposal.chosen_at = tier, actor, at
    proposal.choice_reason = reason
    proposal.save(update_fields=["chosen", "chosen_by", "chosen_at", "choice_reason"])
    work.tier = tier
    choice = {"chosen": tier.level, "suggested": proposal.suggested.level}
    move(work, State.BLUEPRINT, actor=actor, at=at, changed=("tier",), **choice)
    if take_standard or work.is_quick:
        sign_standard(work, actor=actor, at=at)
        owe_requester("request_running", work, at=at, event=proposal.pk)
    owe_pmo("tier_chosen", work, at=at, event=proposal.pk, proposal=proposal.pk)
    return work


def _require_offered(tier: ServiceTier, *, at: datetime) -> None:
    service = tier.version.service
    if service.state == Service.State.RETIRED:
        raise NoLongerOfferedError(service)
    if service.retires_on and service.retires_on <= timezone.localtime(at).date():
        raise NoLongerOfferedError(service)


@transaction.atomic
def refuse_proposal(
    work: WorkRequest, *, why: str, actor: User, at: datetime, seen: int | None = None
) -> WorkRequest:
    """Say that none of these fits; the PMO looks again and promises a new proposal."""
    work = lock(work, seen=seen)
    require(policies.can_choose(actor, work))
    proposal = _open_proposal(work)
    proposal.withdrawn_at, proposal.refusal = at, why
    proposal.save(update_fields=["withdrawn_at", "refusal"])
    work.new_answer_at = at
    move(work, State.DISCOVERY, actor=actor, at=at, changed=("new_answer_at",))
    owe_pmo("proposal_refused", work, at=at, event=proposal.pk, proposal=proposal.pk)
    return work


@transaction.atomic
def withdraw(
    work: WorkRequest, *, actor: User, at: datetime, reason: str = "", seen: int | None = None
) -> WorkRequest:
    """Take one's own request back, as long as it is not running."""
    work = lock(work, seen=seen)
    require(policies.can_withdraw(actor, work))
    work.holds.waiting().update(lifted_at=at, was_withdrawn=True)
    work.proposals.filter(chosen_at=None, withdrawn_at=None).update(withdrawn_at=at)
    work.waiting_since = work.parked_until = None
    move(
        work,
        State.WITHDRAWN,
        actor=actor,
        at=at,
        reason=reason,
        changed=("waiting_since", "parked_until"),
    )
    owe_pmo("request_withdrawn", work, at=at, event=work.version)
    return work


@transaction.atomic
def tick(
    work: WorkRequest, criterion: ExitCriterion, *, done: bool, actor: User, at: datetime
) -> ExitCriterion:
    """Tick an exit criterion, or take the tick back."""
    work = lock(work)
    require(policies.can_deliver(actor, work))
    criterion = ExitCriterion.objects.get(pk=criterion.pk, blueprint__work=work)
    if (criterion.ticked_at is not None) == done:
        return criterion
    criterion.ticked_at, criterion.ticked_by = (at, actor) if done else (None, None)
    criterion.save(update_fields=["ticked_at", "ticked_by"])
    record(
        "intake.criterion_ticked" if done else "intake.criterion_reopened",
        work,
        actor=actor,
        at=at,
        text=criterion.text,
    )
    return criterion


@transaction.atomic
def hand_over(
    work: WorkRequest,
    *,
    actor: User,
    at: datetime,
    seen: int | None = None,
    root: str = "",
    carried_by: str = "",
) -> WorkRequest:
    """Hand the result to the requester to check. Raise OpenCriteriaError while one is open."""
    work = lock(work, seen=seen)
    require(policies.can_deliver(actor, work))
    if ExitCriterion.objects.filter(blueprint__work=work, ticked_at=None).exists():
        raise OpenCriteriaError
    withdraw_questions(work, actor=actor, at=at)
    move(work, State.CHECK, actor=actor, at=at, changed=("waiting_since",))
    roots.keep(work, root=root, carried_by=carried_by, actor=actor, at=at)
    owe_requester("result_due", work, at=at, event=work.version)
    return work


@transaction.atomic
def record_result(
    work: WorkRequest,
    *,
    difference: str,
    sentence: str,
    actor: User,
    at: datetime,
    value_now: str = "",
    seen: int | None = None,
) -> ResultCheck:
    """Say whether it made a difference, or why that can't be measured; this closes the request."""
    work = lock(work, seen=seen)
    require(policies.can_check(actor, work) and bool(sentence))
    result = ResultCheck.objects.create(
        work=work, difference=difference, value_now=value_now, sentence=sentence, by=actor, at=at
    )
    move(work, State.DONE, actor=actor, at=at, difference=difference)
    improving.suggest_from_result(result, at=at)
    owe_pmo("result_recorded", work, at=at, event=result.pk, result=result.pk)
    return result


@transaction.atomic
def not_finished(
    work: WorkRequest, *, what: str, actor: User, at: datetime, seen: int | None = None
) -> WorkRequest:
    """Send the result back: something is missing. The delivery clock goes on."""
    work = lock(work, seen=seen)
    require(policies.can_check(actor, work) and bool(what))
    work.new_answer_at = at
    move(work, State.RUNNING, actor=actor, at=at, reason=what, changed=("new_answer_at",))
    duties.go_on(work, actor=actor, at=at)
    owe_pmo("result_sent_back", work, at=at, event=work.version, what=what)
    return work
