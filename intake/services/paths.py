"""Changing a decision path step by step. Its row is locked first, so places have no gaps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from accounts.models import User
from accounts.policies import require
from audit.services import record
from intake import policies
from intake.models import Answer, DecisionPath, PathStep, QuestionVersion, WorkRequest
from intake.models.paths import hours_of
from intake.services import lifecycle
from intake.services.path_words import summary_of
from intake.states import State

MOST_STEPS = 15
QUESTION = "path"
Version = DecisionPath.Version
Fields = Mapping[str, Any]
# What a step is made of; the rest is worked out.
FIELDS = (
    "what", "actor", "role", "moment", "data", "wait_number", "wait_unit", "pain", "is_broken",
    "break_kind", "break_cost",
)  # fmt: skip


@dataclass
class StalePathError(Exception):
    """The path was changed since this person saw it."""

    path: DecisionPath


class TooManyStepsError(Exception):
    """A path has no more room: split it, one path per decision."""


class NoSuchStepError(Exception):
    """The step is gone."""


@transaction.atomic
def add_step(
    work: WorkRequest,
    version: str,
    *,
    fields: Fields,
    actor: User,
    at: datetime,
    before: int | None = None,
    seen: int | None = None,
) -> PathStep:
    """Add a step at the end, or before the one at this place."""
    path = _open(work, version, actor=actor, at=at, seen=seen)
    count = path.steps.count()
    if count >= MOST_STEPS:
        raise TooManyStepsError
    place = count + 1 if before is None else min(max(before, 1), count + 1)
    path.steps.filter(position__gte=place).update(position=F("position") + 1)
    step = PathStep.objects.create(path=path, position=place, **_columns(fields))
    _changed(path, actor=actor, at=at, what="added", step=step.what)
    return step


@transaction.atomic
def change_step(
    work: WorkRequest,
    version: str,
    place: int,
    *,
    fields: Fields,
    actor: User,
    at: datetime,
    seen: int | None = None,
) -> PathStep:
    """Give the step at this place other words."""
    path = _open(work, version, actor=actor, at=at, seen=seen)
    step = _step(path, place)
    columns = _columns(fields)
    for name, value in columns.items():
        setattr(step, name, value)
    step.save(update_fields=list(columns))
    _changed(path, actor=actor, at=at, what="changed", step=step.what)
    return step


@transaction.atomic
def move_step(
    work: WorkRequest,
    version: str,
    place: int,
    *,
    up: bool,
    actor: User,
    at: datetime,
    seen: int | None = None,
) -> PathStep:
    """Let the step change places with its neighbour; at the end of the path it stays."""
    path = _open(work, version, actor=actor, at=at, seen=seen)
    step = _step(path, place)
    other = path.steps.filter(position=place - 1 if up else place + 1).first()
    if other is None:
        return step
    step.position, other.position = other.position, step.position
    PathStep.objects.bulk_update([step, other], ["position"])
    _changed(path, actor=actor, at=at, what="moved", step=step.what)
    return step


@transaction.atomic
def delete_step(
    work: WorkRequest,
    version: str,
    place: int,
    *,
    actor: User,
    at: datetime,
    seen: int | None = None,
) -> str:
    """Take a step out and return what it was."""
    path = _open(work, version, actor=actor, at=at, seen=seen)
    step = _step(path, place)
    step.delete()
    path.steps.filter(position__gt=place).update(position=F("position") - 1)
    _changed(path, actor=actor, at=at, what="deleted", step=step.what)
    return step.what


@transaction.atomic
def replace_steps(
    work: WorkRequest,
    version: str,
    *,
    steps: Sequence[Fields],
    actor: User,
    at: datetime,
    seen: int | None = None,
) -> DecisionPath:
    """Put these steps in the place of all that were there."""
    if len(steps) > MOST_STEPS:
        raise TooManyStepsError
    path = _open(work, version, actor=actor, at=at, seen=seen)
    path.steps.all().delete()
    PathStep.objects.bulk_create(
        PathStep(path=path, position=place, **_columns(fields))
        for place, fields in enumerate(steps, start=1)
    )
    _changed(path, actor=actor, at=at, what="written anew", step="")
    return path


@transaction.atomic
def leave_for_the_talk(work: WorkRequest, *, actor: User, at: datetime) -> None:
    """Say in a draft that the path is drawn together; steps that are there stay."""
    require(policies.can_write_draft(actor, work))
    _answer(work, {"status": Answer.Status.TOGETHER}, actor=actor, at=at)
    _draft_follows(work, at=at)


def _draft_follows(work: WorkRequest, *, at: datetime) -> None:
    """The version rises, so that a draft is never sent with a path that changed meanwhile."""
    WorkRequest.objects.filter(pk=work.pk).update(saved_at=at, version=F("version") + 1)
    work.saved_at = at
    work.version += 1


def _answer_follows(path: DecisionPath, *, actor: User, at: datetime) -> None:
    """Keep the summary of today's path as the answer to its question; no steps, no answer."""
    summary = summary_of(list(path.steps.all()))
    if summary is None:
        Answer.objects.filter(work=path.work, slug=QUESTION).delete()
        return
    given = {"status": Answer.Status.GIVEN, "value": {QUESTION: str(summary)}}
    _answer(path.work, given, actor=actor, at=at)


def _answer(work: WorkRequest, fields: Fields, *, actor: User, at: datetime) -> None:
    question = QuestionVersion.objects.current().filter(slug=QUESTION).first()
    if question is None:
        # An administrator may have taken the question out; the path itself stays.
        return
    told = {**fields, "answered_at": at, "answered_by": actor}
    known = Answer.objects.filter(work=work, slug=QUESTION)
    if not known.update(version=F("version") + 1, **told):
        Answer.objects.create(work=work, slug=QUESTION, question=question, **told)


@transaction.atomic
def begin_agreed(work: WorkRequest, *, actor: User, at: datetime) -> DecisionPath:
    """Start the agreed path from today's; one that has steps stays as it is."""
    path = _open(work, Version.AGREED, actor=actor, at=at, seen=None)
    if path.steps.exists():
        return path
    today = PathStep.objects.filter(path__work=work, path__version=Version.TODAY)
    PathStep.objects.bulk_create(
        PathStep(path=path, position=step.position, **_columns(fields_of(step))) for step in today
    )
    _changed(path, actor=actor, at=at, what="begun from today's", step="")
    return path


def fields_of(step: PathStep) -> dict[str, Any]:
    """What somebody entered for a step."""
    return {name: getattr(step, name) for name in FIELDS}


def _columns(fields: Fields) -> dict[str, Any]:
    """The columns of a step: what was entered, without what its other answers leave out."""
    columns = {name: fields[name] for name in FIELDS}
    if columns["wait_unit"] in (PathStep.Unit.NONE, PathStep.Unit.UNSURE):
        columns["wait_number"] = None
    if not columns["is_broken"]:
        columns |= {"break_kind": "", "break_cost": ""}
    columns["wait_hours"] = hours_of(columns["wait_number"], columns["wait_unit"])
    return columns


def _open(
    work: WorkRequest, version: str, *, actor: User, at: datetime, seen: int | None
) -> DecisionPath:
    """Lock the path, which begins with its first change. `seen` is the number it was read with.

    Raise ConflictError when the request was sent or moved on meanwhile.
    """
    fresh = WorkRequest.objects.select_for_update(of=("self",)).get(pk=work.pk)
    if fresh.state != work.state and not policies.can_edit_path(actor, fresh, version):
        raise lifecycle.ConflictError(fresh)
    require(policies.can_edit_path(actor, fresh, version))
    path, _ = DecisionPath.objects.select_for_update().get_or_create(
        work=fresh, version=version, defaults={"changed_at": at, "changed_by": actor}
    )
    if seen is not None and seen != path.number:
        raise StalePathError(path)
    path.work = work
    return path


def _step(path: DecisionPath, place: int) -> PathStep:
    step = path.steps.filter(position=place).first()
    if step is None:
        raise NoSuchStepError
    return step


def _changed(path: DecisionPath, *, actor: User, at: datetime, what: str, step: str) -> None:
    """Count the change; a draft keeps when it was saved, a request has it in its history."""
    path.number += 1
    path.changed_at, path.changed_by = at, actor
    path.save(update_fields=["number", "changed_at", "changed_by"])
    if path.version == Version.TODAY:
        _answer_follows(path, actor=actor, at=at)
    if path.work.state == State.DRAFT:
        _draft_follows(path.work, at=at)
        return
    record(
        "intake.path_changed",
        path.work,
        actor=actor,
        at=at,
        version=path.version,
        what=what,
        step=step,
    )
