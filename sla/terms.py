"""What a clock is held to: a target, the timetable it is measured in, and the thresholds on it."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from sla.business_time import SECOND, WorkingCalendar

SHORTEST_TARGET = SECOND
LONGEST_TARGET = 3660 * 86_400 * SECOND  # ten years with their leap days


class Kind(StrEnum):
    """What reaching a threshold means."""

    WARN = "warn"
    BREACH = "breach"
    ESCALATE = "escalate"


class Timetable(NamedTuple):
    """Which calendar (its key), and the hours it has at present."""

    key: Hashable
    hours: WorkingCalendar


@dataclass(frozen=True, slots=True)
class Threshold:
    """A point on the way to the target and beyond: a percentage of it, or seconds from due."""

    key: str
    kind: Kind
    percent: int | None = None
    offset_seconds: int = 0

    def amount(self, target: int) -> int:
        """The elapsed microseconds at which it is reached, rounded down, never below zero."""
        if self.percent is None:
            return max(target + self.offset_seconds * SECOND, 0)
        return target * self.percent // 100


Ladder = list[tuple[int, Threshold]]


def ladder(target: int, thresholds: Iterable[Threshold]) -> Ladder:
    """Thresholds with their amounts, the first to be reached first."""
    steps = ((threshold.amount(target), threshold) for threshold in thresholds)
    return sorted(steps, key=lambda step: (step[0], step[1].key))


@dataclass(frozen=True)
class Terms:
    """A target in microseconds, its timetable and its thresholds; ValueError for a bad target."""

    target: int
    timetable: Timetable
    thresholds: tuple[Threshold, ...]

    def __post_init__(self) -> None:
        if not SHORTEST_TARGET <= self.target <= LONGEST_TARGET:
            raise ValueError("a target lies between one second and ten years")

    @cached_property
    def ladder(self) -> Ladder:
        return ladder(self.target, self.thresholds)

    def changed(self, change: Change) -> Terms:
        """These terms with what the change names replaced."""
        return replace(
            self,
            target=self.target if change.target is None else change.target,
            timetable=change.timetable or self.timetable,
            thresholds=self.thresholds if change.thresholds is None else change.thresholds,
        )


@dataclass(frozen=True, slots=True)
class Change:
    """New terms, in part or in whole; what is None stays as it is."""

    target: int | None = None
    timetable: Timetable | None = None
    thresholds: tuple[Threshold, ...] | None = None


NO_CHANGE = Change()
