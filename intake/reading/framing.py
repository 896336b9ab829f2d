"""The framing of a request as people read it, with each question as it was worded then."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from intake.models import Answer, EarlierAnswer
from intake.services.amending import FIXED
from intake.services.answers import Line, in_words


@dataclass(frozen=True)
class Was:
    """What an answer was before, and until when."""

    lines: list[Line]
    left_open: str
    by: str
    at: datetime
    until: datetime


@dataclass(frozen=True)
class Answered:
    """One question and what was said to it. `left_open` says how it was left, if it was.

    `earlier` is what it was before, newest first; it is no answer that may_change when it is
    their own first words.
    """

    slug: str
    question: str
    lines: list[Line]
    left_open: str
    by: str
    at: datetime
    is_pmo_only: bool
    may_change: bool
    earlier: list[Was]


@dataclass(frozen=True)
class Part:
    title: str
    answers: list[Answered]


def framing_of(answers: Iterable[Answer], *, now: datetime) -> list[Part]:
    """Answers by part, in the order of their questions."""
    finished = [answer for answer in answers if answer.status != Answer.Status.BEGUN]
    earlier = _earlier_of(finished, now)
    grouped = groupby(finished, key=lambda answer: str(answer.question.rules["part"]))
    return [
        Part(title, [_answered(answer, earlier.get(answer.pk, []), now) for answer in found])
        for title, found in grouped
    ]


def _earlier_of(answers: Iterable[Answer], now: datetime) -> dict[int, list[Was]]:
    found: dict[int, list[Was]] = {}
    rows = EarlierAnswer.objects.filter(answer__in=[answer.pk for answer in answers])
    for row in rows.select_related("question", "answered_by").order_by("-id"):
        lines = in_words(row, now=now)
        was = Was(
            lines, _left_open(row, lines), row.answered_by.name, row.answered_at, row.replaced_at
        )
        found.setdefault(row.answer_id, []).append(was)
    return found


def _left_open(answer: Answer | EarlierAnswer, lines: list[Line]) -> str:
    """How it was left where it says nothing."""
    if answer.status == Answer.Status.GIVEN and lines:
        return ""
    is_given = answer.status == Answer.Status.GIVEN
    words = Answer.Status.NOT_SURE if is_given else Answer.Status(answer.status)
    return str(words.label)


def _answered(answer: Answer, earlier: list[Was], now: datetime) -> Answered:
    lines = in_words(answer, now=now)
    return Answered(
        slug=answer.slug,
        question=str(answer.question.words["label"]),
        lines=lines,
        left_open=_left_open(answer, lines),
        by=answer.answered_by.name,
        at=answer.answered_at,
        is_pmo_only=answer.is_pmo_only,
        may_change=answer.slug not in FIXED,
        earlier=earlier,
    )
