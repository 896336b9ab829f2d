"""Carrying a correction of a calendar to the open clocks that are measured in it (sla-spec 5.2)."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import connection, transaction

from sla.business_time import to_instant
from sla.calendar_document import compile_calendar
from sla.models import BusinessCalendar, Clock, Subject
from sla.replay import Act, Command
from sla.services import ledger
from sla.services.clocks import catch_up
from sla.services.damage import put_off, spare
from sla.services.history import Record, rebuild
from sla.terms import Change, Timetable

logger = logging.getLogger(__name__)
BATCH = 500


@dataclass(frozen=True)
class Preview:
    """What a correction would do to open clocks, shown before it is saved."""

    open: int = 0
    moved: int = 0
    newly_breached: int = 0
    no_longer_breached: int = 0

    def __add__(self, other: Preview) -> Preview:
        return Preview(
            self.open + other.open,
            self.moved + other.moved,
            self.newly_breached + other.newly_breached,
            self.no_longer_breached + other.no_longer_breached,
        )


def preview_correction(
    calendar: BusinessCalendar, hours_document: Mapping[str, Any], *, now: datetime
) -> Preview:
    """Count what would change if the calendar had these hours; ValueError for hours that are none.

    Writes nothing.
    """
    change = Change(timetable=Timetable(calendar.pk, compile_calendar(hours_document)))
    total = Preview()
    for clocks in _in_batches(calendar):
        for record in rebuild(clocks):
            total += _preview(record, change, now)
    return total


def _preview(record: Record, change: Change, now: datetime) -> Preview:
    history = record.history
    history.settle(now)
    due, was_breached = history.current.due, history.current.breach is not None
    history.apply(record.count + 1, Command(Act.CALENDAR, now, change=change))
    is_breached = history.current.breach is not None
    return Preview(
        open=1,
        moved=int(history.current.due != due),
        newly_breached=int(is_breached and not was_breached),
        no_longer_breached=int(was_breached and not is_breached),
    )


def _in_batches(calendar: BusinessCalendar) -> Iterator[list[Clock]]:
    last = 0
    clocks = Clock.objects.filter(calendar=calendar).open().with_terms().order_by("id")
    while batch := list(clocks.filter(pk__gt=last)[:BATCH]):
        yield batch
        last = batch[-1].pk


def apply_corrections(*, now: datetime) -> int:
    """Bring every open clock up to its calendar's newest version; return how many were behind.

    May be interrupted and run again, also twice at once: a clock that was reached is not behind.
    """
    last = reached = 0
    while ids := _apply_batch(now, last):
        last = ids[-1]
        reached += len(ids)
    return reached


@transaction.atomic
def _apply_batch(now: datetime, last: int) -> list[int]:
    """Correct the next clocks by id; one that is damaged is left for the next run."""
    clocks = _lock_behind(last)
    before = {clock.pk: clock.due_at for clock in clocks}
    if clocks:
        records, failed = spare(clocks, partial(_caught_up, now=now))
        ledger.write(records, now=now)
        put_off(failed, now)
        _flag_moved(records, before)
    return list(before)


def _caught_up(clocks: Sequence[Clock], *, now: datetime) -> list[Record]:
    records = rebuild(clocks)
    catch_up(records, before=now)
    return records


def _flag_moved(records: Iterable[Record], before: Mapping[int, datetime | None]) -> None:
    moved = {record.clock.subject_id for record in records if _has_moved(record, before)}
    Subject.objects.filter(pk__in=moved).update(dates_changed=True)


def _lock_behind(last: int) -> list[Clock]:
    behind = Clock.objects.behind_their_calendar().filter(pk__gt=last)
    if connection.features.has_select_for_update_skip_locked:
        behind = behind.select_for_update(skip_locked=True, of=("self",))
    return list(behind.with_terms().order_by("id")[:BATCH])


def _has_moved(record: Record, before: Mapping[int, datetime | None]) -> bool:
    due = record.cycle.due
    return before[record.clock.pk] != (None if due is None else to_instant(due))


def ring() -> None:
    """Tell the worker that a calendar was corrected; best effort, since each sweep looks too."""
    if not settings.REDIS_URL:
        return
    try:
        current_app.send_task("sla.tasks.apply_corrections", expires=settings.SWEEP_INTERVAL)
    except Exception:  # noqa: BLE001 - a broker that is away must never fail the act that rang
        logger.warning("The broker does not answer; the next sweep finds the correction.")
