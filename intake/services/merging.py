"""Joining two requests that are one, and taking them apart again (ux.md 5.7)."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from accounts.policies import require
from audit.services import record
from intake import policies
from intake.models import Answer, Joining, Message, Participant, Verdict, WorkRequest
from intake.services import attachments, lifecycle
from intake.services.answers import in_words, is_open
from intake.services.conversation import withdraw_questions
from intake.services.lifecycle import lock, move, save
from intake.services.notices import owe_requester
from intake.services.triage import take
from intake.states import State

UNDO_WITHIN = timedelta(days=30)


class NotKeptError(Exception):
    """The other request is closed or joined itself, so nothing can be joined with it."""


class TooLateError(Exception):
    """A joining can be undone for thirty days."""


@transaction.atomic
def merge(
    work: WorkRequest,
    *,
    into: WorkRequest,
    words: str,
    actor: User,
    at: datetime,
    brings_answers: bool = False,
    seen: int | None = None,
) -> Joining:
    """Join a request with another one that is kept, and tell its side once, in these words.

    Its people take part in the kept request. With `brings_answers` its words, answers and files
    stand there as an internal note. Raise NotKeptError when the other one is not open any more.
    """
    _lock_both(work, into)
    work = lock(work, seen=seen)
    into = lock(into)
    require(policies.can_give_verdict(actor, work) and policies.can_triage(actor, into))
    if not into.is_open or into.pk == work.pk:
        raise NotKeptError
    take(work, actor=actor, at=at)
    withdraw_questions(work, actor=actor, at=at)
    joining = Joining.objects.create(
        work=work, into=into, words=words, added=_bring_people(work, into, at=at), by=actor, at=at
    )
    if brings_answers:
        _bring_answers(work, into, actor=actor, at=at)
    _close(work, into, words, actor=actor, at=at)
    save(into)
    record("intake.joined_by", into, actor=actor, at=at, reference=work.reference)
    owe_requester("request_merged", work, at=at, event=joining.pk, joining=joining.pk)
    return joining


def _lock_both(*works: WorkRequest) -> None:
    """Lock in one order, so that two people who join crosswise wait instead of blocking."""
    keys = sorted(work.pk for work in works)
    list(WorkRequest.objects.select_for_update().filter(pk__in=keys).order_by("pk"))


def _bring_people(work: WorkRequest, into: WorkRequest, *, at: datetime) -> list[int]:
    """Let everybody of the joined request take part, and return who is new there."""
    side = [work.requester_id, work.raised_by_id]
    joined = work.participants.values_list("person", flat=True)
    there = {into.requester_id, into.raised_by_id}
    there |= set(into.participants.values_list("person", flat=True))
    new = [pk for pk in dict.fromkeys([*side, *joined]) if pk and pk not in there]
    Participant.objects.bulk_create(
        Participant(work=into, person_id=pk, part=Participant.Part.USES, added_at=at) for pk in new
    )
    return new


def _bring_answers(work: WorkRequest, into: WorkRequest, *, actor: User, at: datetime) -> None:
    """Keep its words and answers at hand; internal, since they belong to somebody else.

    What is marked PMO only stays behind: each reading of it is written down.
    """
    known = work.answers.filter(is_pmo_only=False).select_related("question")
    given = known.order_by("question__position")
    text = f"From {work.reference}, {work.requester.name}:\n{work.ask}\n\n" + "\n".join(
        _lines(given, at)
    )
    note = Message.objects.create(
        work=into, author=actor, text=text.strip(), is_internal=True, from_pmo=True, sent_at=at
    )
    attachments.bring(work, note, actor=actor, at=at)


def _lines(answers: Iterable[Answer], at: datetime) -> list[str]:
    return [
        f"{answer.question.words['short']}: "
        + "; ".join(line.text for line in in_words(answer, now=at))
        for answer in answers
        if answer.slug != "need" and not is_open(answer)
    ]


def _close(work: WorkRequest, into: WorkRequest, words: str, *, actor: User, at: datetime) -> None:
    work.merged_into, work.returned_at, work.new_answer_at = into, None, None
    Verdict.objects.create(work=work, state=State.MERGED, by=actor, at=at, explanation=words)
    move(
        work,
        State.MERGED,
        actor=actor,
        at=at,
        changed=("merged_into", "waiting_since", "returned_at", "new_answer_at"),
        into=into.reference,
    )


@transaction.atomic
def unmerge(
    work: WorkRequest, *, reason: str, actor: User, at: datetime, seen: int | None = None
) -> WorkRequest:
    """Take a joined request out again, by a lead with a reason; its proposal is promised anew.

    Raise TooLateError after thirty days. Who takes part in the other request only because of the
    joining leaves it.
    """
    work = lock(work, seen=seen)
    require(policies.can_override(actor, work) and work.state == State.MERGED and bool(reason))
    joining = work.joinings.select_related("into").get(undone_at=None)
    if at - joining.at > UNDO_WITHIN:
        raise TooLateError
    joining.into.participants.filter(person__in=joining.added).delete()
    joining.undone_at, joining.undone_by = at, actor
    joining.save(update_fields=["undone_at", "undone_by"])
    work.merged_into = None
    move(work, State.CLAIMED, actor=actor, at=at, reason=reason, changed=("merged_into",))
    work.queue_at = lifecycle.soonest_promise(work)
    record("intake.taken_out", joining.into, actor=actor, at=at, reference=work.reference)
    owe_requester("verdict_undone", work, at=at, event=work.version, why=reason)
    return work
