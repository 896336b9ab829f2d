"""Recording thresholds that time has passed. May run anywhere, any number at once (sla-spec 7).

A batch is one short transaction: claim due clocks, settle them, write their events. What is due
is known from a clock's columns alone as long as its calendar has not been corrected since;
otherwise the clock is replayed.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import DatabaseError, OperationalError, connection, transaction
from django.db.models import Q, QuerySet

from audit.services import beat
from sla.models import Clock, ClockEvent
from sla.services import ledger, rows
from sla.services.clocks import catch_up
from sla.services.damage import put_off, spare
from sla.services.events import claim_unnotified, mark_notified
from sla.services.history import Record, rebuild
from sla.services.settling import Due, Settled, Settler

__all__ = ["after_batch", "claim_unnotified", "mark_notified", "sweep"]

logger = logging.getLogger(__name__)
HEARTBEAT = "sweep"
COLUMNS = ("next_event_at", "fired", "breached_at")

# Called after each batch, outside its transaction, with the sweep's moment. Apps above register
# what they do about events when they are ready; an event waits for them in its own row.
after_batch: list[Callable[[datetime], object]] = []


def sweep(*, now: datetime, batch: int = 500, limit: int | None = None) -> int:
    """Record every threshold that is a fact by `now`, of at most `limit` clocks.

    Return the number of events recorded. Outside any transaction; `now` is the database's.
    """
    run = Run(now)
    recorded = seen = 0
    while limit is None or seen < limit:
        size = batch if limit is None else min(batch, limit - seen)
        found, events = run.next_batch(size)
        recorded += events
        seen += found
        _tell(now)
        if found < size:
            break
    beat(HEARTBEAT, at=now)
    return recorded


def _tell(now: datetime) -> None:
    for listener in after_batch:
        try:
            listener(now)
        except Exception:
            # The events wait in their rows; those of other clocks must not.
            logger.exception("What follows a sweep failed; it is tried again after the next one.")


class Run:
    """One sweep: its moment, and the last clock that was looked at."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._settler = Settler(now)
        self._last: Due | None = None

    def next_batch(self, size: int) -> tuple[int, int]:
        """Settle the next due clocks; return how many were looked at and how many events."""
        due = self._due()
        try:
            with transaction.atomic():
                return self._settle_batch(due, size)
        except OperationalError:
            raise
        except DatabaseError:
            logger.exception("A batch could not be written; its clocks are settled one by one.")
            return self._one_by_one(list(due.values_list("pk", flat=True)[:size]))

    def _one_by_one(self, ids: list[int]) -> tuple[int, int]:
        return len(ids), sum(self._settle_alone(pk) for pk in ids)

    def _settle_alone(self, pk: int) -> int:
        try:
            with transaction.atomic():
                return self._settle_batch(Clock.objects.filter(pk=pk), 1)[1]
        except OperationalError:
            raise
        except DatabaseError:
            logger.exception("Clock %s could not be settled.", pk)
            put_off([pk], self.now)
            return 0

    def _due(self) -> QuerySet[Clock]:
        """Due clocks behind the last one seen: one with nothing to do is not looked at twice.

        Only running clocks have a next event; the index is on that column.
        """
        due = Clock.objects.filter(next_event_at__lte=self.now).order_by("next_event_at", "id")
        if self._last is None:
            return due
        at, pk = self._last.next_event_at, self._last.id
        return due.filter(next_event_at__gte=at).filter(Q(next_event_at__gt=at) | Q(pk__gt=pk))

    def _settle_batch(self, due: QuerySet[Clock], size: int) -> tuple[int, int]:
        claimed = self._claim(due, size)
        if not claimed:
            return 0, 0
        self._last = claimed[-1]
        return len(claimed), self._write(self._settler.settle_all(claimed))

    def _claim(self, due: QuerySet[Clock], size: int) -> list[Due]:
        """Lock rows, leaving those that somebody else works on. On SQLite the transaction does."""
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        return [Due(*row) for row in due.values_list(*Due._fields)[:size]]

    def _write(self, settled: Settled) -> int:
        if rows.update_clocks(COLUMNS, settled.clocks) != len(settled.clocks):
            raise ledger.StaleClockError
        recorded = rows.insert(ClockEvent, ledger.EVENT_COLUMNS, settled.events)
        recorded += self._replay(settled)
        put_off(settled.failed, self.now)
        return recorded

    def _replay(self, settled: Settled) -> int:
        if not settled.to_replay:
            return 0
        clocks = Clock.objects.filter(pk__in=settled.to_replay).with_terms()
        records, failed = spare(list(clocks), self._settled_by_replay)
        settled.failed += failed
        return ledger.write(records, now=self.now)

    def _settled_by_replay(self, clocks: Sequence[Clock]) -> list[Record]:
        records = rebuild(clocks)
        catch_up(records, before=self.now)
        for record in records:
            record.history.settle(self.now)
        return records
