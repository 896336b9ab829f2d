"""What a clock says, worked out from its history alone (sla-spec 5 and 7.1).

Pure: the same commands, terms and moment always give the same answer. The columns that the
database keeps are a cache of what is computed here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sla.business_time import to_moment
from sla.cycle import Cause, Cycle, Fact, Idle, Outcome, State
from sla.terms import NO_CHANGE, Change, Terms

__all__ = [
    "Act",
    "Cause",
    "Command",
    "Cycle",
    "Fact",
    "History",
    "Idle",
    "Outcome",
    "State",
    "replay",
]


class Act(StrEnum):
    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    CANCEL = "cancel"
    REOPEN = "reopen"
    RESTART = "restart"
    RETARGET = "retarget"
    CALENDAR = "calendar"


@dataclass(frozen=True, slots=True)
class Command:
    """One thing that was asked of a clock. The order of arrival breaks ties of `at`."""

    act: Act
    at: datetime
    reason: str = ""
    change: Change = NO_CHANGE


@dataclass
class History:
    """A clock's cycles after its commands, and the indexes of commands without effect."""

    cycles: list[Cycle]
    ignored: list[int] = field(default_factory=list)
    last: int | None = None

    @property
    def current(self) -> Cycle:
        return self.cycles[-1]

    def apply(self, index: int, command: Command) -> bool:
        """Settle, apply, settle again. A time before the last command's counts as that time."""
        moment = self.clamp(command.at)
        self.last = moment
        self.current.settle(moment)
        effect = self._act(command, moment)
        if not effect:
            self.ignored.append(index)
        self.current.settle(moment)
        return effect

    def clamp(self, at: datetime) -> int:
        moment = to_moment(at)
        return moment if self.last is None else max(moment, self.last)

    def settle(self, now: datetime) -> None:
        self.current.settle(self.clamp(now))

    def _act(self, command: Command, moment: int) -> bool:
        cycle = self.current
        match command.act:
            case Act.START:
                return cycle.start(moment)
            case Act.PAUSE:
                return cycle.pause(moment, command.reason)
            case Act.RESUME:
                return cycle.resume(moment, command.reason)
            case Act.STOP:
                return cycle.stop(moment)
            case Act.CANCEL:
                return cycle.cancel(moment)
            case Act.REOPEN:
                return cycle.reopen(moment)
            case Act.RESTART:
                return self._restart(moment, command.change)
            case Act.RETARGET:
                return cycle.retarget(moment, command.change)
            case Act.CALENDAR:
                return cycle.correct(moment, command.change)

    def _restart(self, moment: int, change: Change) -> bool:
        """Begin a new cycle from zero; one that was still open ends without an outcome."""
        if self.current.state == State.NOT_STARTED:
            return False
        self.current.cancel(moment)
        terms = self.current.terms.changed(change)
        self.cycles.append(Cycle(self.current.number + 1, terms))
        return self.current.start(moment)


def replay(terms: Terms, commands: Iterable[Command], *, now: datetime) -> History:
    """Return what the clock says at `now`, which counts as no earlier than the last command.

    Raise ValueError for a naive datetime.
    """
    history = History([Cycle(1, terms)])
    for index, command in enumerate(commands):
        history.apply(index, command)
    history.settle(now)
    return history
