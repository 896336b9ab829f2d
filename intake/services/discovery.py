"""The talk about a need: plan it, find its time, talk along its agenda, close it (ux.md 5.6)."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max

from accounts.date_words import day_words
from accounts.models import User
from accounts.policies import require
from audit.services import record
from intake import policies
from intake.models import (
    AgendaPoint,
    LibraryQuestion,
    Session,
    SessionNote,
    WorkRequest,
)
from intake.services import conversation, library, lifecycle
from intake.services.agenda import points_of
from intake.services.lifecycle import lock, save
from intake.services.notices import owe_pmo, owe_requester
from intake.services.triage import take
from intake.states import State
from sla.services import clocks

SLOTS = 3
# The reason that holds the proposal's clock until a talk the requester moved back.
TALK = "waiting for the talk"
Source = AgendaPoint.Source


class ClosedError(Exception):
    """The talk is over; what was agreed stands in the conversation."""


@transaction.atomic
def plan(
    work: WorkRequest,
    *,
    slots: Sequence[datetime],
    length: int,
    place: str,
    people: str,
    actor: User,
    at: datetime,
    questions: Iterable[LibraryQuestion] = (),
) -> Session:
    """Propose up to three times for a talk. The agenda builds itself; questions are added."""
    work = lock(work)
    require(policies.can_discover(actor, work) and 0 < len(slots) <= SLOTS)
    take(work, actor=actor, at=at)
    if work.state == State.CLAIMED:
        lifecycle.move(work, State.DISCOVERY, actor=actor, at=at)
    lifecycle.public_word(work, actor=actor, at=at)
    save(work, *lifecycle.SPOKEN)
    session = Session.objects.create(
        work=work,
        number=(work.sessions.aggregate(last=Max("number"))["last"] or 0) + 1,
        slots=[slot.isoformat() for slot in sorted(slots)],
        length=length,
        place=place,
        people=people,
        planned_by=actor,
        planned_at=at,
    )
    build_agenda(session)
    add_from_library(session, questions, actor=actor, at=at)
    record("intake.talk_planned", work, actor=actor, at=at, session=session.number)
    owe_requester("talk_proposed", work, at=at, event=session.number, session=session.pk)
    return session


def build_agenda(session: Session) -> None:
    """Put on the agenda what the request leaves open and is not there yet."""
    known = set(session.points.values_list("key", flat=True))
    new = [point for point in points_of(session.work) if point.key not in known]
    place = _last_place(session)
    AgendaPoint.objects.bulk_create(
        AgendaPoint(session=session, position=place + n, **point._asdict())
        for n, point in enumerate(new, start=1)
    )


def _last_place(session: Session) -> int:
    return session.points.aggregate(last=Max("position"))["last"] or 0


@transaction.atomic
def add_from_library(
    session: Session, questions: Iterable[LibraryQuestion], *, actor: User, at: datetime
) -> None:
    """Put questions of the library on the agenda, each once, and count them as asked."""
    known = set(session.points.values_list("key", flat=True))
    new = [question for question in questions if f"library:{question.pk}" not in known]
    place = _last_place(session)
    AgendaPoint.objects.bulk_create(
        AgendaPoint(
            session=session,
            position=place + n,
            text=question.text,
            source=Source.LIBRARY,
            key=f"library:{question.pk}",
        )
        for n, question in enumerate(new, start=1)
    )
    library.note_uses(session.work, new, actor=actor, at=at)


@transaction.atomic
def choose_time(session: Session, *, starts_at: datetime, actor: User, at: datetime) -> Session:
    """Fix when the talk is. A slot later than the first one that we proposed is their choice,
    so the proposal's clock waits for it (sla-spec 2); choosing again starts from there.
    """
    work = lock(session.work)
    require(policies.can_choose_time(actor, work) and starts_at > at)
    session = _open_one(session)
    theirs = policies.is_of(actor, work)
    earliest = min((datetime.fromisoformat(slot) for slot in session.slots), default=starts_at)
    session.starts_at, session.chosen_by = starts_at, actor
    was, session.pauses_clock = session.pauses_clock, theirs and starts_at > earliest
    session.save(update_fields=["starts_at", "chosen_by", "pauses_clock"])
    if session.pauses_clock and not was:
        clocks.pause(work.subject, reason=TALK, at=at, actor=actor, metrics=("proposal",))
    elif was and not session.pauses_clock:
        clocks.resume(work.subject, reason=TALK, at=at, actor=actor)
    work.queue_at = lifecycle.soonest_promise(work)
    save(work, "queue_at")
    record("intake.talk_fixed", work, actor=actor, at=at, on=starts_at.isoformat(), theirs=theirs)
    event = f"{session.number}:{starts_at.isoformat()}"
    owe_requester("talk_fixed", work, at=at, event=event, session=session.pk)
    if theirs:
        owe_pmo("talk_chosen", work, at=at, event=event, session=session.pk)
    return session


def resume_due(*, at: datetime) -> int:
    """Let the clocks go on whose talk has begun by now; return how many."""
    due = list(Session.objects.filter(pauses_clock=True, starts_at__lte=at))
    for session in due:
        _go_on(session, at=at)
    return len(due)


@transaction.atomic
def _go_on(session: Session, *, at: datetime) -> None:
    """The moment of the talk counts, however late it is noticed."""
    work = lock(session.work)
    if not Session.objects.filter(pk=session.pk, pauses_clock=True).update(pauses_clock=False):
        return
    since = session.starts_at if session.starts_at and session.starts_at < at else at
    clocks.resume(work.subject, reason=TALK, at=since, actor=None)
    work.queue_at = lifecycle.soonest_promise(work)
    save(work, "queue_at")


@transaction.atomic
def add_point(session: Session, *, text: str, actor: User, at: datetime) -> AgendaPoint:
    """Put something on the agenda; either side may."""
    require(policies.can_take_part(actor, session.work))
    session = _open_one(session)
    return AgendaPoint.objects.create(
        session=session, position=_last_place(session) + 1, text=text, source=Source.ADDED
    )


@transaction.atomic
def answer_point(point: AgendaPoint, *, text: str, actor: User, at: datetime) -> AgendaPoint:
    """Write an answer to a point, before the talk or in it."""
    work = point.session.work
    require(policies.can_take_part(actor, work))
    _open_one(point.session)
    point.answer, point.answered_at, point.answered_by = text, at, actor
    point.save(update_fields=["answer", "answered_at", "answered_by"])
    record("intake.talk_point_answered", work, actor=actor, at=at, point=point.text)
    if policies.is_of(actor, work):
        owe_pmo("talk_answered", work, at=at, event=f"{point.pk}:{at.timestamp()}", point=point.pk)
    return point


@transaction.atomic
def tick_point(point: AgendaPoint, *, done: bool, actor: User, at: datetime) -> AgendaPoint:
    """Tick a point off, or take the tick back."""
    require(policies.can_discover(actor, point.session.work))
    _open_one(point.session)
    point.done_at = at if done else None
    point.save(update_fields=["done_at"])
    return point


@transaction.atomic
def move_point(point: AgendaPoint, *, up: bool, actor: User) -> AgendaPoint:
    """Let a point change places with its neighbour."""
    require(policies.can_discover(actor, point.session.work))
    session = _open_one(point.session)
    order = list(session.points.all())
    here = order.index(point)
    there = here - 1 if up else here + 1
    if 0 <= there < len(order):
        order[here], order[there] = order[there], order[here]
        for place, one in enumerate(order, start=1):
            one.position = place
        AgendaPoint.objects.bulk_update(order, ["position"])
    return point


@transaction.atomic
def add_note(
    session: Session, *, kind: str, text: str, pmo_only: bool, actor: User, at: datetime
) -> SessionNote:
    """Write down what was found. Only the PMO may keep something to itself."""
    work = session.work
    require(policies.can_take_part(actor, work))
    _open_one(session)
    is_hidden = pmo_only and policies.can_see_internal(actor, work)
    note = SessionNote.objects.create(
        session=session, kind=kind, text=text, is_pmo_only=is_hidden, by=actor, at=at
    )
    record("intake.talk_noted", work, actor=actor, at=at, is_internal=is_hidden, kind=kind)
    return note


@transaction.atomic
def mark_note(note: SessionNote, *, pmo_only: bool, actor: User, at: datetime) -> SessionNote:
    """Keep a note to the PMO, or open it to both."""
    work = note.session.work
    require(policies.can_discover(actor, work))
    note.is_pmo_only = pmo_only
    note.save(update_fields=["is_pmo_only"])
    record("intake.talk_note_marked", work, actor=actor, at=at, is_internal=True, hidden=pmo_only)
    return note


@transaction.atomic
def close(
    session: Session,
    *,
    agreed: str,
    next_step: str,
    next_owner: str,
    next_on: date,
    actor: User,
    at: datetime,
) -> Session:
    """End the talk: what was agreed, and the next step, become one message."""
    work = lock(session.work)
    require(policies.can_discover(actor, work))
    session = _open_one(session)
    if session.pauses_clock:
        clocks.resume(work.subject, reason=TALK, at=at, actor=actor)
    session.closed_at, session.agreed, session.pauses_clock = at, agreed, False
    session.next_step, session.next_owner, session.next_on = next_step, next_owner, next_on
    session.save()
    record("intake.talk_closed", work, actor=actor, at=at, session=session.number)
    text = f"What we agreed in our talk:\n\n{agreed}\n\nNext step: {next_step}\n{_by(session)}"
    conversation.write(work, text=text, actor=actor, at=at)
    return session


def _by(session: Session) -> str:
    assert session.next_on is not None
    assert session.closed_at is not None
    return f"{session.next_owner}, by {day_words(session.next_on, now=session.closed_at)}"


def _open_one(session: Session) -> Session:
    """The talk fresh and locked. Raise ClosedError once it is over."""
    fresh = (
        Session.objects.select_for_update(of=("self",)).select_related("work").get(pk=session.pk)
    )
    if not fresh.is_open:
        raise ClosedError
    return fresh


def end_of(session: Session) -> datetime | None:
    return session.starts_at + timedelta(minutes=session.length) if session.starts_at else None
