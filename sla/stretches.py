"""Why time was not counted: a span cut into open stretches and closed ones with their reasons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sla.business_time import (
    Span,
    WorkingCalendar,
    day_span,
    ordinal_of,
    spans_within,
    to_instant,
    to_moment,
)


class Skipped(StrEnum):
    """Why a stretch of time was not counted."""

    NIGHT = "night"
    BREAK = "break"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    SHORT_DAY = "short_day"
    NO_HOURS = "no_hours"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Time that was counted, or skipped for one reason; `name` is the exception's, if any."""

    start: datetime
    end: datetime
    skipped: Skipped | None = None
    name: str = ""

    @property
    def is_counted(self) -> bool:
        return self.skipped is None


def stretches(calendar: WorkingCalendar, start: datetime, end: datetime) -> list[Stretch]:
    """[start, end) without gaps, in order; ValueError if naive or reversed."""
    first, last = to_moment(start), to_moment(end)
    found: list[Stretch] = []
    position = first
    for opening, closing in spans_within(calendar, first, last):
        found += _closed(calendar, position, opening)
        found.append(Stretch(to_instant(opening), to_instant(closing)))
        position = closing
    found += _closed(calendar, position, last)
    return found


def _closed(calendar: WorkingCalendar, start: int, end: int) -> list[Stretch]:
    """A closed stretch cut at midnights, equal neighbours joined again."""
    if end <= start:
        return []
    if not calendar.has_hours:
        return [Stretch(to_instant(start), to_instant(end), Skipped.NO_HOURS)]
    return _joined(_by_date(calendar, start, end))


def _by_date(calendar: WorkingCalendar, start: int, end: int) -> Iterator[Stretch]:
    for ordinal in range(ordinal_of(start) - 2, ordinal_of(end) + 3):
        midnight, next_midnight = day_span(calendar, ordinal)
        piece = max(start, midnight), min(end, next_midnight)
        if piece[1] > piece[0]:
            reason, name = _reason(calendar, ordinal, piece, (midnight, next_midnight))
            yield Stretch(to_instant(piece[0]), to_instant(piece[1]), reason, name)


def _joined(pieces: Iterable[Stretch]) -> list[Stretch]:
    found: list[Stretch] = []
    for piece in pieces:
        if found and (found[-1].skipped, found[-1].name) == (piece.skipped, piece.name):
            found[-1] = replace(found[-1], end=piece.end)
        else:
            found.append(piece)
    return found


def _reason(calendar: WorkingCalendar, ordinal: int, piece: Span, day: Span) -> tuple[Skipped, str]:
    """Why this piece of a local date was closed, with the name of the date's exception."""
    exception = calendar.exception_on(ordinal)
    if exception is not None:
        kind = Skipped.SHORT_DAY if exception.windows else Skipped.HOLIDAY
        return kind, exception.name
    if not calendar.windows_on(ordinal):
        return Skipped.WEEKEND, ""
    return (Skipped.BREAK if _is_between_hours(calendar, piece, day) else Skipped.NIGHT), ""


def _is_between_hours(calendar: WorkingCalendar, piece: Span, day: Span) -> bool:
    """Whether the same date is open before and after: a lunch break, not the night."""
    open_before = spans_within(calendar, day[0], piece[0])
    open_after = spans_within(calendar, piece[1], day[1])
    return bool(open_before and open_after)
