"""Bringing requests of an old queue in: received like any other, in batches, never twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from accounts.models import Department, User
from accounts.policies import require
from accounts.services import make_acquaintances
from audit.services import record_many
from intake import policies, search
from intake.importing.rows import Old, Refused
from intake.models import Answer, QuestionVersion, WorkRequest
from intake.services import lifecycle, rules, submission
from intake.states import Lane
from sla.models import Subject

NEED = "need"


@dataclass(frozen=True)
class Terms:
    """What holds for a whole import: where it comes from, who does it, which lane it enters."""

    source: str
    actor: User
    lane: Lane = Lane.CONSULT
    makes_departments: bool = False


@dataclass
class Checked:
    """A batch told apart: what is new, what an earlier import brought in, what can't come in."""

    new: list[Old] = field(default_factory=list)
    known: list[Old] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


def check(batch: Sequence[Old], terms: Terms) -> Checked:
    """Compare a batch with what is here already. It changes nothing."""
    keys = [old.key for old in batch]
    here = WorkRequest.objects.filter(import_key__in=keys)
    brought = set(here.values_list("import_key", flat=True))
    departments = _departments()
    found = Checked()
    for old in batch:
        if old.key in brought:
            found.known.append(old)
        elif _has_place(old, departments, terms):
            found.new.append(old)
        else:
            found.refused.append(Refused(old.line, f"There is no department {old.department!r}."))
    return found


def _departments() -> dict[str, Department]:
    return {row.name.casefold(): row for row in Department.objects.all()}


def _has_place(old: Old, departments: Mapping[str, Department], terms: Terms) -> bool:
    is_known = not old.department or old.department.casefold() in departments
    fits = len(old.department) <= _longest_department()
    return is_known or (terms.makes_departments and fits)


def _longest_department() -> int:
    return Department._meta.get_field("name").max_length or 0


@transaction.atomic
def bring_in(batch: Sequence[Old], terms: Terms, *, at: datetime) -> Checked:
    """Bring in what is new of a batch: all of it or, when it fails, none.

    Nobody is told by mail. Clocks run from `at`, and each request keeps the day it was asked.
    Raise PermissionDenied unless the actor may import.
    """
    return add_batch(batch, terms, at=at)


def add_batch(batch: Sequence[Old], terms: Terms, *, at: datetime) -> Checked:
    """Bring a batch in, inside a transaction of the caller's."""
    require(policies.can_import(terms.actor))
    found = check(batch, terms)
    if found.new:
        works = _works(found.new, terms, at)
        entries = lifecycle.receive_imported(works, actor=terms.actor, at=at)
        for row, old in zip(entries, found.new, strict=True):
            row.data |= {"source": terms.source, "reference": old.reference}
        record_many(entries)
        Answer.objects.bulk_create(_answers(works, terms, at))
        search.index_many(works)
    return found


def _works(olds: Sequence[Old], terms: Terms, at: datetime) -> list[WorkRequest]:
    """Unsaved drafts with everything but what receiving them gives."""
    people = make_acquaintances({old.email: old.name for old in olds})
    departments = _departments_of(olds)
    subjects = Subject.objects.bulk_create(Subject(kind="request") for _ in olds)
    numbers = submission.next_numbers(len(olds))
    known_rules = rules.rules_in_force()
    return [
        WorkRequest(
            number=number,
            subject=subject,
            lane=terms.lane,
            title=old.title,
            ask=old.ask,
            requester=people[old.email],
            department=departments.get(old.department.casefold()) or people[old.email].department,
            framed=1,
            created_at=old.received_at,
            received_at=old.received_at,
            saved_at=at,
            import_key=old.key,
            **rules.level_fields(old.ask, known_rules),
        )
        for old, subject, number in zip(olds, subjects, numbers, strict=True)
    ]


def _departments_of(olds: Iterable[Old]) -> dict[str, Department]:
    """The departments by name in lower case, with those made that are missing."""
    known = _departments()
    named = {old.department.casefold(): old.department for old in olds if old.department}
    missing = [Department(name=name) for key, name in named.items() if key not in known]
    made = Department.objects.bulk_create(missing)
    return known | {row.name.casefold(): row for row in made}


def _answers(works: Sequence[WorkRequest], terms: Terms, at: datetime) -> list[Answer]:
    """The need in their words; what else the lane asks for is left for the talk, openly."""
    current = {question.slug: question for question in QuestionVersion.objects.current()}
    open_slugs = [
        slug for slug in submission.required_slugs(works[0], current.values()) if slug != NEED
    ]
    return [
        answer
        for work in works
        for answer in (
            _need(work, current[NEED]),
            *(_left_open(work, current[slug], terms.actor, at) for slug in open_slugs),
        )
    ]


def _need(work: WorkRequest, question: QuestionVersion) -> Answer:
    return Answer(
        work=work,
        slug=NEED,
        question=question,
        value={NEED: work.ask},
        answered_at=work.created_at,
        answered_by_id=work.requester_id,
    )


def _left_open(work: WorkRequest, question: QuestionVersion, actor: User, at: datetime) -> Answer:
    return Answer(
        work=work,
        slug=question.slug,
        question=question,
        status=Answer.Status.NOT_SURE,
        answered_at=at,
        answered_by=actor,
    )
