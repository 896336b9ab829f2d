"""One cycle of a clock: its segments, pauses, facts, and what each act does (sla-spec 4, 5). Pure.

A cycle is brought forward by `settle` and by acts at moments that never go back; `replay` sees to
that. Moments are microseconds since 1970.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sla.business_time import to_instant, to_moment
from sla.segments import Segment, elapsed_until, first_running_after, moment_of
from sla.terms import Change, Kind, Terms, Threshold


class State(StrEnum):
    NOT_STARTED = "not_started"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    CANCELLED = "cancelled"


OPEN_STATES = frozenset({State.RUNNING, State.PAUSED})
CLOSED_STATES = frozenset({State.STOPPED, State.CANCELLED})


class Cause(StrEnum):
    """What made a threshold a fact: time going by, or new terms."""

    TIME = "time"
    RETARGET = "retarget"
    CALENDAR = "calendar"


class Outcome(StrEnum):
    MET = "met"
    MISSED = "missed"


@dataclass(slots=True)
class Fact:
    """A threshold that was reached: when by the count, and when it was true (sla-spec 4)."""

    threshold: Threshold
    due_at: datetime
    effective_at: datetime
    cause: Cause
    superseded_at: datetime | None = None


@dataclass(slots=True)
class Idle:
    """Time between segments: paused for these reasons; without any, stopped and reopened."""

    start: int
    reasons: tuple[str, ...]
    end: int | None = None


@dataclass
class Cycle:
    """One run of a clock from its start to its end. Moments are microseconds since 1970."""

    number: int
    terms: Terms
    state: State = State.NOT_STARTED
    started: int | None = None
    ended: int | None = None
    outcome: Outcome | None = None
    segments: list[Segment] = field(default_factory=list)
    idle: list[Idle] = field(default_factory=list)
    log: list[Fact] = field(default_factory=list)
    live: dict[str, Fact] = field(default_factory=dict)
    pause_reasons: list[str] = field(default_factory=list)
    _kept_due: int | None = None
    _changed: int | None = None
    _cause: Cause = Cause.TIME

    # What it says

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    def elapsed(self, now: datetime) -> int:
        return elapsed_until(self.segments, to_moment(now))

    @property
    def due(self) -> int | None:
        """When the target is reached; a stopped clock keeps what it had, a paused one has none."""
        if self.state == State.STOPPED:
            return self._kept_due
        return moment_of(self.segments, self.terms.target)

    @property
    def next_event(self) -> int | None:
        """When the next threshold is reached that is no fact yet. Only running clocks have one."""
        if self.state != State.RUNNING:
            return None
        for amount, threshold in self.terms.ladder:
            if threshold.key not in self.live:
                return moment_of(self.segments, amount)
        return None

    @property
    def breach(self) -> Fact | None:
        for fact in self.live.values():
            if fact.threshold.kind == Kind.BREACH:
                return fact
        return None

    @property
    def running_since(self) -> int | None:
        return self.segments[-1].start if self.state == State.RUNNING else None

    @property
    def paused_since(self) -> int | None:
        """When the present pause began, whichever reasons have come and gone since."""
        return self.segments[-1].end if self.state == State.PAUSED else None

    @property
    def worked_before(self) -> int:
        """Elapsed time without the running stretch."""
        return sum(segment.worked() for segment in self.segments if segment.end is not None)

    # Settling

    def settle(self, moment: int) -> None:
        """Record each threshold that is a fact by `moment`, and take back those that are not."""
        for amount, threshold in self.terms.ladder:
            reached = moment_of(self.segments, amount)
            true_since = self._true_since(amount, reached, moment)
            is_live = threshold.key in self.live
            if is_live and true_since is None:
                self._supersede(threshold.key, moment)
            elif not is_live and reached is not None and true_since is not None:
                self._record(threshold, reached, true_since)
        self._drop_unknown(moment)

    def _true_since(self, amount: int, reached: int | None, moment: int) -> int | None:
        """Below the target it is enough to reach the amount; from there on, to run beyond it."""
        if reached is None or reached > moment:
            return None
        if amount < self.terms.target:
            return reached
        return first_running_after(self.segments, reached, moment)

    def _record(self, threshold: Threshold, reached: int, true_since: int) -> None:
        """Nothing is broken before it is promised: a change makes true from its own time on."""
        cause = Cause.TIME
        if self._changed is not None and true_since < self._changed:
            true_since, cause = self._changed, self._cause
        fact = Fact(threshold, to_instant(reached), to_instant(true_since), cause)
        self.log.append(fact)
        self.live[threshold.key] = fact

    def _supersede(self, key: str, moment: int) -> None:
        self.live.pop(key).superseded_at = to_instant(moment)

    def _drop_unknown(self, moment: int) -> None:
        """Take back facts about thresholds that the present terms do not have."""
        for key in self.live.keys() - {threshold.key for threshold in self.terms.thresholds}:
            self._supersede(key, moment)

    # Commands: each answers whether it had an effect

    def start(self, moment: int) -> bool:
        if self.state != State.NOT_STARTED:
            return False
        self.started = moment
        self._run(moment)
        return True

    def pause(self, moment: int, reason: str) -> bool:
        if not self.is_open or reason in self.pause_reasons:
            return False
        self.pause_reasons.append(reason)
        self._halt(moment)
        self.state = State.PAUSED
        self._idle(moment, tuple(self.pause_reasons))
        return True

    def resume(self, moment: int, reason: str) -> bool:
        if self.state != State.PAUSED or reason not in self.pause_reasons:
            return False
        self.pause_reasons.remove(reason)
        if self.pause_reasons:
            self._idle(moment, tuple(self.pause_reasons))
        else:
            self._run(moment)
        return True

    def stop(self, moment: int) -> bool:
        if not self.is_open:
            return False
        self._kept_due = self.due
        self._close(moment, State.STOPPED)
        self.outcome = Outcome.MISSED if self.breach else Outcome.MET
        return True

    def cancel(self, moment: int) -> bool:
        if self.state in CLOSED_STATES:
            return False
        self._close(moment, State.CANCELLED)
        return True

    def reopen(self, moment: int) -> bool:
        if self.state != State.STOPPED:
            return False
        self._idle(moment if self.ended is None else self.ended, ())
        self.ended = self.outcome = self._kept_due = None
        self._run(moment)
        return True

    def retarget(self, moment: int, change: Change) -> bool:
        terms = self.terms.changed(change)
        if self.state in CLOSED_STATES or _same(terms, self.terms):
            return False
        if terms.timetable.key != self.terms.timetable.key:
            self._seal(moment, terms)
        self._hold_to(terms, moment, Cause.RETARGET)
        return True

    def correct(self, moment: int, change: Change) -> bool:
        """Measure what is not sealed in corrected hours, from its start (sla-spec 5.2).

        A closed clock is not judged again, but whatever runs later runs in the corrected hours.
        """
        terms = self.terms.changed(change)
        if terms.timetable == self.terms.timetable:
            return False
        if self.state in CLOSED_STATES:
            self.terms = terms
            return False
        for segment in self.segments:
            segment.measure_in(terms.timetable.hours)
        self._hold_to(terms, moment, Cause.CALENDAR)
        return True

    # Steps that commands share

    def _run(self, moment: int) -> None:
        self.state = State.RUNNING
        self.segments.append(Segment(moment, self.terms.timetable.hours))
        self._end_idle(moment)

    def _halt(self, moment: int) -> None:
        if self.segments and self.segments[-1].end is None:
            self.segments[-1].end = moment

    def _idle(self, moment: int, reasons: tuple[str, ...]) -> None:
        self._end_idle(moment)
        self.idle.append(Idle(moment, reasons))

    def _end_idle(self, moment: int) -> None:
        if self.idle and self.idle[-1].end is None:
            self.idle[-1].end = moment

    def _seal(self, moment: int, terms: Terms) -> None:
        """Keep what was measured so far in its old hours, and measure on in the new ones."""
        self._halt(moment)
        for segment in self.segments:
            segment.is_sealed = True
        if self.state == State.RUNNING:
            self.segments.append(Segment(moment, terms.timetable.hours))

    def _hold_to(self, terms: Terms, moment: int, cause: Cause) -> None:
        self.terms = terms
        self._changed, self._cause = moment, cause

    def _close(self, moment: int, state: State) -> None:
        self._halt(moment)
        self._end_idle(moment)
        for segment in self.segments:
            segment.is_sealed = True
        self.pause_reasons = []
        self.state, self.ended = state, moment


def _same(terms: Terms, others: Terms) -> bool:
    return (terms.target, terms.timetable.key, terms.thresholds) == (
        others.target,
        others.timetable.key,
        others.thresholds,
    )
