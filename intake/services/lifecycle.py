"""Moving a request from state to state. Only what stands here assigns `state`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError
from django.db.models import F, Min

from accounts.models import User
from audit.models import Entry
from audit.services import entry, record
from intake.models import NO_PROMISE, WorkRequest
from intake.states import CLOCKS, CLOSED, MOVES, IllegalMoveError, State
from sla.models import Clock, SlaTarget
from sla.services import clocks

POLICY_OF_LANE = {"order": "quick-lane", "consult": "full-lane"}
URGENT_POLICY = "urgent"
WAITING = "waiting for the requester"
PARKED = "parked"
# What a public word of the PMO changes on the request.
SPOKEN = ("queue_at", "returned_at", "new_answer_at")
# A blocking question stops these; a first reply is owed all the same.
PAUSED_BY_A_QUESTION = ("proposal", "next_contact", "blueprint", "delivery")
# What an act reads of the request beside its own row.
NEEDED_BY_ACTS = ("requester", "raised_by", "analyst", "subject", "tier__policy")


@dataclass
class ConflictError(Exception):
    """Somebody else changed the request since this person saw it."""

    work: WorkRequest

    def latest(self) -> Entry | None:
        """What happened meanwhile, and who did it."""
        return Entry.objects.about(self.work).last()


def lock(work: WorkRequest, *, seen: int | None = None) -> WorkRequest:
    """Return the row fresh and locked. Raise ConflictError if `seen` is not its version."""
    rows = WorkRequest.objects.select_for_update(of=("self",)).select_related(*NEEDED_BY_ACTS)
    fresh = rows.get(pk=work.pk)
    if _joined_before_the_wait(fresh):
        fresh = rows.get(pk=work.pk)
    if seen is not None and seen != fresh.version:
        raise ConflictError(fresh)
    return fresh


def _joined_before_the_wait(work: WorkRequest) -> bool:
    """PostgreSQL joins the row that it waited for with what belonged to it before the wait."""
    people = ((work.analyst_id, work.analyst), (work.raised_by_id, work.raised_by))
    pairs = (*people, (work.tier_id, work.tier))
    return any(key != (row.pk if row else None) for key, row in pairs)


def save(work: WorkRequest, *fields: str) -> None:
    """Save these fields of a locked request and raise its version."""
    work.version += 1
    work.save(update_fields=[*fields, "version"])


def move(
    work: WorkRequest,
    to: State,
    *,
    actor: User | None,
    at: datetime,
    reason: str = "",
    changed: Collection[str] = (),
    **data: Any,
) -> None:
    """Move a locked request, let its clocks follow and record it.

    `changed` names further fields of `work` to save. Raise IllegalMoveError when the table of
    moves has no such move.
    """
    was = State(work.state)
    if to not in MOVES[was]:
        raise IllegalMoveError(was, to)
    work.state = to
    work.closed_at = at if to in CLOSED else None
    follow_clocks(work, was, to, actor=actor, at=at)
    save(work, "state", "closed_at", "queue_at", *changed)
    record("intake.moved", work, actor=actor, at=at, reason=reason, was=was, to=to, **data)


def receive(
    work: WorkRequest,
    *,
    actor: User,
    at: datetime,
    fields: dict[str, Any],
    terms: clocks.Terms | None = None,
) -> list[Entry]:
    """Move a draft to `new` by compare-and-set and return the entries to record.

    It takes no lock, since nothing but the row itself is contended before a request is received.
    Raise ConflictError when the draft was sent or changed meanwhile.
    """
    started = _start_first(work, actor=actor, at=at, terms=terms)
    due = [clock.due_at for clock in started if clock.due_at]
    fields |= {"state": State.NEW, "received_at": at, "queue_at": min(due, default=NO_PROMISE)}
    draft = WorkRequest.objects.filter(pk=work.pk, state=State.DRAFT, version=work.version)
    if not draft.update(version=F("version") + 1, **fields):
        raise ConflictError(work)
    for name, value in fields.items():
        setattr(work, name, value)
    work.version += 1
    return [entry("intake.moved", work, actor=actor, at=at, was=State.DRAFT, to=State.NEW)]


def receive_imported(works: Sequence[WorkRequest], *, actor: User, at: datetime) -> list[Entry]:
    """Save unsaved requests of an old queue as `new`, and return the entries to record.

    They share lane and urgency. Their clocks run from `at`, although they were received long
    before: nothing is broken before it is promised (sla-spec 4).
    """
    targets = first_targets(works[0], at)
    subjects = [work.subject for work in works]
    started = clocks.start_for_each(subjects, targets, at=at, actor=actor)
    due = [clock.due_at for clock in started if clock.due_at]
    for work in works:
        work.state = State.NEW
        work.queue_at = min(due, default=NO_PROMISE)
    WorkRequest.objects.bulk_create(works)
    return [
        entry("intake.moved", work, actor=actor, at=at, was=State.DRAFT, to=State.NEW)
        for work in works
    ]


def _start_first(
    work: WorkRequest, *, actor: User, at: datetime, terms: clocks.Terms | None
) -> list[Clock]:
    """Start the clocks of receipt; that they exist means that a twin was faster."""
    targets = first_targets(work, at, terms)
    try:
        return clocks.start_many(work.subject, targets, at=at, actor=actor)
    except IntegrityError as error:
        raise ConflictError(work) from error


def first_targets(
    work: WorkRequest, at: datetime, terms: clocks.Terms | None = None
) -> dict[str, SlaTarget]:
    """What is promised on receipt; asking for urgent treatment brings the first reply forward."""
    promised = lane_targets(work, at, terms)
    if work.urgency == WorkRequest.Urgency.ASKED:
        urgent = clocks.policy_targets(URGENT_POLICY, at=at, terms=terms)
        promised |= {key: urgent[key] for key in ("first_reply",) if key in urgent}
    return {key: target for key, target in promised.items() if key in CLOCKS[State.NEW]}


def lane_targets(
    work: WorkRequest, at: datetime, terms: clocks.Terms | None = None
) -> dict[str, SlaTarget]:
    """The promises of the request's lane, or of urgent treatment once that is accepted."""
    accepted = work.urgency == WorkRequest.Urgency.ACCEPTED
    slug = URGENT_POLICY if accepted else POLICY_OF_LANE[work.lane]
    return clocks.policy_targets(slug, at=at, terms=terms)


def follow_clocks(
    work: WorkRequest, was: State, to: State, *, actor: User | None, at: datetime
) -> None:
    """End the clocks that the new state does not know and start those that it brings."""
    _end_clocks(work, CLOCKS[was] - CLOCKS[to], to, actor=actor, at=at)
    if State.PARKED in (was, to):
        turn = clocks.pause if to == State.PARKED else clocks.resume
        turn(work.subject, reason=PARKED, at=at, actor=actor)
    begins_anew = was in CLOSED
    _start_clocks(work, _owed(was, to), begins_anew, actor=actor, at=at)
    work.queue_at = soonest_promise(work)


def _end_clocks(
    work: WorkRequest, metrics: Collection[str], to: State, *, actor: User | None, at: datetime
) -> None:
    """Stop what was fulfilled. A request that leaves before its proposal has no outcome there."""
    if not metrics:
        return
    if to == State.NEW:
        # A claim that was taken back promised nothing.
        clocks.cancel(work.subject, metrics=metrics, at=at, actor=actor)
    elif to in (State.WITHDRAWN, State.MERGED):
        clocks.stop(work.subject, metrics=("next_contact",), at=at, actor=actor)
        clocks.cancel(work.subject, at=at, actor=actor)
    else:
        clocks.stop(work.subject, metrics=metrics, at=at, actor=actor)


def _owed(was: State, to: State) -> frozenset[str]:
    """The clocks that a move starts. A first reply is promised once, on receipt.

    Handoffs and agreed promises start with their step (`duties`), not with the state.
    """
    started = CLOCKS[to] - CLOCKS[was] - {"first_reply", "handoff", "promise"}
    return started if to != State.PARKED else frozenset()


def _start_clocks(
    work: WorkRequest,
    metrics: Collection[str],
    begins_anew: bool,
    *,
    actor: User | None,
    at: datetime,
) -> None:
    if not metrics:
        return
    targets = lane_targets(work, at)
    if "delivery" in metrics and work.tier:
        targets |= clocks.policy_targets(work.tier.policy.slug, at=at)
    for metric in sorted(metrics):
        goes_on = metric == "delivery" and not begins_anew
        _start_clock(work, metric, targets, goes_on, actor=actor, at=at)


def _start_clock(
    work: WorkRequest,
    metric: str,
    targets: Mapping[str, SlaTarget],
    goes_on: bool,
    *,
    actor: User | None,
    at: datetime,
) -> None:
    """Start a promise; one that `goes_on` continues where it stood, if it ever ran."""
    if metric not in targets:
        return
    if goes_on and work.subject.clocks.filter(metric=metric).exists():
        clocks.reopen(work.subject, metrics=(metric,), at=at, actor=actor)
    else:
        clocks.restart(work.subject, metric, target=targets[metric], at=at, actor=actor)


def soonest_promise(work: WorkRequest) -> datetime:
    """When the request's next running promise is due."""
    running = Clock.objects.filter(subject=work.subject_id, state=Clock.State.RUNNING)
    return running.aggregate(due=Min("due_at"))["due"] or NO_PROMISE


def public_word(work: WorkRequest, *, actor: User, at: datetime) -> None:
    """Note that a person of the PMO spoke: first reply is met, next contact starts anew.

    While a blocking question waits, contact stays paused instead (product.md, clocks). What came
    back from being parked, or brought a new answer, is seen by this; the caller saves SPOKEN.
    """
    clocks.stop(work.subject, metrics=("first_reply",), at=at, actor=actor)
    target = lane_targets(work, at).get("next_contact")
    if target and "next_contact" in CLOCKS[State(work.state)] and not has_blocking_hold(work):
        clocks.restart(work.subject, "next_contact", target=target, at=at, actor=actor)
    work.returned_at = work.new_answer_at = None
    work.queue_at = soonest_promise(work)


def has_blocking_hold(work: WorkRequest) -> bool:
    return work.holds.waiting().filter(is_blocking=True).exists()
