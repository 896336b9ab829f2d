"""Working time: how much of it lies between two instants, and when an amount is used up.

Pure: knows neither Django nor what time it is. All arithmetic is on integer microseconds since
1970 in UTC; a wall clock is only read to turn opening hours into instants (sla-spec part 1).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
LAST_ORDINAL = date.max.toordinal()
SECOND = 1_000_000
DAY_SECONDS = 86_400
DAY = DAY_SECONDS * SECOND
SEARCH_LIMIT = 7305 * DAY  # sla-spec 1.5: no answer within 20 years means never
BLOCK_DAYS = 366
BLOCK = BLOCK_DAYS * DAY

Span = tuple[int, int]
Window = tuple[int, int]  # seconds of the day; an end before the start lies on the next date
Windows = tuple[Window, ...]


@dataclass(frozen=True, slots=True)
class DayException:
    """The hours of one date, in place of its weekday's. No windows: closed."""

    name: str
    windows: Windows


class Block(NamedTuple):
    """The open spans of a fixed stretch of about a year, with running totals."""

    opens: list[int]
    closes: list[int]
    before: list[int]  # working time in the block before each opening
    through: list[int]  # … and up to each closing
    total: int

    def worked_until(self, moment: int) -> int:
        index = bisect_right(self.opens, moment) - 1
        if index < 0:
            return 0
        return self.before[index] + min(moment, self.closes[index]) - self.opens[index]

    def moment_of(self, worked: int) -> int:
        """The earliest moment by which `worked` (above 0, at most the total) is used up."""
        index = bisect_left(self.through, worked)
        return self.opens[index] + worked - self.before[index]


@dataclass(frozen=True)
class WorkingCalendar:
    """Opening hours in a time zone: seven weekdays and the dates that differ. Never changes."""

    zone: ZoneInfo
    weekly: tuple[Windows, ...]
    exceptions: Mapping[date, DayException]
    _by_ordinal: dict[int, DayException] = field(init=False, repr=False, compare=False)
    _blocks: dict[int, Block] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        ordinals = {day.toordinal(): rule for day, rule in self.exceptions.items()}
        object.__setattr__(self, "_by_ordinal", ordinals)

    @cached_property
    def has_hours(self) -> bool:
        every = (*self.weekly, *(rule.windows for rule in self.exceptions.values()))
        return any(start != end for windows in every for start, end in windows)

    def day_length(self) -> timedelta | None:
        """The length of a working day, or None where weekdays with hours differ in length."""
        totals = {sum(_length(window) for window in day) for day in self.weekly}
        lengths = totals - {0}
        return timedelta(seconds=lengths.pop()) if len(lengths) == 1 else None

    def windows_on(self, ordinal: int) -> Windows:
        rule = self._by_ordinal.get(ordinal)
        return self.weekly[(ordinal - 1) % 7] if rule is None else rule.windows

    def exception_on(self, ordinal: int) -> DayException | None:
        return self._by_ordinal.get(ordinal)

    def instant(self, ordinal: int, second: int) -> int:
        """The moment at which the wall clock shows this second of this date (sla-spec 1.3).

        With fold=0 `zoneinfo` takes the first of two readings, and the offset from before the
        jump for a time that the clock never shows.
        """
        if second == DAY_SECONDS:
            ordinal, second = ordinal + 1, 0
        wall = datetime.fromordinal(ordinal).replace(tzinfo=self.zone) + timedelta(seconds=second)
        offset = wall.utcoffset() or timedelta()
        return (ordinal - EPOCH_ORDINAL) * DAY + second * SECOND - to_microseconds(offset)

    def block(self, index: int) -> Block:
        found = self._blocks.get(index)
        if found is None:
            found = self._blocks[index] = _compile(self, index)
        return found


def _length(window: Window) -> int:
    start, end = window
    return end - start if end >= start else DAY_SECONDS - start + end


def load_zone(name: str) -> ZoneInfo:
    """Return the IANA zone; raise ValueError for a name that is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError) as error:
        raise ValueError(f"{name!r} is not a time zone") from error


def wall_instant(zone: ZoneInfo, wall: datetime) -> datetime:
    """The instant at which a clock in the zone first shows `wall`; ValueError if it is aware."""
    if wall.tzinfo is not None:
        raise ValueError("a wall time has no offset")
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)


def to_microseconds(duration: timedelta) -> int:
    return (duration.days * DAY_SECONDS + duration.seconds) * SECOND + duration.microseconds


def to_moment(instant: datetime) -> int:
    """Microseconds since 1970; raise ValueError for a naive datetime."""
    try:
        return to_microseconds(instant - EPOCH)
    except TypeError:
        raise ValueError("a naive datetime is not an instant") from None


def to_instant(moment: int) -> datetime:
    return EPOCH + timedelta(microseconds=moment)


def working_time_between(calendar: WorkingCalendar, start: datetime, end: datetime) -> timedelta:
    """Working time in [start, end), exact; ValueError if naive or reversed (sla-spec 1.4)."""
    return timedelta(microseconds=worked(calendar, to_moment(start), to_moment(end)))


def add_working_time(
    calendar: WorkingCalendar, start: datetime, duration: timedelta
) -> datetime | None:
    """The earliest instant by which `duration` is used up, or None for never (sla-spec 1.5).

    Raise ValueError for a naive start or a negative duration.
    """
    moment = reach(calendar, to_moment(start), to_microseconds(duration))
    return None if moment is None else to_instant(moment)


def worked(calendar: WorkingCalendar, start: int, end: int) -> int:
    """`working_time_between` in microseconds."""
    if end < start:
        raise ValueError("the end lies before the start")
    first, last = start // BLOCK, end // BLOCK
    opening = calendar.block(first)
    if first == last:
        return opening.worked_until(end) - opening.worked_until(start)
    between = sum(calendar.block(index).total for index in range(first + 1, last))
    rest = opening.total - opening.worked_until(start)
    return rest + between + calendar.block(last).worked_until(end)


def reach(calendar: WorkingCalendar, start: int, duration: int) -> int | None:
    """`add_working_time` in microseconds."""
    if duration < 0:
        raise ValueError("a duration is not negative")
    if duration == 0:
        return start
    if not calendar.has_hours:
        return None
    index = start // BLOCK
    wanted = calendar.block(index).worked_until(start) + duration
    while index * BLOCK <= start + SEARCH_LIMIT:
        block = calendar.block(index)
        if wanted <= block.total:
            moment = block.moment_of(wanted)
            return moment if moment - start <= SEARCH_LIMIT else None
        wanted -= block.total
        index += 1
    return None


def working_spans(
    calendar: WorkingCalendar, start: datetime, end: datetime
) -> list[tuple[datetime, datetime]]:
    """The open spans in [start, end) as instants, in order, none touching the next."""
    spans = spans_within(calendar, to_moment(start), to_moment(end))
    return [(to_instant(opening), to_instant(closing)) for opening, closing in spans]


def day_span(calendar: WorkingCalendar, ordinal: int) -> Span:
    """From the date's 00:00 to the next date's; empty for a date that the zone left out."""
    return calendar.instant(ordinal, 0), calendar.instant(ordinal, DAY_SECONDS)


def ordinal_of(moment: int) -> int:
    """The UTC date of a moment, as a proleptic ordinal; local dates are at most two away."""
    return moment // DAY + EPOCH_ORDINAL


def merged(spans: Iterable[Span]) -> Iterator[Span]:
    """Sorted spans with overlapping and touching ones joined and empty ones left out."""
    opening, closing = 0, -1
    for start, end in sorted(span for span in spans if span[1] > span[0]):
        if closing < opening:
            opening, closing = start, end
        elif start <= closing:
            closing = max(closing, end)
        else:
            yield opening, closing
            opening, closing = start, end
    if closing > opening:
        yield opening, closing


def spans_within(calendar: WorkingCalendar, start: int, end: int) -> list[Span]:
    """The open spans of [start, end); raise ValueError if reversed."""
    if end < start:
        raise ValueError("the end lies before the start")
    found: list[Span] = []
    for index in range(start // BLOCK, end // BLOCK + 1):
        block = calendar.block(index)
        found += zip(block.opens, block.closes, strict=True)
    return list(merged(_cut(span, start, end) for span in found))


def _cut(span: Span, start: int, end: int) -> Span:
    return max(span[0], start), min(span[1], end)


def _compile(calendar: WorkingCalendar, index: int) -> Block:
    start, end = index * BLOCK, (index + 1) * BLOCK
    # A date begins at most 16 hours from its UTC midnight, and a zone may jump by a day.
    first = max(ordinal_of(start) - 2, 2)
    last = min(ordinal_of(end) + 2, LAST_ORDINAL - 1)
    pieces = (
        _cut(piece, start, end) for day in range(first, last) for piece in _day(calendar, day)
    )
    spans = list(merged(pieces))
    through = list(accumulate(closing - opening for opening, closing in spans))
    return Block(
        opens=[opening for opening, _ in spans],
        closes=[closing for _, closing in spans],
        before=[0, *through[:-1]],
        through=through,
        total=through[-1] if through else 0,
    )


def _day(calendar: WorkingCalendar, ordinal: int) -> Iterator[Span]:
    """The open pieces of one local date, cut to that date (sla-spec 1.2 and 1.3)."""
    hours = list(_hours_of(calendar, ordinal))
    if not hours:
        return
    midnight, next_midnight = day_span(calendar, ordinal)
    for start, end in hours:
        span = calendar.instant(ordinal, start), calendar.instant(ordinal, end)
        yield _cut(span, midnight, next_midnight)


def _hours_of(calendar: WorkingCalendar, ordinal: int) -> Iterator[Window]:
    """The hours that lie on a date: its own windows, and the tail of the night before."""
    for start, end in calendar.windows_on(ordinal):
        if end > start:
            yield start, end
        elif end < start:
            yield start, DAY_SECONDS
    # An exception governs its whole date, so no tail reaches into it.
    if calendar.exception_on(ordinal) is None:
        for start, end in calendar.windows_on(ordinal - 1):
            if end < start:
                yield 0, end
