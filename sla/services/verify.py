"""Comparing what is stored of open clocks with what their commands say (sla-spec 11)."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from sla.models import Clock, ClockEvent
from sla.services import ledger
from sla.services.damage import spare
from sla.services.history import Record, rebuild

logger = logging.getLogger(__name__)
BATCH = 500
# These follow from thresholds that time has passed, so they may wait for the next sweep.
SWEPT = frozenset({"next_event_at", "fired", "breached_at", "settle_failures"})
EVENTS = "events"


@dataclass(frozen=True)
class Difference:
    """One thing that is stored otherwise than the history says."""

    clock_id: int
    name: str
    stored: Any
    rebuilt: Any

    def __str__(self) -> str:
        return f"clock {self.clock_id}: {self.name} is {self.stored}, should be {self.rebuilt}"


def differences(*, now: datetime) -> Iterator[Difference]:
    """Rebuild every open clock and yield what differs. Writes nothing.

    A clock that looks wrong is looked at again under its lock, for it may just have changed.
    """
    for clocks in _batches():
        for clock_id in _suspects(clocks, now):
            yield from _under_lock(clock_id, now)


@transaction.atomic
def repair(clock_id: int, *, now: datetime) -> None:
    """Write what the history says over what is stored."""
    for clock in _locked(clock_id):
        ledger.write(rebuild([clock]), now=now)


def report(found: Iterable[Difference]) -> int:
    """Log each difference as an error; return how many."""
    count = 0
    for count, difference in enumerate(found, start=1):  # noqa: B007
        logger.error("%s", difference)
    return count


def _batches() -> Iterator[list[Clock]]:
    last = 0
    clocks = Clock.objects.open().with_terms().order_by("id")
    while batch := list(clocks.filter(pk__gt=last)[:BATCH]):
        yield batch
        last = batch[-1].pk


def _suspects(clocks: list[Clock], now: datetime) -> list[int]:
    return sorted({difference.clock_id for difference in _compare(clocks, now)})


@transaction.atomic
def _under_lock(clock_id: int, now: datetime) -> list[Difference]:
    return _compare(_locked(clock_id), now)


def _locked(clock_id: int) -> list[Clock]:
    clocks = Clock.objects.filter(pk=clock_id).open().with_terms()
    return list(clocks.select_for_update(of=("self",)))


def _compare(clocks: list[Clock], now: datetime) -> list[Difference]:
    records, damaged = spare(clocks, rebuild)
    events = ledger.stored_events(records)
    unreadable = [Difference(pk, "history", "damaged", "readable") for pk in damaged]
    return unreadable + [
        difference
        for record in records
        for difference in _differences(record, events[record.clock.pk], now)
    ]


def _differences(record: Record, events: list[ClockEvent], now: datetime) -> Iterator[Difference]:
    clock = record.clock
    record.history.settle(now)
    waits_for_sweep = clock.next_event_at is not None and clock.next_event_at <= now
    stored, rebuilt = ledger.stored(clock), ledger.columns_of(record)
    for name in ledger.COLUMNS:
        if stored[name] != rebuilt[name] and not (waits_for_sweep and name in SWEPT):
            yield Difference(clock.pk, name, stored[name], rebuilt[name])
    missing = [] if waits_for_sweep else ledger.missing(record.cycle.log, events)
    outdated = ledger.outdated(record.cycle.log, events)
    if missing or outdated:
        keys = [event.threshold_key for event in events if event.superseded_at is None]
        yield Difference(clock.pk, EVENTS, keys, list(record.cycle.live))
