"""What a promise would have done to requests that are over: closed clocks under other terms.

Writes nothing. The pure replay is asked; what the clocks were really held to stays as it was.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from sla import thresholds
from sla.business_time import SECOND
from sla.models import Clock, ClockCommand, SlaPolicy
from sla.replay import Act, Command, Cycle, History, Outcome
from sla.services import hours
from sla.services.policies import Promise
from sla.terms import Terms

LAST = 50
# New terms hold throughout, so what changed the old ones is left out.
REPLAYED = frozenset({Act.START, Act.PAUSE, Act.RESUME, Act.STOP, Act.REOPEN})


@dataclass(frozen=True)
class Tried:
    """One closed clock under a promise: what it took in its calendar, and both outcomes."""

    label: str
    ended_at: datetime
    seconds: int
    was_late: bool
    is_late: bool


def simulate(promise: Promise, *, policy: SlaPolicy | None, last: int = LAST) -> list[Tried]:
    """Try a promise on the last clocks of its metric that ended, newest first.

    Those of the policy are taken; where it has none, those of every policy.
    """
    clocks = _closed(promise.metric, policy)[:last]
    if policy and not clocks:
        clocks = _closed(promise.metric, None)[:last]
    commands = _commands(list(clocks))
    return [_try(clock, commands[clock.pk], terms_of(promise)) for clock in clocks]


def _closed(metric: str, policy: SlaPolicy | None) -> QuerySet[Clock]:
    stopped = Clock.objects.filter(state=Clock.State.STOPPED, metric=metric)
    if policy:
        stopped = stopped.filter(target__version__policy=policy)
    return stopped.select_related("subject").order_by("-ended_at", "-id")


def _commands(clocks: list[Clock]) -> dict[int, list[Command]]:
    found: dict[int, list[Command]] = defaultdict(list)
    rows = ClockCommand.objects.filter(clock__in=clocks, type__in=[*REPLAYED])
    for row in rows.order_by("clock", "seq"):
        found[row.clock_id].append(Command(Act(row.type), row.at, row.reason))
    return found


def terms_of(promise: Promise) -> Terms:
    """What a clock would be held to; ValueError for a target out of bounds."""
    timetable = hours.timetable(promise.calendar)
    return Terms(promise.target_seconds * SECOND, timetable, thresholds.read(promise.thresholds))


def _try(clock: Clock, commands: list[Command], terms: Terms) -> Tried:
    history = History([Cycle(clock.cycle, terms)])
    for index, command in enumerate(commands):
        history.apply(index, command)
    assert clock.ended_at is not None
    return Tried(
        label=str(clock.subject),
        ended_at=clock.ended_at,
        seconds=history.current.elapsed(clock.ended_at) // SECOND,
        was_late=clock.outcome == Clock.Outcome.MISSED,
        is_late=history.current.outcome == Outcome.MISSED,
    )
