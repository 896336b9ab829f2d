"""Which thresholds due clocks have passed, from their columns alone: the fast way of a sweep."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sla import thresholds
from sla.business_time import SECOND, reach, to_instant, to_moment
from sla.models import BusinessCalendar, SlaTarget
from sla.replay import Cause
from sla.services import hours
from sla.terms import Kind, Ladder, Threshold, ladder

logger = logging.getLogger(__name__)


class Due(NamedTuple):
    """The columns of a due clock that settling needs."""

    id: int
    lock_version: int
    cycle: int
    target_id: int
    target_seconds: int
    calendar_id: int
    computed_calendar_version: int
    worked_us: int
    running_since: datetime
    next_event_at: datetime
    fired: int
    breached_at: datetime | None
    settle_failures: int


@dataclass
class Settled:
    """What a batch has to write."""

    events: list[tuple[Any, ...]] = field(default_factory=list)
    clocks: list[tuple[Any, ...]] = field(default_factory=list)
    to_replay: list[int] = field(default_factory=list)
    failed: list[int] = field(default_factory=list)


class Settler:
    """Settles claimed clocks from their columns, with the calendars and targets they need.

    Columns say all there is to know unless hours were corrected, a threshold was reached in an
    earlier stretch, or the last try failed and left a made-up next event. Those are replayed.
    """

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._now = to_moment(now)
        self._calendars: dict[int, BusinessCalendar] = {}
        self._targets: dict[int, SlaTarget] = {}
        self._ladders: dict[int, Ladder] = {}

    def settle_all(self, claimed: Sequence[Due]) -> Settled:
        self._read_terms(claimed)
        settled = Settled()
        for clock in claimed:
            self._settle(clock, settled)
        return settled

    def _read_terms(self, claimed: Sequence[Due]) -> None:
        """Read calendars afresh, since they may be corrected at any time; targets never change."""
        self._calendars = BusinessCalendar.objects.in_bulk({clock.calendar_id for clock in claimed})
        new = {clock.target_id for clock in claimed} - self._targets.keys()
        self._targets |= SlaTarget.objects.in_bulk(new)

    def _settle(self, clock: Due, settled: Settled) -> None:
        if self._must_replay(clock):
            settled.to_replay.append(clock.id)
            return
        try:
            self._pass_thresholds(clock, settled)
        except Exception:
            logger.exception("Clock %s could not be settled.", clock.id)
            settled.failed.append(clock.id)

    def _must_replay(self, clock: Due) -> bool:
        return (
            clock.computed_calendar_version != self._calendars[clock.calendar_id].version
            or clock.next_event_at < clock.running_since
            or clock.settle_failures > 0
        )

    def _pass_thresholds(self, clock: Due, settled: Settled) -> None:
        """Add an event for each threshold passed; the next one's moment is the clock's next."""
        fired, breached_at, next_event_at = clock.fired, clock.breached_at, None
        for amount, threshold in self._ladder(clock.target_id)[clock.fired :]:
            at = clock.next_event_at if fired == clock.fired else self._reached(clock, amount)
            if at is None or not self._is_fact(at, amount, clock):
                next_event_at = at
                break
            settled.events.append(self._event(clock, threshold, at))
            fired += 1
            if threshold.kind == Kind.BREACH:
                breached_at = at
        if fired > clock.fired:
            settled.clocks.append((clock.id, clock.lock_version, next_event_at, fired, breached_at))

    def _ladder(self, target_id: int) -> Ladder:
        if target_id not in self._ladders:
            target = self._targets[target_id]
            found = thresholds.read(target.thresholds)
            self._ladders[target_id] = ladder(target.target_seconds * SECOND, found)
        return self._ladders[target_id]

    def _reached(self, clock: Due, amount: int) -> datetime | None:
        timetable = hours.timetable(self._calendars[clock.calendar_id])
        since = to_moment(clock.running_since)
        moment = reach(timetable.hours, since, amount - clock.worked_us)
        return None if moment is None else to_instant(moment)

    def _is_fact(self, at: datetime, amount: int, clock: Due) -> bool:
        """From the target on, a clock has to run beyond the moment (sla-spec 4)."""
        return at <= self.now if amount < clock.target_seconds * SECOND else at < self.now

    def _event(self, clock: Due, threshold: Threshold, at: datetime) -> tuple[Any, ...]:
        """Values for `ledger.EVENT_COLUMNS`."""
        kind, cause = threshold.kind.value, Cause.TIME.value
        return (clock.id, clock.cycle, threshold.key, kind, at, at, self.now, cause, False, None)
