"""Working time against a brute-force oracle, and what must hold for any calendar."""

from datetime import UTC, date, datetime, timedelta
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sla.business_time import (
    DayException,
    WorkingCalendar,
    add_working_time,
    load_zone,
    to_instant,
    to_moment,
    wall_instant,
    working_spans,
    working_time_between,
)
from sla.calendar_document import WEEKDAYS, compile_calendar
from tests.sla import oracle

# Zones with the dates around which their clocks did something.
NIGHTS = {
    "Europe/Berlin": ["2025-03-30", "2025-10-26"],
    "Europe/London": ["2025-03-30", "2025-10-26"],
    "Europe/Dublin": ["2025-03-30", "2025-10-26"],
    "America/New_York": ["2025-03-09", "2025-11-02"],
    "America/St_Johns": ["2025-03-09", "2025-11-02", "2010-03-14", "2010-11-07"],
    "Australia/Lord_Howe": ["2025-04-06", "2025-10-05"],
    "Africa/Cairo": ["2025-04-25", "2025-10-31"],
    "America/Havana": ["2025-03-09", "2025-11-02"],
    "Africa/Casablanca": ["2025-02-23", "2025-04-06"],
    "America/Nuuk": ["2025-03-29", "2025-10-26"],
    "America/Sao_Paulo": ["2018-02-18", "2018-11-04"],
    "Asia/Kolkata": ["2025-06-02"],
    "Pacific/Apia": ["2011-12-30", "2012-04-01"],
    "UTC": ["2025-02-28"],
}
MINUTES = st.integers(min_value=0, max_value=24 * 60)
WINDOWS = st.lists(st.tuples(st.integers(0, 24 * 60 - 1), MINUTES), max_size=3)
UNHURRIED = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


def in_seconds(windows: oracle.Windows) -> tuple[tuple[int, int], ...]:
    return tuple((start * 60, end * 60) for start, end in windows)


def build(
    zone: ZoneInfo, weekly: dict[int, oracle.Windows], exceptions: dict[date, oracle.Windows]
) -> WorkingCalendar:
    return WorkingCalendar(
        zone,
        tuple(in_seconds(weekly.get(day, [])) for day in range(7)),
        {day: DayException("", in_seconds(windows)) for day, windows in exceptions.items()},
    )


@pytest.mark.parametrize(
    ("name", "night"), [(name, night) for name, nights in NIGHTS.items() for night in nights]
)
@given(
    weekly=st.dictionaries(st.integers(0, 6), WINDOWS, min_size=5),
    exceptions=st.dictionaries(st.integers(-2, 2), WINDOWS, max_size=2),
)
@UNHURRIED
def test_agrees_with_a_walk_minute_by_minute(
    name: str,
    night: str,
    weekly: dict[int, oracle.Windows],
    exceptions: dict[int, oracle.Windows],
) -> None:
    zone, middle = ZoneInfo(name), date.fromisoformat(night)
    special = {middle + timedelta(days=off): windows for off, windows in exceptions.items()}
    calendar = build(zone, weekly, special)
    days = [middle + timedelta(days=off) for off in range(-3, 4)]
    expected = oracle.open_minutes(zone, weekly, special, days)
    start, end = oracle.instant(zone, days[0], 0), oracle.instant(zone, days[-1], 24 * 60)
    spans = working_spans(calendar, start, end)
    found = {
        opening + oracle.MINUTE * number
        for opening, closing in spans
        for number in range((closing - opening) // oracle.MINUTE)
    }
    assert found == expected
    assert working_time_between(calendar, start, end) == oracle.MINUTE * len(expected)


MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
CALENDARS = st.builds(
    build,
    st.sampled_from(sorted(NIGHTS)).map(ZoneInfo),
    st.dictionaries(st.integers(0, 6), WINDOWS, min_size=1),
    st.dictionaries(st.dates(date(2024, 1, 1), date(2027, 1, 1)), WINDOWS, max_size=4),
)
DURATIONS = st.timedeltas(timedelta(0), timedelta(days=40))


@given(CALENDARS, st.lists(MOMENTS, min_size=3, max_size=3).map(sorted))
@UNHURRIED
def test_is_additive(calendar: WorkingCalendar, moments: list[datetime]) -> None:
    first, middle, last = moments
    whole = working_time_between(calendar, first, last)
    parts = working_time_between(calendar, first, middle) + working_time_between(
        calendar, middle, last
    )
    assert whole == parts


@given(CALENDARS, MOMENTS, DURATIONS)
@UNHURRIED
def test_adding_is_the_inverse_of_measuring_and_minimal(
    calendar: WorkingCalendar, start: datetime, duration: timedelta
) -> None:
    end = add_working_time(calendar, start, duration)
    if end is None:
        later = start + timedelta(days=7305)
        assert working_time_between(calendar, start, later) < duration
        return
    assert working_time_between(calendar, start, end) == duration
    if duration:
        just_before = end - timedelta(microseconds=1)
        assert working_time_between(calendar, start, just_before) < duration
    else:
        assert end == start


@given(st.sampled_from(sorted(NIGHTS)), st.lists(MOMENTS, min_size=2, max_size=2).map(sorted))
@UNHURRIED
def test_round_the_clock_is_real_time(name: str, moments: list[datetime]) -> None:
    always = build(ZoneInfo(name), {day: [(0, 24 * 60)] for day in range(7)}, {})
    assert working_time_between(always, *moments) == moments[1] - moments[0]


@pytest.mark.parametrize(
    ("name", "wall", "expected"),
    [
        ("Europe/Berlin", "2025-03-30T02:30", "2025-03-30T01:30"),
        ("Europe/Berlin", "2025-10-26T02:30", "2025-10-26T00:30"),
        ("Europe/Dublin", "2025-10-26T01:30", "2025-10-26T00:30"),
        ("Africa/Cairo", "2025-04-25T00:00", "2025-04-24T22:00"),
        ("America/Havana", "2025-11-02T00:30", "2025-11-02T04:30"),
        ("Australia/Lord_Howe", "2025-10-05T02:15", "2025-10-04T15:45"),
        ("America/Nuuk", "2025-03-29T23:30", "2025-03-30T01:30"),
        ("Africa/Casablanca", "2025-04-06T02:30", "2025-04-06T02:30"),
        ("Pacific/Apia", "2011-12-30T12:00", "2011-12-30T22:00"),
    ],
)
def test_a_wall_time_that_is_skipped_or_shown_twice(name: str, wall: str, expected: str) -> None:
    found = wall_instant(load_zone(name), datetime.fromisoformat(wall))
    assert found == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def test_the_date_that_samoa_left_out_has_no_hours() -> None:
    weekdays = {day: [(540, 1020)] for day in range(7)}
    apia = build(ZoneInfo("Pacific/Apia"), weekdays, {})
    start = datetime.fromisoformat("2011-12-29T00:00-10:00")
    end = datetime.fromisoformat("2012-01-01T00:00+14:00")
    assert working_time_between(apia, start, end) == timedelta(hours=16)


@pytest.mark.parametrize(
    ("name", "night", "hours"),
    [
        ("Europe/Berlin", "2025-03-30", 23),
        ("Europe/Berlin", "2025-10-26", 25),
        ("Australia/Lord_Howe", "2025-10-05", 23.5),
        ("Australia/Lord_Howe", "2025-04-06", 24.5),
        ("Africa/Cairo", "2025-04-25", 23),
        ("America/Havana", "2025-11-02", 25),
        ("Pacific/Apia", "2011-12-30", 0),
    ],
)
def test_the_length_of_a_day_on_which_the_clock_changes(
    name: str, night: str, hours: float
) -> None:
    zone, day = ZoneInfo(name), date.fromisoformat(night)
    only_that_day = build(zone, {}, {day: [(0, 24 * 60)]})
    around = datetime(day.year, day.month, day.day, tzinfo=UTC)
    found = working_time_between(
        only_that_day, around - timedelta(days=2), around + timedelta(days=3)
    )
    assert found == timedelta(hours=hours)


def test_never_is_found_without_looking_for_ever() -> None:
    rare = build(ZoneInfo("UTC"), {}, {date(2026, 6, 1): [(540, 600)]})
    start = datetime(2026, 1, 1, tzinfo=UTC)
    began = perf_counter()
    assert add_working_time(rare, start, timedelta(hours=1)) == datetime(2026, 6, 1, 10, tzinfo=UTC)
    assert add_working_time(rare, start, timedelta(hours=1, microseconds=1)) is None
    assert perf_counter() - began < 2


def test_twenty_years_is_the_last_answer() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    last = start + timedelta(days=7305)
    only_then = build(ZoneInfo("UTC"), {}, {(last - timedelta(days=1)).date(): [(0, 24 * 60)]})
    assert add_working_time(only_then, start, timedelta(days=1)) == last
    too_late = build(ZoneInfo("UTC"), {}, {last.date(): [(0, 24 * 60)]})
    assert add_working_time(too_late, start, timedelta(minutes=1)) is None


def test_instants_of_any_offset_are_the_same_instants() -> None:
    calendar = build(ZoneInfo("Europe/Berlin"), {day: [(540, 1020)] for day in range(5)}, {})
    start, end = datetime(2026, 6, 1, 5, tzinfo=UTC), datetime(2026, 6, 3, 12, tzinfo=UTC)
    expected = working_time_between(calendar, start, end)
    for name in NIGHTS:
        zone = ZoneInfo(name)
        shifted = working_time_between(calendar, start.astimezone(zone), end.astimezone(zone))
        assert shifted == expected


def test_the_second_reading_of_a_wall_time_is_a_later_instant() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    always = build(berlin, {day: [(0, 24 * 60)] for day in range(7)}, {})
    first = datetime(2025, 10, 26, 2, 15, tzinfo=berlin)
    assert working_time_between(always, first, first.replace(fold=1)) == timedelta(hours=1)


def test_reversed_spans_and_negative_durations_are_errors() -> None:
    calendar = build(ZoneInfo("UTC"), {0: [(540, 1020)]}, {})
    now = datetime(2026, 6, 1, tzinfo=UTC)
    with pytest.raises(ValueError, match="before the start"):
        working_time_between(calendar, now, now - timedelta(microseconds=1))
    with pytest.raises(ValueError, match="before the start"):
        working_spans(calendar, now, now - timedelta(microseconds=1))
    with pytest.raises(ValueError, match="not negative"):
        add_working_time(calendar, now, timedelta(microseconds=-1))


@given(MOMENTS)
def test_moments_keep_every_microsecond(moment: datetime) -> None:
    assert to_instant(to_moment(moment)) == moment


def test_a_warm_calendar_answers_within_its_budget() -> None:
    """20 µs over three months and 1 ms over ten years; the best of five, for a busy machine."""
    calendar = compile_calendar(
        {"timezone": "Europe/Berlin", "weekly": {day: [["09:00", "17:00"]] for day in WEEKDAYS[:5]}}
    )
    start = datetime(2025, 3, 17, 9, tzinfo=UTC)
    quarter, decade = start + timedelta(days=92), start + timedelta(days=3653)
    working_time_between(calendar, start, decade)
    assert best(lambda: working_time_between(calendar, start, quarter)) < 20e-6
    assert best(lambda: add_working_time(calendar, start, timedelta(hours=500))) < 20e-6
    assert best(lambda: working_time_between(calendar, start, decade)) < 1e-3


def best(call: object, rounds: int = 5, times: int = 200) -> float:
    found = []
    for _ in range(rounds):
        began = perf_counter()
        for _ in range(times):
            call()  # type: ignore[operator]
        found.append((perf_counter() - began) / times)
    return min(found)


def test_two_years_compile_within_their_budget() -> None:
    began = perf_counter()
    calendar = compile_calendar(
        {"timezone": "Europe/Berlin", "weekly": {day: [["09:00", "17:00"]] for day in WEEKDAYS[:5]}}
    )
    working_time_between(
        calendar, datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC)
    )
    assert perf_counter() - began < 0.1
