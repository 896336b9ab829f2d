"""How a date is worked out, as the rows of a table: what was counted and what is still to come."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sla.models import Clock
from sla.services import hours
from sla.services.explain import REASONS, Explanation
from sla.stretches import Stretch, stretches

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
FARTHEST = timedelta(days=120)


class Row(NamedTuple):
    """From, to, what was counted, or why nothing was."""

    start: datetime
    end: datetime
    ends_elsewhere: bool
    counted: str
    reason: str


@dataclass(frozen=True)
class Account:
    """Rows up to now and rows until the date, with what they add up to."""

    past: list[Row]
    ahead: list[Row]
    counted: str
    promised: str
    rest: str
    is_over: bool


def account_of(clock: Clock, explained: Explanation, *, now: datetime) -> Account:
    zone = ZoneInfo(explained.zone)
    past = [_row(span.start, span.end, span.counted, span.reason, zone) for span in explained.spans]
    return Account(
        past=past,
        ahead=[_coming(stretch, zone) for stretch in _until_due(clock, now)],
        counted=length_words(explained.elapsed),
        promised=length_words(explained.target),
        rest=length_words(abs(explained.left)),
        is_over=explained.left < timedelta(0),
    )


def _until_due(clock: Clock, now: datetime) -> list[Stretch]:
    """What lies before a running clock; for dates very far away only the sum is told."""
    if clock.state != Clock.State.RUNNING or clock.due_at is None:
        return []
    start = max(now, clock.running_since or now)
    if not start < clock.due_at <= start + FARTHEST:
        return []
    return stretches(hours.timetable(clock.calendar).hours, start, clock.due_at)


def _coming(stretch: Stretch, zone: ZoneInfo) -> Row:
    why = "" if stretch.skipped is None else stretch.name or REASONS[stretch.skipped]
    counted = stretch.end - stretch.start if stretch.is_counted else timedelta(0)
    return _row(stretch.start, stretch.end, counted, why, zone)


def _row(start: datetime, end: datetime, counted: timedelta, reason: str, zone: ZoneInfo) -> Row:
    return Row(
        start=start,
        end=end,
        ends_elsewhere=start.astimezone(zone).date() != end.astimezone(zone).date(),
        counted="" if reason else length_words(counted),
        reason=reason[:1].upper() + reason[1:],
    )


def length_words(length: timedelta) -> str:
    """Working time as "12 h 30 min", to the second, so that rows add up; "0 min" for none."""
    hour, rest = divmod((length + SECOND / 2) // SECOND * SECOND, HOUR)
    minute, rest = divmod(rest, MINUTE)
    parts = ((hour, "h"), (minute, "min"), (rest // SECOND, "s"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "0 min"
