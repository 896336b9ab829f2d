"""How a clock's date is worked out: what was counted, what was not and why, and the sum.

The same for requester and analyst (ux.md 5.5). Derived from the clock's own history by the replay.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sla.business_time import to_instant
from sla.models import Clock
from sla.replay import Idle
from sla.segments import Segment
from sla.services.history import Record, rebuild
from sla.stretches import Skipped, Stretch, stretches

LONGEST = 400
REASONS = {
    Skipped.NIGHT: "night",
    Skipped.BREAK: "break",
    Skipped.WEEKEND: "weekend",
    Skipped.HOLIDAY: "closed",
    Skipped.SHORT_DAY: "short day",
    Skipped.NO_HOURS: "no opening hours",
}


@dataclass(frozen=True)
class Span:
    """One stretch of time: counted, or skipped for a reason such as "weekend" or a holiday."""

    start: datetime
    end: datetime
    counted: timedelta
    reason: str = ""

    @property
    def is_counted(self) -> bool:
        return not self.reason


@dataclass(frozen=True)
class Explanation:
    """Spans in order, what they add up to, and under which policy and hours."""

    spans: list[Span]
    elapsed: timedelta
    target: timedelta
    due_at: datetime | None
    calendar: str
    zone: str
    calendar_version: int
    policy: str
    policy_version: int
    is_cut: bool

    @property
    def left(self) -> timedelta:
        """Working time to go; negative when over."""
        return self.target - self.elapsed


def explain(clock: Clock, *, now: datetime) -> Explanation:
    """Explain the clock up to `now`, or up to its end. At most `LONGEST` spans are listed."""
    record = rebuild([clock])[0]
    until = min(now, clock.ended_at) if clock.ended_at else now
    spans = sorted(_spans(record, until), key=lambda span: span.start)
    version = record.target.version
    return Explanation(
        spans=spans[:LONGEST],
        elapsed=timedelta(microseconds=record.cycle.elapsed(until)),
        target=timedelta(microseconds=record.cycle.terms.target),
        due_at=clock.due_at,
        calendar=record.calendar.name,
        zone=record.cycle.terms.timetable.hours.zone.key,
        calendar_version=record.calendar_version,
        policy=version.policy.name,
        policy_version=version.number,
        is_cut=len(spans) > LONGEST,
    )


def _spans(record: Record, until: datetime) -> Iterator[Span]:
    for segment in record.cycle.segments:
        yield from _running(segment, until)
    for idle in record.cycle.idle:
        yield from _paused(idle, until)


def _running(segment: Segment, until: datetime) -> Iterator[Span]:
    start = to_instant(segment.start)
    end = until if segment.end is None else min(to_instant(segment.end), until)
    if end > start:
        for stretch in stretches(segment.hours, start, end):
            yield _span(stretch)


def _span(stretch: Stretch) -> Span:
    length = stretch.end - stretch.start
    if stretch.skipped is None:
        return Span(stretch.start, stretch.end, length)
    reason = stretch.name or REASONS[stretch.skipped]
    return Span(stretch.start, stretch.end, timedelta(0), reason)


def _paused(idle: Idle, until: datetime) -> Iterator[Span]:
    start = to_instant(idle.start)
    end = until if idle.end is None else min(to_instant(idle.end), until)
    if end > start:
        why = " and ".join(idle.reasons)
        yield Span(start, end, timedelta(0), f"paused: {why}" if why else "stopped")
