"""What both sides say on a request, and what only the PMO notes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from uuid import UUID, uuid4

from django.db import transaction

from accounts.models import User
from accounts.policies import require
from audit.services import record
from intake import policies
from intake.models import Hold, HoldQuestion, Message, WorkRequest
from intake.services import attachments, lifecycle
from intake.services.attachments import Received
from intake.services.notices import everybody_on, owe, owe_pmo
from sla.services import clocks


class AnsweredMeanwhileError(Exception):
    """A question was taken back, or got another answer, since this person saw it."""


@transaction.atomic
def write(
    work: WorkRequest,
    *,
    text: str,
    actor: User,
    at: datetime,
    token: UUID | None = None,
    files: Sequence[Received] = (),
) -> Message:
    """Add a public message from either side. The same token again returns the first message.

    Raise RefusedFilesError when the request has no room for its files.
    """
    work = lifecycle.lock(work)
    require(policies.can_write(actor, work))
    message, is_new = Message.objects.get_or_create(
        author=actor,
        token=token or uuid4(),
        defaults={
            "work": work,
            "text": text,
            "sent_at": at,
            "from_pmo": policies.can_triage(actor, work),
        },
    )
    if is_new:
        _add_files(message, files, actor=actor, at=at)
        _after_public(work, message, actor=actor, at=at)
    else:
        transaction.on_commit(partial(attachments.drop, files))
    return message


def _add_files(message: Message, files: Sequence[Received], *, actor: User, at: datetime) -> None:
    """The files of a note are as internal as the note."""
    if files:
        internal = message.is_internal
        attachments.add(
            message.work, files, actor=actor, at=at, message=message, is_internal=internal
        )


def _after_public(work: WorkRequest, message: Message, *, actor: User, at: datetime) -> None:
    record("intake.message_written", work, actor=actor, at=at, message=message.pk)
    if message.from_pmo:
        lifecycle.public_word(work, actor=actor, at=at)
    else:
        work.new_answer_at = at
        owe_pmo("requester_wrote", work, at=at, event=message.pk, message=message.pk)
    readers = everybody_on(work, but=actor)
    owe("reply", work, to=readers, at=at, event=message.pk, message=message.pk)
    lifecycle.save(work, *lifecycle.SPOKEN)


@transaction.atomic
def note(
    work: WorkRequest,
    *,
    text: str,
    actor: User,
    at: datetime,
    token: UUID | None = None,
    files: Sequence[Received] = (),
) -> Message:
    """Save an internal note. It, and its files, never leave the PMO; it meets no promise."""
    require(policies.can_triage(actor, work))
    message, is_new = Message.objects.get_or_create(
        author=actor,
        token=token or uuid4(),
        defaults={
            "work": work,
            "text": text,
            "sent_at": at,
            "from_pmo": True,
            "is_internal": True,
        },
    )
    if is_new:
        _add_files(message, files, actor=actor, at=at)
        record("intake.note_saved", work, actor=actor, at=at, is_internal=True, message=message.pk)
    else:
        transaction.on_commit(partial(attachments.drop, files))
    return message


@transaction.atomic
def answer(
    work: WorkRequest, hold: Hold, *, answers: Mapping[int, str], actor: User, at: datetime
) -> bool:
    """Answer questions by position; some may wait. Return whether the hold has lifted.

    The first answer lets the clocks go on by itself; the hold lifts when all are answered. The
    same answer again changes nothing; raise AnsweredMeanwhileError for another one, or when the
    questions were taken back.
    """
    work = lifecycle.lock(work)
    require(policies.can_answer(actor, work))
    hold = work.holds.select_for_update().get(pk=hold.pk)
    given = _new_answers(hold, answers)
    for question, text in given:
        question.answer, question.answered_at, question.answered_by = text, at, actor
        question.save(update_fields=["answer", "answered_at", "answered_by"])
    if given:
        _after_answers(work, hold, actor=actor, at=at, count=len(given))
    return hold.lifted_at is not None


def _new_answers(hold: Hold, answers: Mapping[int, str]) -> list[tuple[HoldQuestion, str]]:
    """What was answered that had no answer yet."""
    given = [(q, answers.get(q.position, "").strip()) for q in hold.questions.all()]
    new = [(q, text) for q, text in given if text and text != q.answer]
    if new and (hold.was_withdrawn or any(q.answered_at for q, _ in new)):
        raise AnsweredMeanwhileError
    return new


def _after_answers(work: WorkRequest, hold: Hold, *, actor: User, at: datetime, count: int) -> None:
    if not hold.questions.filter(answered_at=None).exists():
        lift(work, hold, actor=actor, at=at)
    elif hold.is_blocking:
        # A partial answer lets the clocks go on; what is still open no longer blocks.
        hold.is_blocking = False
        hold.save(update_fields=["is_blocking"])
        resume_unless_held(work, actor=actor, at=at)
    record("intake.questions_answered", work, actor=actor, at=at, hold=hold.pk, count=count)
    work.new_answer_at = at
    work.queue_at = lifecycle.soonest_promise(work)
    lifecycle.save(work, "new_answer_at", "waiting_since", "queue_at")
    owe_pmo("questions_answered", work, at=at, event=f"{hold.pk}:{at.timestamp()}", hold=hold.pk)


def lift(
    work: WorkRequest, hold: Hold, *, actor: User | None, at: datetime, withdrawn: bool = False
) -> None:
    """End "waiting for you" on a locked request; the caller saves `waiting_since`."""
    hold.lifted_at, hold.was_withdrawn = at, withdrawn
    hold.save(update_fields=["lifted_at", "was_withdrawn"])
    if hold.is_blocking:
        resume_unless_held(work, actor=actor, at=at)
    if not work.holds.waiting().exists():
        work.waiting_since = None


@transaction.atomic
def take_back_questions(
    work: WorkRequest, *, actor: User, at: datetime, seen: int | None = None
) -> WorkRequest:
    """Take all open questions back: the clocks go on, and nothing waits for the requester."""
    work = lifecycle.lock(work, seen=seen)
    require(policies.can_triage(actor, work) and work.is_waiting)
    withdraw_questions(work, actor=actor, at=at)
    work.queue_at = lifecycle.soonest_promise(work)
    lifecycle.save(work, "waiting_since", "queue_at")
    record("intake.questions_taken_back", work, actor=actor, at=at)
    return work


def withdraw_questions(work: WorkRequest, *, actor: User | None, at: datetime) -> None:
    """Take open questions back on a locked request: a verdict makes them pointless."""
    for hold in work.holds.waiting():
        lift(work, hold, actor=actor, at=at, withdrawn=True)


def resume_unless_held(work: WorkRequest, *, actor: User | None, at: datetime) -> None:
    """Let the clocks go on, unless another blocking question still waits."""
    if not lifecycle.has_blocking_hold(work):
        clocks.resume(work.subject, reason=lifecycle.WAITING, at=at, actor=actor)
