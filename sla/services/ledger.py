"""Writing down what a replay says: commands, the columns that cache it, and events."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sla.business_time import to_instant
from sla.models import Clock, ClockCommand, ClockEvent
from sla.replay import Fact
from sla.services import rows
from sla.services.history import Record

COLUMNS = (
    "state",
    "target",
    "target_seconds",
    "calendar",
    "computed_calendar_version",
    "started_at",
    "ended_at",
    "worked_us",
    "running_since",
    "paused_at",
    "pause_reasons",
    "due_at",
    "next_event_at",
    "fired",
    "breached_at",
    "outcome",
    "settle_failures",
)
ATTRIBUTES = {name: rows.column(Clock, name).attname for name in COLUMNS}
EVENT_COLUMNS = (
    "clock",
    "cycle",
    "threshold_key",
    "kind",
    "due_at",
    "effective_at",
    "detected_at",
    "cause",
    "is_notified",
    "superseded_at",
)


class StaleClockError(Exception):
    """A clock was changed by somebody else although its row was thought to be locked."""


def columns_of(record: Record) -> dict[str, Any]:
    """What the columns must be if they are to agree with the replay."""
    cycle = record.cycle
    breach = cycle.breach
    return {
        "state": cycle.state.value,
        "target": record.target.pk,
        "target_seconds": record.target.target_seconds,
        "calendar": record.calendar.pk,
        "computed_calendar_version": record.calendar_version,
        "started_at": _instant(cycle.started),
        "ended_at": _instant(cycle.ended),
        "worked_us": cycle.worked_before,
        "running_since": _instant(cycle.running_since),
        "paused_at": _instant(cycle.paused_since),
        "pause_reasons": list(cycle.pause_reasons),
        "due_at": _instant(cycle.due),
        "next_event_at": _instant(cycle.next_event),
        "fired": len(cycle.live),
        "breached_at": breach.effective_at if breach else None,
        "outcome": cycle.outcome.value if cycle.outcome else "",
        "settle_failures": 0,
    }


def show(record: Record) -> Clock:
    """Set the columns of the clock in memory to what the replay says, and return it."""
    clock = record.clock
    clock.target, clock.calendar = record.target, record.calendar
    for name, value in columns_of(record).items():
        setattr(clock, ATTRIBUTES[name], value)
    return clock


def write(records: Collection[Record], *, now: datetime) -> int:
    """Settle at `now` and write what changed: at most a handful of queries. Return new events."""
    for record in records:
        record.history.settle(now)
    ClockCommand.objects.bulk_create([command for record in records for command in record.new])
    _write_columns(records)
    return _write_events(records, now)


def create(records: Collection[Record], *, now: datetime) -> int:
    """Insert the rows of clocks that were just begun, with their commands."""
    for record in records:
        record.history.settle(now)
    Clock.objects.bulk_create([show(record) for record in records])
    ClockCommand.objects.bulk_create([command for record in records for command in record.new])
    return _write_events(records, now)


def _write_columns(records: Iterable[Record]) -> None:
    changed = [record for record in records if columns_of(record) != stored(record.clock)]
    seen = [(record.clock.pk, record.clock.lock_version) for record in changed]
    values = [columns_of(record).values() for record in changed]
    merged = [(*key, *row) for key, row in zip(seen, values, strict=True)]
    if rows.update_clocks(COLUMNS, merged) != len(changed):
        raise StaleClockError
    for record in changed:
        show(record)
        record.clock.lock_version += 1


def stored(clock: Clock) -> dict[str, Any]:
    """What the columns are."""
    return {name: getattr(clock, attribute) for name, attribute in ATTRIBUTES.items()}


def _instant(moment: int | None) -> datetime | None:
    return None if moment is None else to_instant(moment)


# Events


def _write_events(records: Iterable[Record], now: datetime) -> int:
    """Bring the event rows in line with the logs. A log without facts has no rows to look for."""
    told = [record for record in records if record.cycle.log or record.clock.fired]
    if not told:
        return 0
    known = stored_events(told)
    for record in told:
        _supersede(record, known[record.clock.pk], now)
    fresh = [
        (record, fact)
        for record in told
        for fact in missing(record.cycle.log, known[record.clock.pk])
    ]
    return rows.insert(ClockEvent, EVENT_COLUMNS, [_row(*pair, now) for pair in fresh])


def stored_events(records: Iterable[Record]) -> dict[int, list[ClockEvent]]:
    """Event rows by clock, oldest first; an empty list for a clock without."""
    found: dict[int, list[ClockEvent]] = defaultdict(list)
    ids = [record.clock.pk for record in records]
    for event in ClockEvent.objects.filter(clock__in=ids).order_by("id"):
        found[event.clock_id].append(event)
    return found


def missing(log: Iterable[Fact], stored: Iterable[ClockEvent]) -> list[Fact]:
    """The facts that have no row yet."""
    known = {_identity(event) for event in stored}
    return [fact for fact in log if identity(fact) not in known]


def outdated(log: Iterable[Fact], stored: Iterable[ClockEvent]) -> dict[datetime | None, list[int]]:
    """Live rows that are no longer facts, by the time from which they were not.

    None stands for rows that the history knows nothing of: a sweep was quicker than a command
    with an earlier time.
    """
    ends = {identity(fact): fact.superseded_at for fact in log}
    found: dict[datetime | None, list[int]] = defaultdict(list)
    for event in stored:
        end = ends.get(_identity(event))
        is_fact = _identity(event) in ends and end is None
        if event.superseded_at is None and not is_fact:
            found[end].append(event.pk)
    return found


def _supersede(record: Record, stored: Iterable[ClockEvent], now: datetime) -> None:
    for end, ids in outdated(record.cycle.log, stored).items():
        ClockEvent.objects.filter(pk__in=ids).update(superseded_at=end or now)


def identity(fact: Fact) -> tuple[str, datetime, datetime]:
    return fact.threshold.key, fact.due_at, fact.effective_at


def _identity(event: ClockEvent) -> tuple[str, datetime, datetime]:
    return event.threshold_key, event.due_at, event.effective_at


def _row(record: Record, fact: Fact, now: datetime) -> tuple[Any, ...]:
    return (
        record.clock.pk,
        record.clock.cycle,
        fact.threshold.key,
        fact.threshold.kind.value,
        fact.due_at,
        fact.effective_at,
        now,
        fact.cause.value,
        False,
        fact.superseded_at,
    )
