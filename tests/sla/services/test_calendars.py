"""Calendars, policies and what a new PMO starts with: saved as versions, checked first."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from accounts.models import User
from audit.models import Entry
from sla.business_time import working_time_between
from sla.models import BusinessCalendar, CalendarVersion, Clock, PolicyVersion, SlaPolicy, SlaTarget
from sla.services import calendars, clocks, hours, policies
from sla.services.calendars import HoursError, holiday_rows, with_holidays
from sla.services.corrections import apply_corrections
from sla.services.policies import PolicyError, Promise
from sla.services.starter import make_starter_policies
from sla.terms import Kind
from sla.thresholds import defaults, row
from tests.factories.sla import LONG_AGO, make_calendar, make_subject, make_target, working_week
from tests.sla.moments import june

pytestmark = pytest.mark.django_db


def test_a_calendar_begins_with_its_first_version(administrator: User) -> None:
    calendar = calendars.create("Office", working_week(), at=june("01 09:00"), actor=administrator)
    version = CalendarVersion.objects.get()
    assert (calendar.slug, calendar.version, version.number) == ("office", 1, 1)
    assert version.hours == working_week()
    assert (version.saved_by, version.saved_at) == (administrator, june("01 09:00"))
    assert version.digest == calendar.digest
    assert Entry.objects.about(calendar).get().action == "sla.calendar_created"


def test_two_calendars_of_one_name_have_their_own_addresses() -> None:
    slugs = [calendars.create("Office", working_week(), at=LONG_AGO).slug for _ in range(3)]
    assert slugs == ["office", "office-2", "office-3"]


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        (working_week("Mars/Base"), "Mars/Base"),
        (working_week(windows=[["09:00", "09:00"]]), "same time"),
        (working_week(windows=[["09:00", "13:00"], ["12:00", "17:00"]]), "overlap"),
        (working_week(windows=[["22:00", "06:00"], ["23:00", "23:30"]]), "overlap"),
        (working_week(windows=[["09:00", "25:00"]]), "25:00"),
        (working_week(exceptions={"2026-13-01": []}), "month"),
        (
            working_week() | {"exceptions": [{"date": "2026-06-01"}, {"date": "2026-06-01"}]},
            "twice",
        ),
        ({"weekly": {}}, "timezone"),
        (working_week() | {"weekly": {"someday": []}}, "someday"),
    ],
)
def test_hours_that_are_none_are_refused(document: dict[str, Any], complaint: str) -> None:
    with pytest.raises(HoursError, match=complaint):
        calendars.create("Office", document, at=LONG_AGO)
    assert not BusinessCalendar.objects.exists()


def test_hours_may_touch() -> None:
    make_calendar(working_week(windows=[["09:00", "12:00"], ["12:00", "17:00"]]))
    make_calendar(working_week(windows=[["00:00", "24:00"]]))


def test_a_correction_is_a_new_version_of_the_same_calendar(administrator: User) -> None:
    calendar = make_calendar()
    calendars.save_version(
        calendar,
        working_week(windows=[["08:00", "17:00"]]),
        actor=administrator,
        at=june("01 09:00"),
        reason="We open at eight.",
    )
    assert calendar.version == 2
    calendar.refresh_from_db()
    assert calendar.version == 2
    entry = Entry.objects.about(calendar).get(action="sla.calendar_corrected")
    assert (entry.reason, entry.data) == ("We open at eight.", {"was": 1, "to": 2})
    first = CalendarVersion.objects.get(calendar=calendar, number=1)
    assert first.hours == working_week()


def test_a_new_calendar_is_for_new_promises_only(administrator: User) -> None:
    old = make_calendar(name="Office")
    policy = policies.new_policy("lane", "Lane", [Promise("proposal", 8 * 3600, old)], at=LONG_AGO)
    target = clocks.policy_targets("lane", at=june("01 09:00"))["proposal"]
    running = clocks.start(make_subject(), "proposal", target=target, at=june("01 09:00"))
    calendars.save_version(
        old,
        working_week(windows=[["10:00", "16:00"]]),
        actor=administrator,
        at=june("01 10:00"),
        reason="Shorter days",
        kind="new",
    )
    apply_corrections(now=june("01 10:01"))
    running.refresh_from_db()
    assert (running.due_at, running.calendar) == (june("01 17:00"), old)
    fresh = clocks.policy_targets("lane", at=june("01 10:00"))["proposal"]
    assert fresh.calendar.name == "Office from 2026-06-01"
    assert policy.versions.count() == 2
    later = clocks.start(make_subject(), "proposal", target=fresh, at=june("01 10:00"))
    assert later.due_at == june("02 12:00")
    old.refresh_from_db()
    assert (old.is_archived, old.version) == (True, 1)


def test_a_policy_that_uses_another_calendar_is_left_alone() -> None:
    old, other = make_calendar(), make_calendar()
    make_target(other)
    calendars.save_version(
        old, working_week(), actor=None, at=june("01 10:00"), reason="Shorter days", kind="new"
    )
    assert PolicyVersion.objects.count() == 1


# Holidays


def test_holidays_are_rows_with_their_source() -> None:
    rows = {found["date"]: found for found in holiday_rows("DE", [2026], subdivision="BY")}
    assert rows["2026-12-25"]["source"] == "holidays-DE-BY"
    assert rows["2026-12-25"]["windows"] == []
    assert "Christmas" in rows["2026-12-25"]["name"]
    assert "2026-01-06" in rows
    assert "2026-01-06" not in {found["date"] for found in holiday_rows("DE", [2026])}


def test_an_unknown_country_is_refused() -> None:
    with pytest.raises(HoursError, match="XX"):
        holiday_rows("XX", [2026])


def test_what_a_person_entered_wins_over_a_holiday() -> None:
    week = working_week(exceptions={"2026-12-25": [["09:00", "12:00"]]})
    filled = with_holidays(week, holiday_rows("DE", [2026]))
    rows = {found["date"]: found for found in filled["exceptions"]}
    assert rows["2026-12-25"]["windows"] == [["09:00", "12:00"]]
    assert rows["2026-12-26"]["windows"] == []
    assert [found["date"] for found in filled["exceptions"]] == sorted(rows)
    assert (
        week["exceptions"]
        == working_week(exceptions={"2026-12-25": [["09:00", "12:00"]]})["exceptions"]
    )


# A new time zone database


def test_a_time_zone_database_that_moves_nothing_corrects_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_calendar()
    monkeypatch.setattr(calendars, "tzdata_version", lambda: "2099z")
    assert calendars.correct_for_time_zones(at=june("01 09:00")) == []


def test_a_time_zone_database_that_moves_hours_is_a_correction(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    moved, same = make_calendar(), make_calendar()
    CalendarVersion.objects.filter(calendar=moved).update(table_digest="of other instants")
    monkeypatch.setattr(calendars, "tzdata_version", lambda: "2099z")
    [version] = calendars.correct_for_time_zones(at=june("01 09:00"))
    assert (version.calendar, version.number) == (moved, 2)
    assert version.reason == "Time zone database 2099z"
    assert calendars.correct_for_time_zones(at=june("01 09:00")) == []
    same.refresh_from_db()
    assert same.version == 1


# Policies


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"metric": "lunch"}, "lunch"),
        ({"target_seconds": 0}, "one second"),
        ({"target_seconds": 315_360_001}, "ten years"),
        ({"thresholds": []}, "100 %"),
        ({"thresholds": [row(Kind.BREACH, percent=90)]}, "100 %"),
        ({"thresholds": [row(Kind.BREACH, percent=100)] * 2}, "100 %"),
        ({"thresholds": [*defaults(), row(Kind.WARN, percent=50)]}, "same name"),
        ({"thresholds": [*defaults(), row(Kind.ESCALATE, percent=1001)]}, "1000"),
        ({"thresholds": [{"key": "x", "kind": "scream"}]}, "damaged"),
    ],
)
def test_a_promise_that_cannot_be_kept_is_refused(changes: dict[str, Any], complaint: str) -> None:
    promise: dict[str, Any] = {
        "metric": "proposal",
        "target_seconds": 3600,
        "calendar": make_calendar(),
    }
    with pytest.raises(PolicyError, match=complaint):
        policies.new_policy("lane", "Lane", [Promise(**promise | changes)], at=LONG_AGO)
    assert not SlaPolicy.objects.exists()


def test_a_calendar_without_hours_can_be_kept_but_not_chosen() -> None:
    empty = make_calendar({"timezone": "UTC", "weekly": {}}, name="Nothing")
    with pytest.raises(PolicyError, match="Nothing has no working hours"):
        policies.new_policy("lane", "Lane", [Promise("proposal", 3600, empty)], at=LONG_AGO)


def test_a_new_version_leaves_running_clocks_as_they_are() -> None:
    calendar = make_calendar()
    policy = policies.new_policy(
        "lane", "Lane", [Promise("proposal", 8 * 3600, calendar)], at=LONG_AGO
    )
    first = clocks.policy_targets("lane", at=june("01 09:00"))["proposal"]
    clock = clocks.start(make_subject(), "proposal", target=first, at=june("01 09:00"))
    policies.new_version(
        policy, [Promise("proposal", 3600, calendar)], at=june("01 10:00"), note="Faster"
    )
    clock.refresh_from_db()
    assert (clock.target, clock.due_at) == (first, june("01 17:00"))
    assert Entry.objects.about(policy).last().data == {"version": 2}


# Starting


def test_the_starting_promises_are_those_of_the_table() -> None:
    with time_machine.travel(june("01 09:00")):
        made = make_starter_policies(june("01 09:00"))
    assert len(made) == 11
    urgent = clocks.policy_targets("urgent", at=june("01 09:00"))
    assert {metric: target.target_seconds for metric, target in urgent.items()} == {
        "first_reply": 2 * 3600,
        "proposal": 8 * 3600,
        "next_contact": 8 * 3600,
    }
    delivery = clocks.policy_targets("deliver-in-15-days", at=june("01 09:00"))
    assert delivery["delivery"].target_seconds == 15 * 8 * 3600
    assert set(clocks.policy_targets("full-lane", at=june("01 09:00"))) == {
        "first_reply",
        "proposal",
        "next_contact",
        "blueprint",
        "verdict",
    }


def test_the_starting_calendar_knows_the_holidays_of_three_years() -> None:
    make_starter_policies(june("01 09:00"))
    calendar = BusinessCalendar.objects.get(slug="pmo-hours")
    assert calendar.name == "PMO working hours"
    working = hours.timetable(calendar).hours
    for year in (2026, 2027, 2028):
        christmas = june("01 00:00").replace(year=year, month=12, day=25)
        assert working_time_between(working, christmas, christmas + timedelta(days=1)) == timedelta(
            0
        )


def test_made_twice_the_start_is_the_same() -> None:
    make_starter_policies(june("01 09:00"))
    assert make_starter_policies(june("02 09:00")) == []
    assert CalendarVersion.objects.count() == 1
    assert SlaTarget.objects.count() == 18
    assert not Clock.objects.exists()
