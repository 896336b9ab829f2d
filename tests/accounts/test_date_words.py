"""Dates as people read them."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from django.template import Context, Template
from django.utils import timezone

from accounts.date_words import day_hour_words, day_words, hour_words

Berlin = Callable[[str], datetime]


def test_a_moment_shows_weekday_and_hour_without_this_year(berlin: Berlin) -> None:
    now = berlin("2025-10-13 09:00")
    assert day_hour_words(berlin("2025-10-14 17:00"), now=now) == "Tue 14 Oct, 17:00"


def test_another_year_is_named(berlin: Berlin) -> None:
    now = berlin("2025-12-30 09:00")
    assert day_words(date(2026, 1, 5), now=now) == "Mon 5 Jan 2026"
    assert day_words(date(2025, 12, 31), now=now) == "Wed 31 Dec"


def test_the_year_is_the_viewers_on_new_years_night(berlin: Berlin) -> None:
    due = berlin("2026-01-01 00:30")
    with timezone.override("America/New_York"):
        words = day_words(due, now=berlin("2025-12-31 12:00"))
    assert words == "Wed 31 Dec"


def test_a_viewer_elsewhere_sees_their_hour_and_whose_it_is(berlin: Berlin) -> None:
    now, due = berlin("2025-10-13 09:00"), berlin("2025-10-14 17:00")
    with timezone.override("America/New_York"):
        assert day_hour_words(due, now=now) == "Tue 14 Oct, 11:00 (New York time)"
    with timezone.override("UTC"):
        assert day_hour_words(due, now=now) == "Tue 14 Oct, 15:00 (UTC)"


def test_a_zone_with_the_same_hour_needs_no_name(berlin: Berlin) -> None:
    now, due = berlin("2025-10-13 09:00"), berlin("2025-10-14 17:00")
    with timezone.override("Europe/Paris"):
        assert day_hour_words(due, now=now) == "Tue 14 Oct, 17:00"


def test_the_calendars_own_zone_decides_whether_a_name_is_needed(berlin: Berlin) -> None:
    now, due = berlin("2025-10-13 09:00"), berlin("2025-10-14 17:00")
    words = day_hour_words(due, now=now, home="America/New_York")
    assert words == "Tue 14 Oct, 17:00 (Berlin time)"


@pytest.mark.parametrize(
    ("moment", "hour"), [("2026-03-29 01:30", "01:30"), ("2026-03-29 03:30", "03:30")]
)
def test_hours_hold_in_the_night_an_hour_vanishes(berlin: Berlin, moment: str, hour: str) -> None:
    assert hour_words(berlin(moment)) == hour


def test_templates_write_moments_for_people_and_programs(berlin: Berlin) -> None:
    template = Template("{% load date_words %}{{ at|time_tag }}|{{ at|day }}|{{ none|day_hour }}")
    html = template.render(Context({"at": berlin("2001-10-14 17:00"), "none": None}))
    assert html == (
        '<time datetime="2001-10-14T17:00:00+02:00">Sun 14 Oct 2001, 17:00</time>|Sun 14 Oct 2001|'
    )
