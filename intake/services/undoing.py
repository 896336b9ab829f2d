"""Taking an act of triage back, as far as it can be (ux.md 5.7, the column Undo)."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.policies import require
from audit.models import Entry
from audit.services import record
from intake import policies
from intake.models import WorkRequest
from intake.services.lifecycle import lock, move, save
from intake.services.notices import owe_requester
from intake.states import State


class ChosenMeanwhileError(Exception):
    """A tier was chosen, so the proposal stands."""


def latest(work: WorkRequest) -> Entry | None:
    """What happened last, notes apart."""
    return Entry.objects.about(work).filter(is_internal=False).last()


def is_own_claim(entry: Entry | None, person: User) -> bool:
    """Whether the last thing was that this person claimed it."""
    if entry is None or entry.action != "intake.moved" or entry.actor_id != person.pk:
        return False
    return (entry.data.get("was"), entry.data.get("to")) == (State.NEW, State.CLAIMED)


def assigned_from(entry: Entry | None, person: User) -> int | None:
    """From whom this person took it with the last act, as the id of a person."""
    if entry is None or entry.action != "intake.assigned" or entry.actor_id != person.pk:
        return None
    found = entry.data.get("was_id")
    return found if isinstance(found, int) else None


@transaction.atomic
def give_back(
    work: WorkRequest, *, actor: User, at: datetime, seen: int | None = None
) -> WorkRequest:
    """Take one's own claim back, as long as nothing else was done; nobody is the contact then."""
    work = lock(work, seen=seen)
    require(policies.can_triage(actor, work) and is_own_claim(latest(work), actor))
    work.analyst = None
    move(work, State.NEW, actor=actor, at=at, changed=("analyst",))
    return work


@transaction.atomic
def take_back_proposal(
    work: WorkRequest, *, actor: User, at: datetime, seen: int | None = None
) -> WorkRequest:
    """Take a proposal back before a tier is chosen; the proposal is owed again from now on.

    Raise ChosenMeanwhileError when the requester was faster.
    """
    work = lock(work, seen=seen)
    require(policies.can_triage(actor, work))
    offered = work.proposals.filter(withdrawn_at=None, chosen_at=None).first()
    if work.state != State.PROPOSED or offered is None:
        raise ChosenMeanwhileError
    offered.withdrawn_at = at
    offered.save(update_fields=["withdrawn_at"])
    work.service = None
    move(work, State.DISCOVERY, actor=actor, at=at, changed=("service",), taken_back=True)
    owe_requester("proposal_taken_back", work, at=at, event=offered.pk)
    return work


@transaction.atomic
def take_back_decline(
    work: WorkRequest, *, reason: str, actor: User, at: datetime, seen: int | None = None
) -> WorkRequest:
    """Open a declined request again, by a lead with a reason; its clocks begin a new cycle."""
    work = lock(work, seen=seen)
    require(policies.can_override(actor, work) and work.state == State.DECLINED and bool(reason))
    move(work, State.CLAIMED, actor=actor, at=at, reason=reason, undone=True)
    owe_requester("verdict_undone", work, at=at, event=work.version, why=reason)
    return work


@transaction.atomic
def assign_back(
    work: WorkRequest, *, actor: User, at: datetime, seen: int | None = None
) -> WorkRequest:
    """Give a request back to whoever was its contact, when it was assigned by mistake just now."""
    work = lock(work, seen=seen)
    was_id = assigned_from(latest(work), actor)
    require(policies.can_triage(actor, work) and work.is_open and was_id is not None)
    assert was_id is not None
    was, to = work.analyst, User.objects.get(pk=was_id)
    require(policies.can_triage(to, work))
    work.analyst = to
    save(work, "analyst")
    had = {"was": was.name, "was_id": was.pk} if was else {}
    record("intake.assigned", work, actor=actor, at=at, to=to.name, **had)
    owe_requester("request_claimed", work, at=at, event=f"{to.pk}:{work.version}")
    return work
