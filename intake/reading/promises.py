"""What a clock says in a few words: on track, due soon, late, paused, kept or missed (ux.md 7.3).

Amounts are working time in the clock's calendar. Clocks are read `with_terms()`.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from intake.models import WorkRequest
from intake.services.lifecycle import PARKED, WAITING
from sla.business_time import SECOND, to_microseconds, to_moment, worked
from sla.metrics import METRICS
from sla.models import Clock
from sla.services import hours

MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
SOON_SHARE = 0.75
SOON_LEFT = 4 * HOUR
WHOSE = {WAITING: "with requester", PARKED: "parked"}
# What we promise, as it follows "We …" and "We promised to …"; {you} is the requester.
PROMISED = {
    "first_reply": "reply to {you} in person",
    "proposal": "propose an approach",
    "next_contact": "write to {you} again",
    "blueprint": "set up the work with {you}",
    "delivery": "deliver the first result",
    "handoff": "hand over the next step",
    "promise": "keep what we agreed",
    "verdict": "decide on the pilot",
}
ANSWER = "answer {you}"
# Of these a request may run several; each says which it is.
NAMED = ("handoff", "promise")


class Chip(NamedTuple):
    """`tone` is a name of parts.css and brings the icon."""

    tone: str
    words: str


def counted(clock: Clock, now: datetime) -> int:
    """Working microseconds that count against the promise by now."""
    if clock.running_since is None or clock.running_since >= now:
        return clock.worked_us
    return clock.worked_us + _working(clock, clock.running_since, now)


def left(clock: Clock, now: datetime) -> int:
    """Working microseconds until the promise is due; negative once it is late."""
    return clock.target_seconds * SECOND - counted(clock, now)


def is_late(clock: Clock, now: datetime) -> bool:
    """Whether an open promise was due before now."""
    is_past = clock.due_at is not None and clock.due_at < now
    return clock.is_open and (clock.is_breached or is_past or left(clock, now) < 0)


def chip_of(clock: Clock, now: datetime) -> Chip:
    """The chip that the PMO sees."""
    match clock.state:
        case Clock.State.RUNNING:
            return _running(clock, now)
        case Clock.State.PAUSED:
            return Chip("paused", _paused(clock, now))
        case Clock.State.STOPPED:
            return _stopped(clock)
        case Clock.State.CANCELLED:
            return Chip("idle", "Not needed any more")
        case _:
            return Chip("idle", f"Starts {METRICS[clock.metric].starts}")


def _running(clock: Clock, now: datetime) -> Chip:
    if clock.due_at is None:
        return Chip("idle", "No working time")
    rest = left(clock, now)
    if clock.due_at < now:
        # Due at closing time, it is late from then on, although no working time has passed.
        return Chip("late", f"Late by {amount_words(clock, -rest)}" if rest else "Late")
    is_soon = rest <= SOON_LEFT or rest <= clock.target_seconds * SECOND * (1 - SOON_SHARE)
    return Chip("soon" if is_soon else "ok", f"{amount_words(clock, rest)} left")


def _paused(clock: Clock, now: datetime) -> str:
    whose = next((WHOSE[reason] for reason in clock.pause_reasons if reason in WHOSE), "")
    spent = _working(clock, clock.paused_at, now) if clock.paused_at else 0
    paused = f"Paused {amount_words(clock, spent)}" if spent >= MINUTE else "Paused"
    return f"{paused}, {whose}" if whose else paused


def _stopped(clock: Clock) -> Chip:
    if clock.outcome == Clock.Outcome.MET:
        return Chip("met", f"Met in {amount_words(clock, clock.worked_us)}")
    over = clock.worked_us - clock.target_seconds * SECOND
    return Chip("missed", f"Missed by {amount_words(clock, over)}")


def _working(clock: Clock, start: datetime, end: datetime) -> int:
    if end <= start:
        return 0
    return worked(hours.timetable(clock.calendar).hours, to_moment(start), to_moment(end))


def used_words(clock: Clock, now: datetime) -> str:
    """How much of the promised time is used, such as "1 d 3 h of 5 d, 28 %"."""
    target, used = clock.target_seconds * SECOND, counted(clock, now)
    of = f"{amount_words(clock, used)} of {amount_words(clock, target)}"
    return f"{of}, {used * 100 // target} %"


def amount_words(clock: Clock, amount: int) -> str:
    """Working microseconds as "1 d 4 h", "6 h" or "20 min", in days of the clock's calendar."""
    length = hours.timetable(clock.calendar).hours.day_length()
    days, rest = divmod(amount, to_microseconds(length)) if length else (0, amount)
    whole, minutes = rest // HOUR, rest % HOUR // MINUTE
    if days:
        return f"{days} d {whole} h" if whole else f"{days} d"
    if whole:
        return f"{whole} h {minutes} min" if minutes and whole < 2 else f"{whole} h"
    return f"{max(minutes, 1)} min"


def next_promise(clocks: Iterable[Clock]) -> Clock | None:
    """The running promise to the requester that is due first."""
    running = [
        clock for clock in clocks if clock.due_at and clock.running_since and is_shown(clock)
    ]
    return min(running, key=lambda clock: (clock.due_at, clock.pk), default=None)


def is_shown(clock: Clock) -> bool:
    """Whether the requester may see this promise."""
    return METRICS[clock.metric].shown_to_requester


def promised(clock: Clock, work: WorkRequest, *, you: str = "you") -> str:
    """What was promised, such as "reply to you in person"; the quick lane promises an answer."""
    if clock.part and clock.metric in NAMED:
        return f"{PROMISED[clock.metric]}, “{clock.part.replace('-', ' ')}”"
    is_answer = clock.metric == "proposal" and work.is_quick
    return (ANSWER if is_answer else PROMISED[clock.metric]).format(you=you)
