"""Reading a draft: what is asked in it, what is answered and what is still open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db.models import DateTimeField, Func, Model, Q, Subquery

from accounts.models import User
from intake.models import ORDER_PREFIX, Answer, Participant, QuestionVersion, WorkRequest
from intake.services import submission
from intake.states import Lane
from sla.models import CalendarVersion, PolicyVersion
from sla.services.clocks import Terms

EVERY_LANE = frozenset(Lane.values)


class Part(NamedTuple):
    """A part of the task list with its questions."""

    title: str
    questions: list[QuestionVersion]


@dataclass(frozen=True)
class Draft:
    """A request on its way to be sent, with its answers and the questions as they read now."""

    work: WorkRequest
    answers: dict[str, Answer]
    questions: tuple[QuestionVersion, ...]
    terms: Terms
    # When it was read, by the database's clock; None where the process's clock counts.
    read_at: datetime | None = None

    def asked(self) -> list[QuestionVersion]:
        """The questions of the draft's lane; those of every lane while it has none."""
        return [question for question in self.questions if self._is_asked(question)]

    def _is_asked(self, question: QuestionVersion) -> bool:
        lanes = question.rules["lanes"]
        if question.slug == submission.URGENT and not self._is_urgent():
            return False
        return self.work.lane in lanes if self.work.lane else set(lanes) >= EVERY_LANE

    def _is_urgent(self) -> bool:
        return self.work.urgency == WorkRequest.Urgency.ASKED

    def question(self, slug: str) -> QuestionVersion | None:
        """The question of this name, if it is asked in this draft."""
        return next((question for question in self.asked() if question.slug == slug), None)

    def is_answered(self, question: QuestionVersion) -> bool:
        """Whether there is an answer; one that was put aside half written is none."""
        answer = self.answers.get(question.slug)
        return answer is not None and answer.status != Answer.Status.BEGUN

    def required(self) -> list[QuestionVersion]:
        """What must be answered before it can be sent; without a lane, all that is asked."""
        if not self.work.lane:
            return [q for q in self.asked() if set(q.rules["required"]) >= EVERY_LANE]
        return [q for q in self.asked() if submission.is_required(q, self.work)]

    def missing(self) -> list[QuestionVersion]:
        """The required questions without an answer, in order."""
        return [question for question in self.required() if not self.is_answered(question)]

    def parts(self) -> list[Part]:
        return parts_of(self.asked())

    def next_in_part(self, after: QuestionVersion) -> QuestionVersion | None:
        """The next question of the part without an answer, from `after` on and then around."""
        part = [q for q in self.asked() if q.rules["part"] == after.rules["part"]]
        here = next((place for place, q in enumerate(part) if q.slug == after.slug), -1)
        turned = part[here + 1 :] + part[: max(here, 0)]
        return next((question for question in turned if not self.is_answered(question)), None)


def parts_of(questions: Iterable[QuestionVersion]) -> list[Part]:
    """Questions by part; both in their order."""
    grouped = groupby(questions, key=lambda question: str(question.rules["part"]))
    return [Part(title, list(found)) for title, found in grouped]


def read_draft(key: UUID, user: User) -> Draft:
    """Read a draft, or the request it became, in one query; DoesNotExist if it is not theirs."""
    shared = Participant.objects.filter(person=user).values("work")
    mine = Q(work__requester=user) | Q(work__raised_by=user) | Q(work__in=shared)
    # A row for each answer: every table joined here is read as often as there are answers.
    answers = list(
        Answer.objects.filter(mine, work__draft_key=key)
        .select_related("work__subject")
        .annotate(
            newest=NEWEST_QUESTION,
            policies=NEWEST_POLICY,
            calendars=NEWEST_CALENDAR,
            **_clock(),
        )
    )
    if not answers:
        raise WorkRequest.DoesNotExist
    first = answers[0]
    return Draft(
        work=_with_person(first.work, user),
        answers={answer.slug: answer for answer in answers},
        questions=(*_ordered(answers), *questions_as_of(first.newest)),
        terms=Terms(first.policies or 0, first.calendars or 0),
        read_at=getattr(first, "read_at", None),
    )


def _ordered(answers: Iterable[Answer]) -> list[QuestionVersion]:
    """The question of the service that is asked for, in the wording that it was put in."""
    return [answer.question for answer in answers if answer.slug.startswith(ORDER_PREFIX)]


def _with_person(work: WorkRequest, user: User) -> WorkRequest:
    """The one whose draft it is has been read already."""
    if work.requester_id == user.pk:
        work.requester = user
    if work.raised_by_id == user.pk:
        work.raised_by = user
    return work


def _newest(model: type[Model]) -> Subquery:
    return Subquery(model._default_manager.order_by("-pk").values("pk")[:1])


# Every change of a question, a policy or a calendar adds a version: these name what is in force.
NEWEST_QUESTION = _newest(QuestionVersion)
NEWEST_POLICY = _newest(PolicyVersion)
NEWEST_CALENDAR = _newest(CalendarVersion)


def _clock() -> dict[str, Func]:
    """The database's clock, read along, which spares the act that follows a query of its own."""
    if not settings.USE_DATABASE_CLOCK:
        return {}
    return {"read_at": Func(function="clock_timestamp", output_field=DateTimeField())}


@lru_cache(maxsize=4)
def questions_as_of(newest: int) -> tuple[QuestionVersion, ...]:
    """The current questions. Every change publishes a version, so the newest names them all."""
    return tuple(QuestionVersion.objects.current())


def current_questions() -> tuple[QuestionVersion, ...]:
    """The questions as they read now, before there is a draft."""
    return tuple(QuestionVersion.objects.current())
