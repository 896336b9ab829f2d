"""The rows of the triage queue in words, worked out once for each row (ux.md 5.7).

The template only writes them, since a list of fifty rows is what the PMO looks at all day.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Q, TextField
from django.db.models.functions import Cast

from accounts.date_words import day_hour_words, day_words
from intake.models import Weighing, WorkRequest
from intake.reading.badges import FOR_OTHERS, LOOKS, Badge
from intake.reading.marked import level_words
from intake.reading.promises import HOUR, Chip, chip_of
from intake.reading.queue import Found
from intake.states import Lane, State
from sla.business_time import to_microseconds, to_moment, worked
from sla.metrics import METRICS
from sla.models import BusinessCalendar, Clock
from sla.services import hours

LINE = 90
CUT = " …"
LANES = dict(Lane.choices)
TIERS = {"bronze": "Bronze", "silver": "Silver", "gold": "Gold"}
Urgency = WorkRequest.Urgency


class Row(NamedTuple):
    """One row. `about` says which promise the chip is about, and when it is due."""

    address: str
    number: int
    reference: str
    title: str
    sender: str
    state: Badge
    marks: list[str]
    need: str
    service: str
    tier: str
    tier_words: str
    age: str
    promise: Chip
    about: str
    framing: str
    analyst: str
    tags: Sequence[str]
    is_current: bool


@dataclass(frozen=True)
class Frame:
    """What all rows of a page share. `questions` says how many each lane asks."""

    now: datetime
    base: str
    query: str
    questions: Mapping[str, int]
    tags: Mapping[int, Sequence[str]] = field(default_factory=dict)
    current: int | None = None
    reader: int | None = None


class Clocks(NamedTuple):
    """What a row shows of a request's clocks, and the hours in which the request ages."""

    shown: Clock | None
    reply: Clock | None
    hours: BusinessCalendar


_CLOCK = (
    *("id", "subject_id", "metric", "state", "target_seconds", "calendar_id", "worked_us"),
    *("running_since", "paused_at", "due_at", "ended_at", "breached_at"),
)
_CALENDAR = ("pk", "digest", "version")


def clocks_of(subjects: Collection[int]) -> dict[int, Clocks]:
    """Read the clocks of these subjects in one query, and make a model only of what is shown.

    The first reply is read even when it is over: every request has one, and with it its hours.
    """
    wanted = Q(ended_at__isnull=True) | Q(metric="first_reply")
    found = Clock.objects.filter(wanted, subject__in=subjects).order_by("id")
    columns = [*_CLOCK, Cast("pause_reasons", TextField()), *(f"calendar__{c}" for c in _CALENDAR)]
    by_subject: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for row in found.values_list(*columns):  # type: ignore[arg-type]
        by_subject[row[1]].append(row)
    calendars = {row[-3]: row[-3:] for rows in by_subject.values() for row in rows}
    known = {
        pk: BusinessCalendar(**dict(zip(_CALENDAR, c, strict=True))) for pk, c in calendars.items()
    }
    hours.load(known.values())
    return {subject: _clocks(rows, known) for subject, rows in by_subject.items()}


def _clocks(rows: Sequence[tuple[Any, ...]], known: Mapping[int, BusinessCalendar]) -> Clocks:
    open_ones = [row for row in rows if row[_ENDED] is None]
    running = [row for row in open_ones if row[_DUE] is not None and row[_SINCE] is not None]
    # The one that is due first; where none runs, the first that waits.
    shown = min(running, key=lambda row: (row[_DUE], row[0]), default=None)
    reply = next((row for row in open_ones if row[_METRIC] == "first_reply"), None)
    return Clocks(
        _clock(shown or next(iter(open_ones), None), known),
        _clock(reply, known),
        known[rows[0][-3]],
    )


_METRIC, _SINCE, _DUE, _ENDED = (
    _CLOCK.index(name) for name in ("metric", "running_since", "due_at", "ended_at")
)


def _clock(row: tuple[Any, ...] | None, known: Mapping[int, BusinessCalendar]) -> Clock | None:
    if row is None:
        return None
    clock = Clock(**dict(zip(_CLOCK, row, strict=False)), pause_reasons=json.loads(row[-4]))
    clock.calendar = known[clock.calendar_id]
    return clock


def rows_of(found: Iterable[Found], clocks: Mapping[int, Clocks], frame: Frame) -> list[Row]:
    return [_row(one, clocks.get(one.subject_id), frame) for one in found]


def _row(one: Found, clocks: Clocks | None, frame: Frame) -> Row:
    clock = clocks.shown if clocks else None
    reference = reference_of(one.number)
    return Row(
        address=f"{frame.base}{reference}/{frame.query}",
        number=one.number,
        reference=reference,
        title=one.title,
        sender=_sender(one),
        state=_state(one, frame.now),
        marks=_marks(one, frame.reader),
        need=_need(one),
        service=one.service or "",
        tier=one.tier or "",
        tier_words=f"{TIERS[one.tier]} · {one.tier_words}" if one.tier else "",
        age=_age(one, clocks.hours if clocks else None, frame.now),
        promise=chip_of(clock, frame.now) if clock else Chip("idle", "No promise runs"),
        about=_about(clock, frame.now),
        framing=_framing(one, frame.questions),
        analyst=one.analyst or "Unclaimed",
        tags=frame.tags.get(one.pk, ()),
        is_current=one.pk == frame.current,
    )


def reference_of(number: int) -> str:
    return f"{settings.REFERENCE_PREFIX}-{number:04d}"


def _sender(one: Found) -> str:
    return " · ".join(filter(None, (one.requester, one.department, LANES.get(one.lane))))


def _state(one: Found, now: datetime) -> Badge:
    if one.waiting_since:
        return Badge("paused", "question", "Waiting for requester")
    state = State(one.state)
    words = FOR_OTHERS.get(state, str(state.label))
    if state == State.PARKED and one.parked_until:
        words = f"Parked until {day_words(one.parked_until, now=now)}"
    return Badge(*LOOKS[state], words)


def _marks(one: Found, reader: int | None) -> list[str]:
    said = (
        (one.requester_id == reader, "your own"),
        (one.urgency == Urgency.ASKED, "urgent asked"),
        (one.urgency == Urgency.ACCEPTED, "urgent"),
        (one.new_answer_at is not None, "new answer"),
        (one.returned_at is not None, "back from park"),
        (one.raised_by_id is not None, "on behalf"),
        (one.priority == Weighing.Priority.FIRST, "work on it first"),
        (one.priority == Weighing.Priority.LATER, "can wait"),
    )
    level = level_words(one.solution_level)
    return [words for is_so, words in said if is_so] + ([level] if level else [])


def _need(one: Found) -> str:
    """The agreed need, else what their own words add to the title."""
    agreed = _cut(" ".join(one.need_start.split()))
    return agreed or said_more(one.ask_start, one.title)


def said_more(ask: str, title: str) -> str:
    """What they said after the sentence that became the title, in one line."""
    head = title.removesuffix(CUT)
    rest = ask.strip().removeprefix(head) if head else ask
    return _cut(" ".join(rest.split()).lstrip(".,;:!?… "))


def _cut(text: str) -> str:
    if len(text) <= LINE:
        return text
    return text[:LINE].rsplit(" ", 1)[0].rstrip(",;:") + CUT


def _age(one: Found, calendar: BusinessCalendar | None, now: datetime) -> str:
    """Working days since it was received, in the hours of its own clocks."""
    if calendar is None or one.received_at >= now:
        return ""
    spent = worked(hours.timetable(calendar).hours, to_moment(one.received_at), to_moment(now))
    length = hours.timetable(calendar).hours.day_length()
    days = spent // to_microseconds(length) if length else 0
    return f"{days} d" if days else f"{spent // HOUR} h"


def _about(clock: Clock | None, now: datetime) -> str:
    if clock is None:
        return ""
    name = METRICS[clock.metric].name
    return f"{name}, {day_hour_words(clock.due_at, now=now)}" if clock.due_at else name


def _framing(one: Found, questions: Mapping[str, int]) -> str:
    """How many of the lane's questions are answered. Who asks for urgency is asked one more."""
    asked = questions.get(one.lane, 0) + (one.urgency != Urgency.NONE)
    return f"{one.framed} of {max(asked, one.framed)}"


class Line(NamedTuple):
    """An urgent request in the band above the list."""

    address: str
    reference: str
    title: str
    requester: str
    promise: Chip | None


def band_of(found: Iterable[Found], clocks: Mapping[int, Clocks], frame: Frame) -> list[Line]:
    return [_line(one, clocks.get(one.subject_id), frame) for one in found]


def _line(one: Found, clocks: Clocks | None, frame: Frame) -> Line:
    """The two-hour clock of the first reply counts here, as long as nobody replied."""
    clock = (clocks.reply or clocks.shown) if clocks else None
    reference = reference_of(one.number)
    address = f"{frame.base}{reference}/{frame.query}"
    chip = chip_of(clock, frame.now) if clock else None
    return Line(address, reference, one.title, one.requester, chip)
