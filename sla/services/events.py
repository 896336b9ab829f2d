"""Handing recorded events to whoever tells people: the event row is the duty (promises.md 4)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from sla.models import ClockEvent, SlaTarget

COLUMNS = (
    "pk",
    "cycle",
    "threshold_key",
    "kind",
    "due_at",
    "cause",
    "clock_id",
    "clock__subject_id",
    "clock__target_id",
)


@dataclass(frozen=True, slots=True)
class Fact:
    """What telling needs of an event: rows of models would be a third of the cost of a sweep."""

    pk: int
    cycle: int
    threshold_key: str
    kind: str
    due_at: datetime
    cause: str
    clock_id: int
    subject_id: int
    target: SlaTarget


def claim_unnotified(limit: int) -> list[Fact]:
    """Lock the oldest facts that nobody was told of for this transaction.

    On PostgreSQL rows that another worker holds are skipped; on SQLite the transaction itself
    keeps others out.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("claim events in the transaction that tells")
    events = ClockEvent.objects.unnotified()
    if connection.features.has_select_for_update_skip_locked:
        events = events.select_for_update(skip_locked=True, of=("self",))
    found = list(events.values_list(*COLUMNS)[:limit])
    # Few targets, many events: each target once.
    targets = SlaTarget.objects.in_bulk({row[-1] for row in found}) if found else {}
    return [Fact(*[*row[:-1], targets[row[-1]]]) for row in found]


def mark_notified(ids: Collection[int]) -> int:
    """Note that what these events owe is written down; return how many that is news for."""
    return ClockEvent.objects.filter(pk__in=ids, is_notified=False).update(is_notified=True)
