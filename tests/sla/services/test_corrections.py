"""A corrected calendar reaches open clocks, once and in part, and closed ones never."""

from datetime import datetime
from typing import Any

import pytest

from accounts.models import User
from sla.calendar_document import Document
from sla.models import BusinessCalendar, Clock, ClockCommand, ClockEvent, Subject
from sla.services import calendars, clocks, corrections
from sla.services.corrections import Preview, apply_corrections, preview_correction
from sla.services.sweep import sweep
from tests.factories.sla import make_calendar, make_subject, make_target, working_week
from tests.sla.moments import june

pytestmark = pytest.mark.django_db
MONDAY_CLOSED = working_week(exceptions={"2026-06-01": []})
TUESDAY_CLOSED = working_week(exceptions={"2026-06-02": []})
SATURDAY_OPEN = working_week(exceptions={"2026-06-06": [["09:00", "17:00"]]})


@pytest.fixture
def calendar() -> BusinessCalendar:
    return make_calendar()


def begin(calendar: BusinessCalendar, at: datetime, *, hours: float = 8) -> Clock:
    target = make_target(calendar, hours=hours)
    return clocks.start(make_subject(), "proposal", target=target, at=at)


def correct(calendar: BusinessCalendar, document: Document, at: datetime) -> None:
    calendars.save_version(calendar, document, actor=None, at=at, reason="It was wrong.")


def test_case_60_a_day_that_is_declared_closed_moves_the_due_date(
    calendar: BusinessCalendar,
) -> None:
    clock = begin(calendar, june("01 16:00"))
    correct(calendar, TUESDAY_CLOSED, june("01 16:30"))
    assert apply_corrections(now=june("01 16:31")) == 1
    clock.refresh_from_db()
    assert clock.due_at == june("03 16:00")
    assert clock.computed_calendar_version == 2
    command = ClockCommand.objects.get(type="calendar")
    assert (command.at, command.payload) == (
        june("01 16:30"),
        {"calendar": calendar.pk, "version": 2},
    )
    assert Subject.objects.get().dates_changed


def test_case_61_a_breach_on_a_day_that_was_none_is_taken_back(
    calendar: BusinessCalendar,
) -> None:
    clock = begin(calendar, june("01 09:00"))
    sweep(now=june("01 18:00"))
    correct(calendar, MONDAY_CLOSED, june("02 10:00"))
    apply_corrections(now=june("02 10:01"))
    clock.refresh_from_db()
    assert (clock.due_at, clock.breached_at) == (june("02 17:00"), None)
    assert not ClockEvent.objects.live().exists()
    assert set(ClockEvent.objects.values_list("superseded_at", flat=True)) == {june("02 10:00")}


def test_case_62_nothing_is_broken_before_the_edit_that_broke_it(
    calendar: BusinessCalendar,
) -> None:
    clock = begin(calendar, june("06 10:00"), hours=2)
    correct(calendar, SATURDAY_OPEN, june("07 12:00"))
    apply_corrections(now=june("07 12:05"))
    clock.refresh_from_db()
    assert (clock.due_at, clock.breached_at) == (june("06 12:00"), june("07 12:00"))
    breach = ClockEvent.objects.get(kind="breach")
    assert (breach.cause, breach.detected_at) == ("calendar", june("07 12:05"))


def test_case_63_a_closed_clock_is_never_judged_again(calendar: BusinessCalendar) -> None:
    clock = begin(calendar, june("01 09:00"))
    clocks.stop(clock.subject, metrics=["proposal"], at=june("01 18:00"))
    correct(calendar, MONDAY_CLOSED, june("02 10:00"))
    assert apply_corrections(now=june("02 10:01")) == 0
    clock.refresh_from_db()
    assert (clock.outcome, clock.breached_at) == ("missed", june("01 17:00"))


def test_until_it_is_reached_a_clock_is_swept_by_the_corrected_hours(
    calendar: BusinessCalendar,
) -> None:
    clock = begin(calendar, june("01 09:00"))
    correct(calendar, MONDAY_CLOSED, june("01 10:00"))
    assert sweep(now=june("01 18:00")) == 0
    clock.refresh_from_db()
    assert (clock.computed_calendar_version, clock.due_at) == (2, june("02 17:00"))
    assert clock.next_event_at == june("02 13:00")


def test_an_act_finds_the_corrected_hours_too(calendar: BusinessCalendar) -> None:
    clock = begin(calendar, june("01 09:00"))
    correct(calendar, MONDAY_CLOSED, june("01 10:00"))
    [clock] = clocks.stop(clock.subject, metrics=["proposal"], at=june("01 18:00"))
    assert (clock.outcome, clock.worked_us) == ("met", 0)
    assert list(clock.commands.values_list("type", flat=True)) == ["start", "calendar", "stop"]


def test_an_act_that_waited_is_not_moved_behind_a_correction(calendar: BusinessCalendar) -> None:
    clock = begin(calendar, june("01 09:00"))
    correct(calendar, TUESDAY_CLOSED, june("01 17:00:05"))
    [clock] = clocks.stop(clock.subject, metrics=["proposal"], at=june("01 16:59:59"))
    assert (clock.outcome, clock.ended_at) == ("met", june("01 16:59:59"))


def test_several_corrections_are_followed_in_their_order(calendar: BusinessCalendar) -> None:
    clock = begin(calendar, june("06 10:00"), hours=2)
    correct(calendar, SATURDAY_OPEN, june("07 12:00"))
    correct(calendar, working_week(), june("07 13:00"))
    apply_corrections(now=june("07 14:00"))
    clock.refresh_from_db()
    assert (clock.due_at, clock.breached_at) == (june("08 11:00"), None)
    breach = ClockEvent.objects.get(kind="breach")
    assert (breach.effective_at, breach.superseded_at) == (june("07 12:00"), june("07 13:00"))


def test_a_reopened_clock_keeps_what_was_measured_before(calendar: BusinessCalendar) -> None:
    target = make_target(calendar, metric="delivery")
    subject = make_subject()
    clocks.start(subject, "delivery", target=target, at=june("01 09:00"))
    clocks.stop(subject, metrics=["delivery"], at=june("01 11:00"))
    correct(calendar, MONDAY_CLOSED, june("01 12:00"))
    [clock] = clocks.reopen(subject, metrics=["delivery"], at=june("01 14:00"))
    assert clock.due_at == june("02 15:00")


def test_run_twice_it_does_nothing_the_second_time(calendar: BusinessCalendar) -> None:
    for _ in range(3):
        begin(calendar, june("01 09:00"))
    correct(calendar, TUESDAY_CLOSED, june("01 10:00"))
    assert apply_corrections(now=june("01 10:01")) == 3
    assert apply_corrections(now=june("01 10:02")) == 0
    assert ClockCommand.objects.filter(type="calendar").count() == 3


def test_interrupted_it_goes_on_where_it_was(
    calendar: BusinessCalendar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(corrections, "BATCH", 2)
    for _ in range(5):
        begin(calendar, june("01 09:00"))
    correct(calendar, TUESDAY_CLOSED, june("01 10:00"))
    assert len(corrections._apply_batch(june("01 10:01"), 0)) == 2
    assert Clock.objects.behind_their_calendar().count() == 3
    assert apply_corrections(now=june("01 10:02")) == 3


def test_a_damaged_clock_does_not_hold_the_others_up(calendar: BusinessCalendar) -> None:
    broken, sound = begin(calendar, june("01 09:00")), begin(calendar, june("01 09:00"))
    ClockCommand.objects.filter(clock=broken).update(payload={"target": 0, "version": 1})
    correct(calendar, TUESDAY_CLOSED, june("01 10:00"))
    apply_corrections(now=june("01 10:01"))
    sound.refresh_from_db()
    broken.refresh_from_db()
    assert sound.computed_calendar_version == 2
    assert (broken.computed_calendar_version, broken.settle_failures) == (1, 1)


def test_a_batch_takes_the_same_queries_for_one_clock_as_for_ten(
    calendar: BusinessCalendar, django_assert_max_num_queries: Any
) -> None:
    for _ in range(10):
        begin(calendar, june("01 09:00"))
    correct(calendar, TUESDAY_CLOSED, june("01 10:00"))
    # Twice a savepoint with its lock; history, hours, versions, commands, columns, flags.
    with django_assert_max_num_queries(12):
        apply_corrections(now=june("01 10:01"))


# Before it is saved


def test_the_preview_counts_and_changes_nothing(calendar: BusinessCalendar) -> None:
    begin(calendar, june("01 09:00"))
    begin(calendar, june("01 16:00"))
    begin(make_calendar(), june("01 09:00"))
    sweep(now=june("02 08:00"))
    preview = preview_correction(calendar, MONDAY_CLOSED, now=june("02 08:00"))
    assert preview == Preview(open=2, moved=2, newly_breached=0, no_longer_breached=1)
    assert not ClockCommand.objects.filter(type="calendar").exists()
    calendar.refresh_from_db()
    assert calendar.version == 1


def test_the_preview_sees_what_would_be_late(calendar: BusinessCalendar) -> None:
    begin(calendar, june("06 10:00"), hours=2)
    preview = preview_correction(calendar, SATURDAY_OPEN, now=june("07 12:00"))
    assert preview == Preview(open=1, moved=1, newly_breached=1, no_longer_breached=0)


def test_the_preview_refuses_hours_that_are_none(calendar: BusinessCalendar) -> None:
    with pytest.raises(ValueError, match="Mars"):
        preview_correction(calendar, working_week("Mars/Base"), now=june("07 12:00"))


def test_a_correction_names_who_made_it(calendar: BusinessCalendar, administrator: User) -> None:
    begin(calendar, june("01 09:00"))
    calendars.save_version(
        calendar, TUESDAY_CLOSED, actor=administrator, at=june("01 10:00"), reason="Founders' day"
    )
    apply_corrections(now=june("01 10:01"))
    assert ClockCommand.objects.get(type="calendar").actor == administrator
