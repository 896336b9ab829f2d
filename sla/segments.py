"""The running stretches of a clock: what they add up to, and when an amount was reached."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sla.business_time import WorkingCalendar, reach, worked


@dataclass(slots=True)
class Segment:
    """A stretch in which the clock ran, in microseconds; without an end it still does.

    Once sealed it is measured in the hours it had, whatever is corrected later.
    """

    start: int
    hours: WorkingCalendar
    end: int | None = None
    is_sealed: bool = False
    _worked: int | None = None

    def worked_until(self, moment: int) -> int:
        if self.end is not None and self.end <= moment:
            return self.worked()
        return worked(self.hours, self.start, moment) if moment > self.start else 0

    def worked(self) -> int:
        """What an ended segment counts; zero for one that still runs."""
        if self.end is None:
            return 0
        if self._worked is None:
            self._worked = worked(self.hours, self.start, self.end)
        return self._worked

    def measure_in(self, hours: WorkingCalendar) -> None:
        if not self.is_sealed:
            self.hours = hours
            self._worked = None

    def runs_between(self, after: int, before: int) -> bool:
        """Whether it runs at some instant later than `after` and earlier than `before`."""
        end = before if self.end is None else min(self.end, before)
        return max(self.start, after) < end


def elapsed_until(segments: Iterable[Segment], moment: int) -> int:
    """Working microseconds counted by `moment` (sla-spec 4)."""
    return sum(segment.worked_until(moment) for segment in segments)


def moment_of(segments: Iterable[Segment], amount: int) -> int | None:
    """When the elapsed time first equals `amount`; None for never, or paused short of it."""
    before = 0
    for segment in segments:
        if segment.end is None or before + segment.worked() >= amount:
            return reach(segment.hours, segment.start, amount - before)
        before += segment.worked()
    return None


def first_running_after(segments: Iterable[Segment], after: int, before: int) -> int | None:
    """The first instant at or after `after` from which the clock ran, before `before`."""
    for segment in segments:
        if segment.runs_between(after, before):
            return max(segment.start, after)
    return None
