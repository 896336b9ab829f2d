"""Why time was not counted."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla.business_time import working_time_between
from sla.calendar_document import Document, compile_calendar
from sla.stretches import Skipped, Stretch, stretches
from tests.factories.sla import working_week
from tests.sla.moments import june


def told(document: Document, start: str, end: str) -> list[tuple[str, str, str]]:
    found = stretches(compile_calendar(document), june(start), june(end))
    return [(f"{s.start:%d %H:%M}", s.skipped or "counted", s.name) for s in found]


def test_a_weekend_a_holiday_and_the_nights_around_them() -> None:
    week = working_week(exceptions={"2026-06-08": []})
    assert told(week, "05 16:30", "09 10:00") == [
        ("05 16:30", "counted", ""),
        ("05 17:00", "night", ""),
        ("06 00:00", "weekend", ""),
        ("08 00:00", "holiday", "Day 2026-06-08"),
        ("09 00:00", "night", ""),
        ("09 09:00", "counted", ""),
    ]


def test_a_night_over_midnight_is_one_stretch() -> None:
    assert told(working_week(), "01 16:00", "02 10:00") == [
        ("01 16:00", "counted", ""),
        ("01 17:00", "night", ""),
        ("02 09:00", "counted", ""),
    ]


def test_lunch_is_a_break_and_a_half_day_has_its_name() -> None:
    week = working_week(
        windows=[["09:00", "12:00"], ["13:00", "17:00"]],
        exceptions={"2026-06-02": [["09:00", "12:00"]]},
    )
    assert told(week, "01 11:00", "02 13:00") == [
        ("01 11:00", "counted", ""),
        ("01 12:00", "break", ""),
        ("01 13:00", "counted", ""),
        ("01 17:00", "night", ""),
        ("02 00:00", "short_day", "Day 2026-06-02"),
        ("02 09:00", "counted", ""),
        ("02 12:00", "short_day", "Day 2026-06-02"),
    ]


def test_a_calendar_without_hours_says_so() -> None:
    found = stretches(compile_calendar({"timezone": "UTC"}), june("01 09:00"), june("03 09:00"))
    assert found == [Stretch(june("01 09:00"), june("03 09:00"), Skipped.NO_HOURS)]


def test_a_reversed_span_is_an_error() -> None:
    with pytest.raises(ValueError, match="before the start"):
        stretches(compile_calendar(working_week()), june("03 09:00"), june("01 09:00"))


ZONES = st.sampled_from(["UTC", "Europe/Berlin", "Africa/Cairo", "Pacific/Apia", "America/Havana"])
MOMENTS = st.datetimes(datetime(2011, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


@given(ZONES, MOMENTS, st.timedeltas(timedelta(0), timedelta(days=30)))
def test_stretches_leave_no_gap_and_their_counted_part_is_the_working_time(
    zone: str, start: datetime, length: timedelta
) -> None:
    calendar = compile_calendar(working_week(zone, exceptions={"2011-12-29": [["09:00", "12:00"]]}))
    end = start + length
    found = stretches(calendar, start, end)
    assert [s.end for s in found[:-1]] == [s.start for s in found[1:]]
    if length:
        assert (found[0].start, found[-1].end) == (start, end)
    counted = sum((s.end - s.start for s in found if s.is_counted), timedelta(0))
    assert counted == working_time_between(calendar, start, end)
