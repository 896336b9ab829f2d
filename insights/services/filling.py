"""Filling a review with its month: five numbers, a section per service, what is asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from insights.figures import monthly
from insights.figures.breaks import heaviest_breaks
from insights.figures.monthly import shifted
from insights.services import numbers
from insights.services.asking import Question, questions, short
from insights.services.missed import missed_promises
from insights.services.sections import sections_of
from intake.models import Answer, ResultCheck
from intake.services import figures as board
from intake.track_record import month_bounds

MOST_LINES = 3
MOST_PROMISES = 6
Shown = dict[str, Any]


@dataclass
class Filled:
    """A month as it is counted now."""

    figures: Shown
    rows: dict[str, list[int]]
    sections: dict[int, Shown]
    questions: list[Question] = field(default_factory=list)


def fill(month: date, *, now: datetime) -> Filled:
    """Count a month. The time promises come from the board's figures, made current first."""
    board.refresh([shifted(month, -1), month], now=now)
    five, rows = numbers.count(month)
    missed = missed_promises(month)
    sections = sections_of(month, now, missed)
    shown = {
        "numbers": five,
        "promises": [line.shown for line in missed][:MOST_PROMISES],
        "breaks": heaviest_breaks(MOST_LINES),
        "results": _results(month),
        "summary": numbers.summary(month, five),
    }
    return Filled(shown, rows, sections, list(questions(month, now, sections, missed)))


def _results(month: date) -> list[Shown]:
    """Up to three, the clearest first; nothing of requests that hold answers for the PMO only."""
    start, end = month_bounds(month)
    hidden = Answer.objects.filter(is_pmo_only=True).values("work")
    told = ResultCheck.objects.filter(at__gte=start, at__lt=end, difference__in=monthly.HELPED)
    open_ones = told.exclude(work__in=hidden).select_related("work")
    ordered = sorted(
        open_ones.order_by("-at", "-pk")[:50],
        key=lambda result: result.difference != ResultCheck.Difference.CLEARLY,
    )
    return [_result(result) for result in ordered[:MOST_LINES]]


def _result(result: ResultCheck) -> Shown:
    believed = result.work.hypotheses.order_by("-number").first()
    before = believed.baseline if believed else ""
    return {
        "reference": result.work.reference,
        "measure": believed.measure if believed else "",
        "before": before,
        "after": result.value_now,
        "sentence": short(result.sentence, 140),
    }
