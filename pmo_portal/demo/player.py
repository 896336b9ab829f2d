"""Plays the stories in the order of their moments, and lets time pass in between.

Whatever the portal does by itself happens on the way, at its time: clocks are swept, parked
requests come back, notices are written out. Nothing is mailed.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from intake.services import discovery, pilots, triage
from pmo_portal.demo.mailroom import write_out
from sla.models import Clock
from sla.services import sweep

# How long after a threshold a sweep notices it.
LAG = timedelta(seconds=20)
MORNING = time(7)


@dataclass(order=True)
class Act:
    """Something that happens at a moment; those of the same moment in the order they were told."""

    at: datetime
    place: int
    do: Callable[[datetime], None] = field(compare=False)


class Player:
    """Time that passes from `start` on."""

    def __init__(self, start: datetime) -> None:
        self.moment = start

    def play(self, acts: Iterable[Act], *, until: datetime, told: Callable[[int], None]) -> None:
        """Let each act happen at its time, and the portal's own work up to `until`."""
        for number, act in enumerate(sorted(acts), start=1):
            self._let_pass(act.at)
            act.do(act.at)
            write_out(act.at)
            told(number)
        self._let_pass(until)
        self._do_duties(until)

    def _let_pass(self, until: datetime) -> None:
        while (duty := self._next_duty()) <= until:
            self._do_duties(duty)
        self.moment = max(self.moment, until)

    def _do_duties(self, at: datetime) -> None:
        self.moment = at
        sweep.sweep(now=at)
        if _local(at).time() == MORNING:
            triage.wake_due(today=_local(at).date(), at=at)
            pilots.tend(at)
        discovery.resume_due(at=at)
        write_out(at)

    def _next_duty(self) -> datetime:
        """The next morning, or the next sweep that has something to record."""
        due = Clock.objects.filter(next_event_at__isnull=False).order_by("next_event_at")
        first = due.values_list("next_event_at", flat=True).first()
        morning = _next_morning(self.moment)
        return morning if first is None else min(morning, max(first + LAG, self.moment + LAG))


def _local(moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo(settings.TIME_ZONE))


def _next_morning(moment: datetime) -> datetime:
    here = _local(moment)
    today = datetime.combine(here.date(), MORNING, here.tzinfo)
    following = datetime.combine(here.date() + timedelta(days=1), MORNING, here.tzinfo)
    return today if moment < today else following
