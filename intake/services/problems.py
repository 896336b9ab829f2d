"""Several requests as symptoms of one problem, closed together (product.md, capability 25)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.policies import require
from audit.services import record
from intake import policies
from intake.models import Problem, Symptom, WorkRequest
from intake.services import triage


@dataclass
class Closed:
    """What closing a problem did; `left` are the symptoms that are past a verdict."""

    done: list[WorkRequest] = field(default_factory=list)
    left: list[WorkRequest] = field(default_factory=list)


@dataclass(frozen=True)
class Verdict:
    """The same words for all: an answer, or a decline with reason and alternative."""

    text: str
    reason: str = ""
    alternative: str = ""
    root: str = ""

    @property
    def is_decline(self) -> bool:
        return bool(self.reason)


class ChangedMeanwhileError(Exception):
    """Somebody linked, unlinked or closed since this person saw the problem."""


class NothingToCloseError(Exception):
    """No symptom of the problem waits for a verdict."""


@transaction.atomic
def open_problem(*, title: str, statement: str, actor: User, at: datetime) -> Problem:
    require(actor.is_pmo)
    problem = Problem.objects.create(
        title=title, statement=statement, opened_by=actor, opened_at=at
    )
    record("intake.problem_opened", problem, actor=actor, at=at)
    return problem


@transaction.atomic
def link_to(
    work: WorkRequest, problem: Problem | None, *, title: str, actor: User, at: datetime
) -> Symptom:
    """Link to a problem, or to a new one of this title."""
    known = problem or open_problem(title=title, statement="", actor=actor, at=at)
    return link(work, known, actor=actor, at=at)


@transaction.atomic
def link(work: WorkRequest, problem: Problem, *, actor: User, at: datetime) -> Symptom:
    """Make a request a symptom of this problem, whichever it was one of before."""
    require(policies.can_triage(actor, work) and work.is_open)
    problem = _locked(problem)
    require(problem.closed_at is None)
    symptom, _ = Symptom.objects.update_or_create(
        work=work, defaults={"problem": problem, "linked_by": actor, "linked_at": at}
    )
    _touch(problem)
    record(
        "intake.symptom_linked",
        work,
        actor=actor,
        at=at,
        is_internal=True,
        problem=problem.title,
    )
    return symptom


@transaction.atomic
def unlink(work: WorkRequest, *, actor: User, at: datetime) -> None:
    """Take a request out of its problem; nothing when it is in none."""
    require(policies.can_triage(actor, work))
    symptom = Symptom.objects.select_related("problem").filter(work=work).first()
    if symptom is None:
        return
    problem = _locked(symptom.problem)
    symptom.delete()
    _touch(problem)
    said = {"problem": problem.title}
    record("intake.symptom_unlinked", work, actor=actor, at=at, is_internal=True, **said)


def symptoms(problem: Problem) -> list[WorkRequest]:
    """Its requests, oldest first."""
    found = WorkRequest.objects.filter(symptom__problem=problem).with_people()
    return list(found.order_by("number"))


def closable(problem: Problem, actor: User) -> list[WorkRequest]:
    """The symptoms that can get a verdict of this person now."""
    return [work for work in symptoms(problem) if policies.can_give_verdict(actor, work)]


@transaction.atomic
def close(
    problem: Problem,
    *,
    verdict: Verdict,
    actor: User,
    at: datetime,
    seen: int,
) -> Closed:
    """Answer or decline every symptom with the same words, each with its own notice.

    What is past a verdict goes its own way. Raise ChangedMeanwhileError when `seen` is not the
    version of the problem, NothingToCloseError when no symptom waits for a verdict.
    """
    problem = _locked(problem)
    require(actor.is_pmo)
    if problem.version != seen or problem.closed_at is not None:
        raise ChangedMeanwhileError
    done = Closed()
    for work in _in_order(problem):
        if not policies.can_give_verdict(actor, work):
            done.left.append(work)
            continue
        _end(work, verdict, actor=actor, at=at)
        done.done.append(work)
    if not done.done:
        raise NothingToCloseError
    problem.closed_at = at
    problem.version += 1
    problem.save(update_fields=["closed_at", "version"])
    references = [work.reference for work in done.done]
    record("intake.problem_closed", problem, actor=actor, at=at, done=references)
    return done


def _end(work: WorkRequest, verdict: Verdict, *, actor: User, at: datetime) -> None:
    if not verdict.is_decline:
        triage.answer(work, text=verdict.text, actor=actor, at=at, root=verdict.root)
        return
    triage.decline(
        work,
        reason=verdict.reason,
        explanation=verdict.text,
        alternative=verdict.alternative,
        actor=actor,
        at=at,
        root=verdict.root,
    )


def _in_order(problem: Problem) -> Sequence[WorkRequest]:
    """Locked in one order, so that two closings never block one another."""
    found = WorkRequest.objects.select_for_update().filter(symptom__problem=problem)
    return list(found.order_by("pk"))


def _locked(problem: Problem) -> Problem:
    return Problem.objects.select_for_update().get(pk=problem.pk)


def _touch(problem: Problem) -> None:
    problem.version += 1
    problem.save(update_fields=["version"])
