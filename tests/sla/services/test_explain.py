"""How a date is worked out: every stretch with its reason, and a sum that adds up."""

from datetime import timedelta
from typing import Any

import pytest

from sla.models import Clock
from sla.services import calendars, clocks
from sla.services.corrections import apply_corrections
from sla.services.explain import Explanation, explain
from tests.factories.sla import make_calendar, make_subject, make_target, working_week
from tests.sla.moments import june

pytestmark = pytest.mark.django_db


def told(explained: Explanation) -> list[tuple[str, str]]:
    return [(f"{span.start:%d %H:%M}", span.reason or "counted") for span in explained.spans]


def begin(at: str = "05 16:30", **week: Any) -> Clock:
    calendar = make_calendar(working_week(**week), name="Office")
    target = make_target(calendar)
    return clocks.start(make_subject(), "proposal", target=target, at=june(at))


def assert_adds_up(explained: Explanation) -> None:
    counted = sum((span.counted for span in explained.spans), timedelta(0))
    assert counted == explained.elapsed
    assert explained.left == explained.target - counted
    ends = [span.end for span in explained.spans[:-1]]
    assert ends == [span.start for span in explained.spans[1:]]


def test_a_night_a_weekend_a_holiday_and_a_pause_are_named() -> None:
    clock = begin(exceptions={"2026-06-08": []})
    clocks.pause(clock.subject, reason="waiting for the requester", at=june("09 10:00"))
    clocks.resume(clock.subject, reason="waiting for the requester", at=june("09 12:00"))
    clock.refresh_from_db()
    explained = explain(clock, now=june("09 13:00"))
    assert told(explained) == [
        ("05 16:30", "counted"),
        ("05 17:00", "night"),
        ("06 00:00", "weekend"),
        ("08 00:00", "Day 2026-06-08"),
        ("09 00:00", "night"),
        ("09 09:00", "counted"),
        ("09 10:00", "paused: waiting for the requester"),
        ("09 12:00", "counted"),
    ]
    assert explained.elapsed == timedelta(hours=2, minutes=30)
    assert_adds_up(explained)


def test_it_says_under_which_policy_and_hours() -> None:
    clock = begin(timezone="Europe/Berlin")
    explained = explain(clock, now=june("08 12:00"))
    assert (explained.calendar, explained.calendar_version) == ("Office", 1)
    assert explained.zone == "Europe/Berlin"
    assert (explained.policy, explained.policy_version) == (clock.target.version.policy.name, 1)
    assert explained.target == timedelta(hours=8)
    assert explained.due_at == clock.due_at


def test_two_reasons_to_wait_are_both_named() -> None:
    clock = begin("01 09:00")
    clocks.pause(clock.subject, reason="hold", at=june("01 10:00"))
    clocks.pause(clock.subject, reason="parked", at=june("01 11:00"))
    clock.refresh_from_db()
    explained = explain(clock, now=june("01 12:00"))
    assert told(explained)[1:] == [
        ("01 10:00", "paused: hold"),
        ("01 11:00", "paused: hold and parked"),
    ]
    assert_adds_up(explained)


def test_a_stopped_clock_is_explained_up_to_its_stop() -> None:
    clock = begin("01 09:00")
    [clock] = clocks.stop(clock.subject, metrics=["proposal"], at=june("01 11:00"))
    explained = explain(clock, now=june("09 11:00"))
    assert told(explained) == [("01 09:00", "counted")]
    assert_adds_up(explained)


def test_the_time_between_stop_and_reopening_is_named() -> None:
    target = make_target(metric="delivery")
    subject = make_subject()
    clocks.start(subject, "delivery", target=target, at=june("01 09:00"))
    clocks.stop(subject, metrics=["delivery"], at=june("01 11:00"))
    [clock] = clocks.reopen(subject, metrics=["delivery"], at=june("01 13:00"))
    explained = explain(clock, now=june("01 14:00"))
    assert [reason for _, reason in told(explained)] == ["counted", "stopped", "counted"]
    assert_adds_up(explained)


def test_corrected_hours_are_the_ones_that_are_shown() -> None:
    clock = begin("01 09:00")
    closed = working_week(exceptions={"2026-06-01": []})
    calendars.save_version(
        clock.calendar, closed, actor=None, at=june("01 12:00"), reason="A holiday"
    )
    apply_corrections(now=june("01 12:00"))
    fresh = Clock.objects.with_terms().get(pk=clock.pk)
    explained = explain(fresh, now=june("02 10:00"))
    assert explained.calendar_version == 2
    assert told(explained)[0] == ("01 09:00", "Day 2026-06-01")
    assert_adds_up(explained)


def test_an_overdue_clock_has_less_than_nothing_left() -> None:
    explained = explain(begin("01 09:00"), now=june("02 10:00"))
    assert explained.left == -timedelta(hours=1)
    assert_adds_up(explained)


def test_without_working_hours_it_says_so() -> None:
    clock = begin("01 09:00")
    calendars.save_version(
        clock.calendar,
        {"timezone": "UTC", "weekly": {}},
        actor=None,
        at=june("01 09:00"),
        reason="Closed for good",
    )
    apply_corrections(now=june("01 09:00"))
    fresh = Clock.objects.with_terms().get(pk=clock.pk)
    assert told(explain(fresh, now=june("03 09:00"))) == [("01 09:00", "no opening hours")]
