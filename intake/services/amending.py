"""Changing an answer after sending: the new one counts, the old one stays beside it."""

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.policies import require
from audit.services import record
from intake import policies
from intake.models import Answer, EarlierAnswer, QuestionVersion, WorkRequest
from intake.services import submission
from intake.services.lifecycle import lock, save
from intake.services.notices import owe_pmo

# Their own words are kept as they were said, the kind decided the lane, the path has its editor,
# people and files have their places on the request.
FIXED = frozenset({"need", "kind", "path", "people", "files"})
# Read from the answers when the request came in; urgency is judged by the PMO since then.
FOLLOWING = {"decision", "decider"}


@transaction.atomic
def amend(
    work: WorkRequest,
    question: QuestionVersion,
    *,
    value: dict[str, Any],
    status: str,
    actor: User,
    at: datetime,
    seen: int,
) -> Answer:
    """Change one answer of a request that was sent. `seen` is the version that was read.

    Raise StaleAnswerError when it was changed meanwhile. The same value again changes nothing.
    """
    work = lock(work)
    require(policies.can_amend(actor, work) and question.slug not in FIXED)
    answer = Answer.objects.select_for_update().filter(work=work, slug=question.slug).first()
    if answer is None:
        answer = _first(work, question, value, status, actor=actor, at=at)
    elif (answer.value, answer.status) == (value, status):
        return answer
    elif answer.version != seen:
        raise submission.StaleAnswerError(answer)
    else:
        _replace(answer, question, value, status, actor=actor, at=at)
    _follow(work, answer)
    _tell(work, answer, actor=actor, at=at)
    return answer


def _first(
    work: WorkRequest,
    question: QuestionVersion,
    value: dict[str, Any],
    status: str,
    *,
    actor: User,
    at: datetime,
) -> Answer:
    return Answer.objects.create(
        work=work,
        slug=question.slug,
        question=question,
        value=value,
        status=status,
        answered_at=at,
        answered_by=actor,
    )


def _replace(
    answer: Answer,
    question: QuestionVersion,
    value: dict[str, Any],
    status: str,
    *,
    actor: User,
    at: datetime,
) -> None:
    EarlierAnswer.objects.create(
        answer=answer,
        question=answer.question,
        value=answer.value,
        status=answer.status,
        answered_at=answer.answered_at,
        answered_by=answer.answered_by,
        replaced_at=at,
    )
    answer.question, answer.value, answer.status = question, value, status
    answer.answered_at, answer.answered_by = at, actor
    answer.version += 1
    answer.save()


def _follow(work: WorkRequest, answer: Answer) -> None:
    """Keep beside the request what is read from its answers."""
    if answer.slug in FOLLOWING:
        submission.decision_follows(work, answer)
    if answer.slug in submission.TIMING.values():
        work.needed_by = submission.timing_of(answer)["needed_by"]


def _tell(work: WorkRequest, answer: Answer, *, actor: User, at: datetime) -> None:
    given = work.answers.filter(status=Answer.Status.GIVEN)
    work.framed, work.new_answer_at = given.count(), at
    save(work, "framed", "needed_by", "new_answer_at")
    label = str(answer.question.words["label"])
    record("intake.answer_amended", work, actor=actor, at=at, slug=answer.slug, question=label)
    owe_pmo("answer_changed", work, at=at, event=f"{answer.pk}:{answer.version}", slug=answer.slug)
