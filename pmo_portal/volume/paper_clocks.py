"""A request's clocks on paper: the pure replay tells what their rows hold.

The services settle a clock before and after each command, so that a row is right at every
moment. Here only its last moment counts, and it is settled there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from random import Random

from accounts.models import User
from intake.services.lifecycle import PARKED
from intake.states import CLOCKS, State
from pmo_portal.volume.book import Book
from pmo_portal.volume.sheets import Json
from pmo_portal.volume.world import Promise
from sla.business_time import SECOND, to_moment
from sla.models import Clock
from sla.replay import Act, Cycle, History
from sla.replay import State as Running
from sla.services import ledger
from sla.services.clocks import RESTARTED
from sla.services.history import Record

NOTHING = Json("{}")
SWEEP_SECONDS = 30
# Stands in a record for the row that does not exist yet.
_ROW = Clock()


class PaperClock:
    """One cycle of one promise."""

    def __init__(self, book: Book, metric: str, number: int, promise: Promise) -> None:
        self.id = book.clocks.next_id()
        self.metric = metric
        self.promise = promise
        self.cycle = Cycle(number, promise.terms)
        self.seq = 0
        self._book = book

    @property
    def is_open(self) -> bool:
        return self.cycle.is_open

    def command(
        self, act: Act, at: int, actor: User | None, reason: str = "", payload: Json = NOTHING
    ) -> None:
        self.seq += 1
        actor_id = actor.pk if actor else None
        row = (self.id, self.seq, act.value, at, at, at, actor_id, reason, payload)
        self._book.commands.add(*row)

    def start(self, at: int, actor: User | None) -> None:
        self.cycle.start(at)
        self.command(Act.START, at, actor, payload=self.promise.payload)

    def close(self, act: Act, at: int, actor: User | None, reason: str = "") -> None:
        """Stop or cancel; what is late by then is recorded first."""
        self.cycle.settle(at)
        if act == Act.STOP:
            self.cycle.stop(at)
        else:
            self.cycle.cancel(at)
        self.command(act, at, actor, reason)

    def hold_to(self, promise: Promise, at: int, actor: User) -> None:
        """Retarget."""
        self.cycle.settle(at)
        self.cycle.retarget(at, promise.change)
        self.cycle.settle(at)
        self.promise = promise
        self.command(Act.RETARGET, at, actor, "urgent", promise.payload)

    def write(self, subject_id: int, now: int, rng: Random) -> None:
        """Add the row as it reads now, with the events that sweeps have recorded by then."""
        if self.is_open:
            self.cycle.settle(now)
        target = self.promise.target
        version = target.calendar.version
        record = Record(_ROW, History([self.cycle]), target, target.calendar, version)
        columns = ledger.columns_of(record).values()
        key = (self.id, subject_id, self.metric, "", self.cycle.number, self.seq - 1)
        self._book.clocks.add(*key, *columns)
        for fact in self.cycle.log:
            noticed = to_moment(fact.effective_at) + rng.randrange(SWEEP_SECONDS * SECOND)
            self._book.events.add(
                *(self.id, self.cycle.number, fact.threshold.key, fact.threshold.kind.value),
                *(fact.due_at, fact.effective_at, min(noticed, now), fact.cause.value, True),
                fact.superseded_at,
            )


class PaperClocks:
    """All clocks of a request, moved as `intake.services.lifecycle` moves them."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._cycles: dict[str, list[PaperClock]] = {}

    def all(self) -> Iterator[PaperClock]:
        for cycles in self._cycles.values():
            yield from cycles

    def soonest_due(self) -> int | None:
        """When the next running promise is due."""
        running = [c.cycle for c in self._current() if c.cycle.state == Running.RUNNING]
        return min((due for cycle in running if (due := cycle.due)), default=None)

    def restart(self, metric: str, promise: Promise, at: int, actor: User | None) -> None:
        """Begin a new cycle; one that is still open is cancelled."""
        cycles = self._cycles.setdefault(metric, [])
        if cycles and cycles[-1].is_open:
            cycles[-1].close(Act.CANCEL, at, actor, RESTARTED)
        clock = PaperClock(self._book, metric, len(cycles) + 1, promise)
        clock.start(at, actor)
        cycles.append(clock)

    def stop(self, metrics: Collection[str], at: int, actor: User | None) -> None:
        for clock in self._open(metrics):
            clock.close(Act.STOP, at, actor)

    def pause(self, reason: str, at: int, actor: User, metrics: Collection[str]) -> None:
        for clock in self._open(metrics):
            clock.cycle.pause(at, reason)
            clock.command(Act.PAUSE, at, actor, reason)

    def resume(self, reason: str, at: int, actor: User | None) -> None:
        for clock in self._current():
            if clock.cycle.resume(at, reason):
                clock.command(Act.RESUME, at, actor, reason)

    def retarget(self, promises: dict[str, Promise], at: int, actor: User) -> None:
        for clock in self._open(promises):
            clock.hold_to(promises[clock.metric], at, actor)

    def follow(
        self, was: State, to: State, promises: dict[str, Promise], at: int, actor: User | None
    ) -> None:
        """End the clocks that the new state does not know and start those that it brings."""
        ended = CLOCKS[was] - CLOCKS[to]
        if ended and to in (State.WITHDRAWN, State.MERGED):
            self.stop(("next_contact",), at, actor)
            for clock in self._open(self._cycles):
                clock.close(Act.CANCEL, at, actor)
        elif ended:
            self.stop(ended, at, actor)
        if to == State.PARKED and actor:
            self.pause(PARKED, at, actor, self._cycles)
        elif was == State.PARKED:
            self.resume(PARKED, at, actor)
        if to != State.PARKED:
            self._begin(CLOCKS[to] - CLOCKS[was] - {"first_reply"}, promises, at, actor)

    def _begin(
        self, metrics: Collection[str], promises: dict[str, Promise], at: int, actor: User | None
    ) -> None:
        for metric in sorted(metrics):
            if metric == "delivery" and metric in self._cycles:
                self._reopen(self._cycles[metric][-1], at, actor)
            elif metric in promises:
                self.restart(metric, promises[metric], at, actor)

    def _reopen(self, clock: PaperClock, at: int, actor: User | None) -> None:
        clock.cycle.reopen(at)
        clock.command(Act.REOPEN, at, actor)

    def _current(self) -> list[PaperClock]:
        return [cycles[-1] for cycles in self._cycles.values()]

    def _open(self, metrics: Collection[str]) -> list[PaperClock]:
        return [c for c in self._current() if c.metric in metrics and c.is_open]
