"""The framing of a request as people read it, with each question as it was worded then."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from intake.models import Answer
from intake.services.answers import Line, in_words


@dataclass(frozen=True)
class Answered:
    """One question and what was said to it. `left_open` says how it was left, if it was."""

    question: str
    lines: list[Line]
    left_open: str
    by: str
    at: datetime
    is_pmo_only: bool


@dataclass(frozen=True)
class Part:
    title: str
    answers: list[Answered]


def framing_of(answers: Iterable[Answer], *, now: datetime) -> list[Part]:
    """Answers by part, in the order of their questions."""
    finished = [answer for answer in answers if answer.status != Answer.Status.BEGUN]
    grouped = groupby(finished, key=lambda answer: str(answer.question.rules["part"]))
    return [Part(title, [_answered(answer, now) for answer in found]) for title, found in grouped]


def _answered(answer: Answer, now: datetime) -> Answered:
    lines = in_words(answer, now=now)
    is_open = answer.status != Answer.Status.GIVEN or not lines
    open_words = Answer.Status.NOT_SURE if answer.status == Answer.Status.GIVEN else answer.status
    return Answered(
        question=str(answer.question.words["label"]),
        lines=lines,
        left_open=str(Answer.Status(open_words).label) if is_open else "",
        by=answer.answered_by.name,
        at=answer.answered_at,
        is_pmo_only=answer.is_pmo_only,
    )
