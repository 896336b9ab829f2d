"""Decision paths as pages show them: advice, comparison, and the breaks of all paths together."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.db.models import Count, Sum

from accounts.models import User
from intake.models import DecisionPath, PathStep, WorkRequest
from intake.models.paths import HOURS_A_DAY
from intake.services.path_words import (
    actors,
    days_words,
    handoffs,
    knows_all_waits,
    waiting_hours,
)

NOBODY_DECIDES = "No step decides yet. Who has the last word?"


class Row(NamedTuple):
    """One line of the comparison of two paths."""

    label: str
    today: str
    agreed: str


class Broken(NamedTuple):
    """Breaks of one kind, or of one actor: how often they were told, and what they cost."""

    name: str
    times: int
    days: str
    weight: float


def advice_of(steps: Sequence[PathStep]) -> str:
    """What to think about next; never an error."""
    return NOBODY_DECIDES if steps and not any(step.decides for step in steps) else ""


def compared(today: Sequence[PathStep], agreed: Sequence[PathStep]) -> list[Row]:
    """Waiting, handoffs and breaks of the two paths side by side."""
    return [
        Row("Waiting", _total(today), _total(agreed)),
        Row("Steps", str(len(today)), str(len(agreed))),
        Row("People or groups", str(len(actors(today))), str(len(actors(agreed)))),
        Row("Handoffs", str(handoffs(today)), str(handoffs(agreed))),
        Row("Breaks", str(_broken(today)), str(_broken(agreed))),
        Row("Highest pain", _highest(today), _highest(agreed)),
    ]


def _total(steps: Sequence[PathStep]) -> str:
    least = "" if knows_all_waits(steps) else "at least "
    return f"{least}{days_words(waiting_hours(steps))}"


def _broken(steps: Iterable[PathStep]) -> int:
    return sum(1 for step in steps if step.is_broken)


def _highest(steps: Iterable[PathStep]) -> str:
    return f"{max((step.pain for step in steps), default=0)} of 5"


def paths_of(work: WorkRequest) -> dict[str, DecisionPath]:
    """The paths of a request by version, each with its steps in order."""
    found = work.paths.prefetch_related("steps").select_related("changed_by")
    return {path.version: path for path in found}


def breaks_by(field: str, user: User) -> list[Broken]:
    """Breaks of all paths this person may see, by `break_kind` or `actor`, the heaviest first.

    Weight is what the breaks cost together: days of waiting times how often they were told.
    """
    seen = WorkRequest.objects.visible_to(user)
    hidden = seen.filter(answers__slug="path", answers__is_pmo_only=True)
    steps = PathStep.objects.breaks().filter(path__work__in=seen)
    if not user.is_pmo:
        steps = steps.exclude(path__work__in=hidden)
    found = steps.values(field).annotate(times=Count("pk"), hours=Sum("wait_hours")).order_by(field)
    kinds: dict[str, str] = dict(PathStep.Break.choices)
    rows = [
        Broken(
            name=str(kinds.get(row[field], row[field])),
            times=row["times"],
            days=days_words(row["hours"] or 0),
            weight=(row["hours"] or 0) / HOURS_A_DAY * row["times"],
        )
        for row in found
    ]
    return sorted(rows, key=lambda row: (-row.weight, -row.times, row.name))
