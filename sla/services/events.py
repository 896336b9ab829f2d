"""Handing recorded events to whoever tells people: the event row is the duty (promises.md 4)."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection, transaction

from sla.models import ClockEvent, SlaTarget

NEEDED = (
    "cycle",
    "threshold_key",
    "kind",
    "due_at",
    "cause",
    "clock__subject_id",
    "clock__target_id",
)


def claim_unnotified(limit: int) -> list[ClockEvent]:
    """Lock the oldest facts that nobody was told of, with their clocks, for this transaction.

    On PostgreSQL rows that another worker holds are skipped; on SQLite the transaction itself
    keeps others out.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("claim events in the transaction that tells")
    # Few targets, many events: only what telling needs is read, and each target once.
    events = ClockEvent.objects.unnotified().select_related("clock").only(*NEEDED)
    if connection.features.has_select_for_update_skip_locked:
        events = events.select_for_update(skip_locked=True, of=("self",))
    return _with_targets(list(events[:limit]))


def _with_targets(events: list[ClockEvent]) -> list[ClockEvent]:
    targets = SlaTarget.objects.in_bulk({event.clock.target_id for event in events})
    for event in events:
        event.clock.target = targets[event.clock.target_id]
    return events


def mark_notified(ids: Collection[int]) -> int:
    """Note that what these events owe is written down; return how many that is news for."""
    return ClockEvent.objects.filter(pk__in=ids, is_notified=False).update(is_notified=True)
