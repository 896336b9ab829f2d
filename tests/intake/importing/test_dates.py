"""Dates are read in several clear ways, and a date that could be two is asked about."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from intake.importing.dates import Order, UnclearDateError, read_moment

BERLIN = ZoneInfo("Europe/Berlin")


def read(text: str, order: Order = Order.ASK) -> str:
    return read_moment(text, zone=BERLIN, order=order).astimezone(BERLIN).isoformat(" ")[:16]


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-02 14:30",
        "2026-03-02T14:30:00",
        "2026-03-02T13:30:00Z",
        "2026-03-02 15:30+02:00",
        "2026-03-02T13:30:00.250+0000",
        "2026/3/2 14:30",
        "02.03.2026 14:30",
        "2. 3. 2026, 14:30",
        "2 March 2026 14:30",
        "Mon 2 Mar 2026, 14:30",
        "2-Mar-2026 2:30 PM",
        "March 2nd, 2026 14:30",
        "Monday, March 2, 2026 2:30 p.m.",
    ],
)
def test_one_moment_in_many_ways(text):
    assert read(text) == "2026-03-02 14:30"


def test_a_bare_date_begins_at_midnight_of_the_zone():
    assert read_moment("2026-03-02", zone=BERLIN) == datetime(2026, 3, 1, 23, tzinfo=UTC)


def test_midnight_and_noon_of_the_twelve_hour_clock():
    assert read("2026-03-02 12:05 am") == "2026-03-02 00:05"
    assert read("2026-03-02 12:05 pm") == "2026-03-02 12:05"


@pytest.mark.parametrize(
    ("text", "day"), [("13/02/2026", "2026-02-13"), ("02/13/2026", "2026-02-13")]
)
def test_a_number_above_twelve_tells_which_is_the_day(text, day):
    assert read(text)[:10] == day


def test_equal_numbers_are_one_date_either_way():
    assert read("03/03/2026")[:10] == "2026-03-03"


def test_a_date_that_could_be_two_is_refused_with_a_hint():
    with pytest.raises(UnclearDateError, match="day-first or month-first"):
        read("03/02/2026")


def test_the_person_says_which_comes_first():
    assert read("03/02/2026", Order.DAY_FIRST)[:10] == "2026-02-03"
    assert read("03/02/2026", Order.MONTH_FIRST)[:10] == "2026-03-02"


def test_a_wrong_order_is_no_silent_swap():
    with pytest.raises(UnclearDateError, match="on no calendar"):
        read("13/02/2026", Order.MONTH_FIRST)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "45000",
        "1772460000",
        "2.3.26",
        "2026-13-01",
        "30 Feb 2026",
        "2026-02-29",
        "2026-03-02 25:00",
        "2026-03-02 13:00 pm",
        "2 Mär 2026",
        "0001-01-01",
        "9" * 30,
        "２０２６",
    ],
)
def test_what_is_no_date_is_refused(text):
    with pytest.raises(UnclearDateError):
        read(text)
