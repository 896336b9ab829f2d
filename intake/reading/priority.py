"""Advice on priority: a few visible factors, added up; a person decides (capability 23)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils import timezone

from accounts.date_words import day_words
from intake.models import NO_PROMISE, CostOfDelay, Effect, Weighing, WorkRequest

MOST = 3
FIRST_FROM, NORMAL_FROM = 8, 4
# Points by how far away it is; the first that fits counts.
PROMISE_WITHIN = ((timedelta(0), 3), (timedelta(days=1), 2), (timedelta(days=3), 1))
NEEDED_WITHIN = ((5, 3), (14, 2), (30, 1))
URGENCY = {WorkRequest.Urgency.ACCEPTED: 3, WorkRequest.Urgency.ASKED: 1}
UNKNOWN = "not known yet"


class Factor(NamedTuple):
    """One line of the sum: what it is about, what holds here, and its points."""

    name: str
    words: str
    points: int


@dataclass(frozen=True)
class Advice:
    """The factors, their sum, and which place it speaks for."""

    factors: Sequence[Factor]

    @property
    def points(self) -> int:
        return sum(factor.points for factor in self.factors)

    @property
    def most(self) -> int:
        return MOST * len(self.factors)

    @property
    def sum(self) -> str:
        """The formula with its numbers in it."""
        return f"{' + '.join(str(factor.points) for factor in self.factors)} = {self.points}"

    @property
    def priority(self) -> Weighing.Priority:
        if self.points >= FIRST_FROM:
            return Weighing.Priority.FIRST
        is_normal = self.points >= NORMAL_FROM
        return Weighing.Priority.NORMAL if is_normal else Weighing.Priority.LATER

    @property
    def priority_words(self) -> str:
        return str(self.priority.label)


def advice(
    work: WorkRequest, *, cost_of_delay: int | None, effect: int | None, now: datetime
) -> Advice:
    """Add up what is known of a request at `now`; what is not known gives no points."""
    return Advice(
        (
            _promise(work, now),
            Factor(
                "Urgency", str(work.get_urgency_display()).lower(), URGENCY.get(_urgency(work), 0)
            ),
            _needed_by(work, now),
            _chosen("Cost of delay", CostOfDelay, cost_of_delay),
            _chosen("Size of the effect", Effect, effect),
        )
    )


def _urgency(work: WorkRequest) -> WorkRequest.Urgency:
    return WorkRequest.Urgency(work.urgency)


def _promise(work: WorkRequest, now: datetime) -> Factor:
    if work.queue_at >= NO_PROMISE:
        return Factor("Next promise", "none runs", 0)
    points = next((p for within, p in PROMISE_WITHIN if work.queue_at < now + within), 0)
    late = "late since" if work.queue_at < now else "due"
    return Factor("Next promise", f"{late} {day_words(work.queue_at, now=now)}", points)


def _needed_by(work: WorkRequest, now: datetime) -> Factor:
    if work.needed_by is None:
        return Factor("Needed by", "no date", 0)
    days = (work.needed_by - timezone.localtime(now).date()).days
    points = next((p for within, p in NEEDED_WITHIN if days <= within), 0)
    return Factor("Needed by", day_words(work.needed_by, now=now), points)


def _chosen(name: str, choices: type[CostOfDelay] | type[Effect], value: int | None) -> Factor:
    if value is None:
        return Factor(name, UNKNOWN, 0)
    return Factor(name, str(choices(value).label).lower(), value)
