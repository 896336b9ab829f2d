"""From the first sentence to a received request. A draft is kept from the first Continue."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models import F

from accounts.models import User
from accounts.policies import require
from audit.services import record, record_many
from catalog.models import Service
from intake import policies, search
from intake.models import Answer, Decision, QuestionVersion, QuestionVisit, WorkRequest
from intake.services import lifecycle, people, rules
from intake.services.notices import notices, their_side
from intake.states import Lane, State
from notifications.services import enqueue_many
from sla.models import Subject
from sla.services.clocks import Terms

TITLE_LENGTH = 90
URGENT = "urgent"
# The question that says by when, in each lane.
TIMING = {Lane.ORDER: "quick", Lane.CONSULT: "when"}


@dataclass
class StaleAnswerError(Exception):
    """The answer was changed in another window since this one was opened."""

    stored: Answer


@dataclass
class MissingAnswersError(Exception):
    """The request can't be sent: these required questions are open."""

    slugs: list[str]


@transaction.atomic
def start_draft(
    *,
    requester: User,
    actor: User,
    at: datetime,
    service: Service | None = None,
    lane: Lane | None = None,
    key: UUID | None = None,
) -> WorkRequest:
    """Open a draft for this requester; `actor` may be raising it on their behalf.

    `lane` is the door they came in by, which is counted. The same `key` of the same requester
    again returns the draft that it opened; IntegrityError when it is somebody else's.
    """
    begun: dict[str, Any] = {
        "raised_by": None if actor == requester else actor,
        "department": requester.department,
        "service": service,
        "lane": lane or "",
        # Made only when the draft is.
        "subject": partial(Subject.objects.create, kind="request"),
        "created_at": at,
        "saved_at": at,
    }
    work, is_new = WorkRequest.objects.get_or_create(
        draft_key=key or uuid4(), requester=requester, defaults=begun
    )
    if is_new and lane:
        record("intake.draft_started", work, actor=actor, at=at, door=lane)
    return work


@transaction.atomic
def begin(
    question: QuestionVersion,
    *,
    value: dict[str, Any],
    actor: User,
    at: datetime,
    status: str = Answer.Status.GIVEN,
    service: Service | None = None,
    lane: Lane | None = None,
    key: UUID | None = None,
    seen: int = 0,
    requester: User | None = None,
) -> WorkRequest:
    """Open a draft with its first answer; nothing is kept before there is one.

    `requester` is for whom the PMO raises it, the actor by default; `seen` as in `save_answer`.
    """
    asking = requester or actor
    work = start_draft(requester=asking, actor=actor, at=at, service=service, lane=lane, key=key)
    save_answer(work, question, value=value, status=status, actor=actor, at=at, seen=seen)
    return work


@transaction.atomic
def save_answer(
    work: WorkRequest,
    question: QuestionVersion,
    *,
    value: dict[str, Any],
    actor: User,
    at: datetime,
    status: str = Answer.Status.GIVEN,
    seen: int = 0,
) -> Answer:
    """Keep an answer. `seen` is the version it was based on, 0 for none.

    Raise StaleAnswerError when another window saved in between; the same value again is no
    conflict. Raise ConflictError when the draft was sent meanwhile.
    """
    require(policies.can_write_draft(actor, work))
    fields = {
        "value": value,
        "status": status,
        "question": question,
        "answered_at": at,
        "answered_by": actor,
    }
    answer, is_new = Answer.objects.select_for_update().get_or_create(
        work=work, slug=question.slug, defaults=fields
    )
    if not is_new:
        _change_answer(answer, fields, seen)
    _draft_follows(work, answer, at=at)
    return answer


def _change_answer(answer: Answer, fields: dict[str, Any], seen: int) -> None:
    is_same = answer.value == fields["value"] and answer.status == fields["status"]
    if seen != answer.version and not is_same:
        raise StaleAnswerError(answer)
    for name, value in fields.items():
        setattr(answer, name, value)
    answer.version += 1
    answer.save()


def _draft_follows(work: WorkRequest, answer: Answer, *, at: datetime) -> None:
    """Keep what lists and rules read from the answers beside the draft.

    The version rises, so that a draft is never sent with an answer that changed meanwhile. Raise
    ConflictError when it was sent.
    """
    fields = {"saved_at": at} | _read(work, answer)
    draft = WorkRequest.objects.filter(pk=work.pk, state=State.DRAFT)
    if not draft.update(version=F("version") + 1, **fields):
        raise lifecycle.ConflictError(work)
    for name, value in fields.items():
        setattr(work, name, value)
    work.version += 1
    if answer.slug in ("decision", "decider") and answer.status != Answer.Status.BEGUN:
        decision_follows(work, answer)


def _read(work: WorkRequest, answer: Answer) -> dict[str, Any]:
    """What the draft itself keeps of an answer; of a half written one only its title."""
    if answer.slug == "need":
        return _read_need(str(answer.get("need")), answer.status)
    if answer.status == Answer.Status.BEGUN:
        return {}
    if answer.slug == "kind":
        kind = answer.get("kind")
        quick = kind in WorkRequest.QUICK_KINDS
        return {"kind": kind, "lane": Lane.ORDER if quick else Lane.CONSULT}
    if answer.slug in TIMING.values():
        return timing_of(answer)
    return {}


def _read_need(text: str, status: str) -> dict[str, Any]:
    title = {"title": title_of(text)}
    if status == Answer.Status.BEGUN:
        return title
    return title | rules.level_fields(text, rules.rules_in_force())


def timing_of(answer: Answer | None) -> dict[str, Any]:
    """Urgency and date as an answer gives them; neither without one."""
    asked = answer is not None and answer.get("when") == URGENT
    day = answer.get("date") if answer else ""
    return {
        "urgency": WorkRequest.Urgency.ASKED if asked else WorkRequest.Urgency.NONE,
        "needed_by": date.fromisoformat(day) if day else None,
    }


def decision_follows(work: WorkRequest, answer: Answer) -> None:
    """Record the decision that the request serves, from the first answer on (capability 3)."""
    next_on = answer.get("next_on")
    changes = (
        {"name": answer.get("decision")}
        if answer.slug == "decision"
        else {
            "decider": answer.get("decider"),
            "rhythm": answer.get("rhythm"),
            "next_on": date.fromisoformat(next_on) if next_on else None,
        }
    )
    Decision.objects.update_or_create(
        work=work,
        defaults=changes,
        create_defaults=changes | {"first_asked_on": work.created_at.date()},
    )


def title_of(text: str) -> str:
    """The first sentence of what was said, short enough for a list."""
    first = re.split(r"(?<=[.!?])\s|\n", text.strip(), maxsplit=1)[0].strip()
    if len(first) <= TITLE_LENGTH:
        return first.rstrip(".")
    return first[:TITLE_LENGTH].rsplit(" ", 1)[0].rstrip(",;:") + " …"


def note_visit(
    work: WorkRequest,
    *,
    shown: str | None,
    answered: str | None,
    at: datetime,
    opened: datetime | None = None,
) -> None:
    """Record which question was answered and which is put next: time and drop-off for each.

    `opened` is when the answered question was first seen, where nobody led to it.
    """
    visits = []
    if answered:
        known = QuestionVisit.objects.filter(work=work, slug=answered, answered_at=None)
        if not known.update(answered_at=at):
            seen = min(opened or at, at)
            visits.append(_visit(work, answered, shown_at=seen, answered_at=at))
    if shown:
        visits.append(_visit(work, shown, shown_at=at))
    if visits:
        QuestionVisit.objects.bulk_create(visits, ignore_conflicts=True)


def _visit(work: WorkRequest, slug: str, **moments: datetime) -> QuestionVisit:
    return QuestionVisit(work=work, slug=slug, **moments)


def required_slugs(work: WorkRequest, questions: Iterable[QuestionVersion]) -> list[str]:
    """The questions that must be answered before this draft can be sent, in order."""
    return [q.slug for q in questions if is_required(q, work)]


def is_required(question: QuestionVersion, work: WorkRequest) -> bool:
    """Whether the question must be answered in the draft's lane; `urgent` only when urgent."""
    if question.slug == URGENT and work.urgency != WorkRequest.Urgency.ASKED:
        return False
    return work.lane in question.rules.get("required", [])


@transaction.atomic
def submit(
    work: WorkRequest,
    *,
    actor: User,
    at: datetime,
    answers: Sequence[Answer] | None = None,
    questions: Iterable[QuestionVersion] | None = None,
    terms: Terms | None = None,
    pmo_only: Collection[str] = (),
) -> WorkRequest:
    """Send a draft to the PMO: it gets its number, its clocks run, both sides are told.

    `answers`, the current `questions` and policies are read when they are not given. The answers
    named by `pmo_only` stay with the PMO. Raise
    MissingAnswersError while a required question is open, ConflictError when the draft was sent or
    changed meanwhile.
    """
    require(policies.can_end_draft(actor, work))
    answers = list(work.answers.all()) if answers is None else answers
    given = {answer.slug: answer for answer in answers if answer.status != Answer.Status.BEGUN}
    timing = timing_of(given.get(TIMING[Lane(work.lane)])) if work.lane else {}
    work.urgency = timing.get("urgency", work.urgency)
    _require_all(work, given, QuestionVersion.objects.current() if questions is None else questions)
    words = given["need"].get("need")
    fields = timing | {
        "number": next_number(),
        "ask": words,
        "title": title_of(words),
        "framed": len([a for a in answers if a.status == Answer.Status.GIVEN]),
        "saved_at": at,
    }
    entries = lifecycle.receive(work, actor=actor, at=at, fields=fields, terms=terms)
    record_many(entries)
    enqueue_many(notices("request_received", work, to=their_side(work), at=at, event="sent"))
    search.index(work)
    if pmo_only:
        work.answers.filter(slug__in=pmo_only).update(is_pmo_only=True)
    if "people" in given:
        people.invite(work, given["people"], actor=actor, at=at)
    return work


def _require_all(
    work: WorkRequest, given: Mapping[str, Answer], questions: Iterable[QuestionVersion]
) -> None:
    missing = [slug for slug in required_slugs(work, questions) if slug not in given]
    if missing or not work.lane:
        raise MissingAnswersError(missing or ["kind"])


def next_number() -> int:
    """Take the next reference number. The counter's row is locked until the commit."""
    return next_numbers(1)[0]


def next_numbers(count: int) -> range:
    """Take as many reference numbers, one after the other."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO intake_referencecounter (name, value) VALUES ('request', %s) "
            "ON CONFLICT (name) DO UPDATE SET value = intake_referencecounter.value + %s "
            "RETURNING value",
            [count, count],
        )
        last = int(cursor.fetchone()[0])
    return range(last - count + 1, last + 1)


@transaction.atomic
def discard(work: WorkRequest, *, actor: User, at: datetime) -> None:
    """Delete a draft with its files and answers: nothing was promised on it yet."""
    require(policies.can_end_draft(actor, work))
    record("intake.draft_discarded", work, actor=actor, at=at)
    subject = work.subject
    work.delete()
    subject.delete()
