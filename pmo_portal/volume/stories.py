"""What happens to a request, and how many working hours after the step before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from math import log
from random import Random

from intake.states import Lane
from pmo_portal.volume import deciding, talking
from pmo_portal.volume.life import Life
from pmo_portal.volume.world import hours_of
from sla.business_time import SECOND, reach

HOUR = 3600 * SECOND
SPREAD = 0.6
QUICK_SHARE = 0.35
URGENT_SHARE = 0.08
SAMPLE = 2_000
LONGEST_HOURS = 40_000.0


@dataclass(frozen=True)
class Step:
    """An act so many working hours after the last one; the last act may end the request.

    With `of_delivery` the hours are a share of what the chosen tier promises.
    """

    hours: float
    act: Callable[[Life, int], None]
    ends: bool = False
    of_delivery: bool = False


class Story:
    """Draws chances and durations; longest waits are a few times the usual ones."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng

    def steps(self, lane: Lane, *, urgent: bool) -> list[Step]:
        told = self._quick() if lane == Lane.ORDER else self._full(urgent=urgent)
        return list(told)

    def _after(self, usual: float, act: Callable[[Life, int], None], **kind: bool) -> Step:
        return Step(self._hours(usual), act, **kind)

    def _hours(self, usual: float) -> float:
        return self.rng.lognormvariate(log(usual), SPREAD)

    def _chance(self, share: float) -> bool:
        return self.rng.random() < share

    def _quick(self) -> Iterator[Step]:
        yield self._after(2, talking.claim)
        if self._chance(0.3):
            yield self._after(1, talking.ask)
            yield self._after(6, talking.answer)
        if self._chance(0.72):
            yield self._after(3, deciding.answered, ends=True)
        elif self._chance(0.35):
            yield self._after(4, deciding.decline, ends=True)
        else:
            yield from self._delivered()

    def _full(self, *, urgent: bool) -> Iterator[Step]:
        yield self._after(2.5, talking.claim)
        if urgent:
            yield self._after(0.5, talking.judge_urgency)
        yield self._after(1.2, talking.say)
        if self._chance(0.3):
            yield self._after(1, talking.note)
        if self._chance(0.45):
            yield self._after(2, talking.ask)
            yield self._after(9, talking.answer)
        for _ in range(self.rng.randint(0, 3)):
            yield self._after(4, talking.hear)
            yield self._after(3, talking.say)
        if self._chance(0.06):
            yield self._after(6, deciding.withdraw, ends=True)
            return
        yield from self._need()
        if self._chance(0.07):
            yield from self._parked()
        if self._chance(0.28):
            ways_out = (deciding.decline, deciding.answered, deciding.merge)
            yield self._after(6, self.rng.choice(ways_out), ends=True)
        else:
            yield from self._delivered()

    def _need(self) -> Iterator[Step]:
        yield self._after(5, talking.play_back)
        if self._chance(0.2):
            yield self._after(5, talking.correct)
            yield self._after(3, talking.play_back)
        yield self._after(5, talking.agree)

    def _parked(self) -> Iterator[Step]:
        """Parked, and back by itself; the need stays agreed."""
        wait = self._hours(160)
        yield self._after(3, partial(_park, hours=wait))
        yield Step(wait, deciding.wake)
        yield self._after(4, talking.say)

    def _delivered(self) -> Iterator[Step]:
        yield self._after(5, deciding.propose)
        if self._chance(0.1):
            yield self._after(10, deciding.refuse)
            yield self._after(6, deciding.propose)
        if self._chance(0.04):
            yield self._after(10, deciding.withdraw, ends=True)
            return
        yield self._after(10, deciding.choose)
        yield Step(self._hours(6) if self._chance(0.15) else 0, deciding.begin)
        yield from self._worked_on()
        yield self._after(16, deciding.result, ends=True)

    def _worked_on(self) -> Iterator[Step]:
        """A few words on the way, done mostly within what was promised."""
        yield self._after(0.15, talking.say, of_delivery=True)
        for _ in range(self.rng.randint(0, 3)):
            yield self._after(0.1, talking.hear, of_delivery=True)
            yield self._after(0.05, talking.say, of_delivery=True)
        yield self._after(0.3, deciding.hand_over, of_delivery=True)
        if self._chance(0.08):
            yield self._after(8, deciding.send_back)
            yield self._after(12, deciding.hand_over)


def _park(life: Life, at: int, *, hours: float) -> None:
    until = reach(life.world.hours, at, round(hours * HOUR))
    deciding.park(life, at, until=until or at)


def begin(rng: Random) -> tuple[Lane, bool]:
    """The lane of the next request, and whether urgent treatment is asked for."""
    lane = Lane.ORDER if rng.random() < QUICK_SHARE else Lane.CONSULT
    return lane, lane == Lane.CONSULT and rng.random() < URGENT_SHARE


def live(life: Life, steps: list[Step], *, now: int, may_end: bool) -> None:
    """Let the story happen as far as it goes by `now`; without `may_end` it stays open."""
    at = life.received or life.created
    for step in steps:
        if step.ends and not may_end:
            return
        hours = step.hours * (_delivery_hours(life) if step.of_delivery else 1)
        moment = reach(life.world.hours, at, round(hours * HOUR))
        if moment is None or moment >= now:
            return
        step.act(life, moment)
        at = moment


def _delivery_hours(life: Life) -> float:
    return hours_of(life.promises()["delivery"])


def horizon(seed: int, open_share: float) -> float:
    """The working hours over which requests must come in for this share of them to be open.

    Found from a sample of stories: with a longer horizon, more of them have ended.
    """
    lengths = _lengths(Random(seed))  # noqa: S311
    shortest, longest = 8.0, LONGEST_HOURS
    for _ in range(40):
        middle = (shortest + longest) / 2
        share = sum(min(length, middle) for length in lengths) / len(lengths) / middle
        if share > open_share:
            shortest = middle
        else:
            longest = middle
    return longest


def _lengths(rng: Random) -> list[float]:
    usual_delivery = 60
    story = Story(rng)
    return [
        sum(
            step.hours * (usual_delivery if step.of_delivery else 1)
            for step in story.steps(lane, urgent=urgent)
        )
        for lane, urgent in (begin(rng) for _ in range(SAMPLE))
    ]
