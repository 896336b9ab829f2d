"""The next hour to talk without an appointment."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from intake.open_hours import next_open, read
from tests.conftest import at_berlin

HOURS = "tue 10:00-11:00 room 3.12; thu 14:00-15:00"
BERLIN = ZoneInfo("Europe/Berlin")


def following(moment, *off):
    return next_open(HOURS, now=at_berlin(moment), zone=BERLIN, is_day_off=lambda day: day in off)


@pytest.mark.parametrize(
    ("now", "starts"),
    [
        ("2026-03-02 10:00", "2026-03-03 10:00"),
        ("2026-03-03 10:59", "2026-03-03 10:00"),
        ("2026-03-03 11:00", "2026-03-05 14:00"),
        ("2026-03-05 15:00", "2026-03-10 10:00"),
        # The night an hour vanishes lies in between.
        ("2026-03-26 15:00", "2026-03-31 10:00"),
    ],
)
def test_the_hour_that_is_on_or_comes_next(now, starts):
    found = following(now)
    assert found.starts_at == at_berlin(starts)


def test_it_says_where_and_until_when():
    found = following("2026-03-02 10:00")
    assert (found.ends_at, found.place) == (at_berlin("2026-03-03 11:00"), "room 3.12")


def test_holidays_are_left_out():
    assert following("2026-03-02 10:00", date(2026, 3, 3)).starts_at == at_berlin(
        "2026-03-05 14:00"
    )


def test_none_when_all_days_are_off():
    every = next_open(
        HOURS, now=at_berlin("2026-03-02 10:00"), zone=BERLIN, is_day_off=lambda day: True
    )
    assert every is None


@pytest.mark.parametrize("text", ["tue", "tue 11:00-10:00", "xyz 10:00-11:00", "tue 25:00-26:00"])
def test_what_cannot_be_read_is_refused(text):
    with pytest.raises(ValueError, match=r".+"):
        read(text)
