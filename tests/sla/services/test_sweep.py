"""The sweep: every threshold that time has passed is recorded once, whatever else happens."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from audit.models import Heartbeat
from sla.models import Clock, ClockEvent, SlaTarget
from sla.services import clocks
from sla.services import sweep as sweeping
from sla.services.sweep import sweep
from tests.factories.sla import make_calendar, make_subject, make_target
from tests.sla.moments import june

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """What apps above do after a batch is theirs to test."""
    monkeypatch.setattr(sweeping, "after_batch", [])


def begin(target: SlaTarget, at: datetime) -> Clock:
    return clocks.start(make_subject(), "proposal", target=target, at=at)


def told() -> list[tuple[str, datetime, datetime, datetime]]:
    return list(
        ClockEvent.objects.order_by("id").values_list(
            "threshold_key", "due_at", "effective_at", "detected_at"
        )
    )


def test_case_69_after_days_without_a_sweep_all_thresholds_have_their_true_times() -> None:
    clock = begin(make_target(hours=8), june("01 10:00"))
    now = june("04 12:00")
    assert sweep(now=now) == 5
    dues = [june("01 14:00"), june("01 16:00"), june("02 09:12"), june("02 10:00")]
    assert [row[1] for row in told()[:4]] == dues
    assert [row[2] for row in told()[:4]] == dues
    assert {row[3] for row in told()} == {now}
    assert all(event.is_late for event in clock.events.all())
    clock.refresh_from_db()
    assert clock.breached_at == june("02 10:00")
    assert clock.next_event_at is None


def test_a_second_sweep_of_the_same_moment_records_nothing() -> None:
    begin(make_target(), june("01 09:00"))
    assert sweep(now=june("01 13:00")) == 1
    assert sweep(now=june("01 13:00")) == 0
    assert sweep(now=june("01 15:00")) == 1
    assert [row[0] for row in told()] == ["warn-50", "warn-75"]


def test_at_the_very_due_instant_nothing_is_broken_and_the_sweep_ends() -> None:
    clock = begin(make_target(), june("01 09:00"))
    assert sweep(now=june("01 17:00"), batch=1) == 3
    assert sweep(now=june("01 17:00"), batch=1) == 0
    clock.refresh_from_db()
    assert clock.next_event_at == june("01 17:00")
    assert sweep(now=june("01 17:00") + timedelta(microseconds=1)) == 1


def test_rows_with_nothing_to_do_do_not_hide_the_others() -> None:
    target = make_target()
    for _ in range(3):
        begin(target, june("01 09:00"))
    sweep(now=june("01 16:30"))
    begin(target, june("01 12:30"))
    assert sweep(now=june("01 17:00"), batch=2) == 1


def test_a_limit_ends_the_sweep_early() -> None:
    target = make_target()
    for _ in range(5):
        begin(target, june("01 09:00"))
    assert sweep(now=june("01 13:00"), batch=2, limit=3) == 3
    assert sweep(now=june("01 13:00")) == 2


def test_late_from_the_resume_on_when_paused_exactly_at_due() -> None:
    clock = begin(make_target(hours=2), june("01 09:00"))
    clocks.pause(clock.subject, reason="hold", at=june("01 11:00"))
    clocks.resume(clock.subject, reason="hold", at=june("01 14:00"))
    assert sweep(now=june("01 14:00")) == 0
    assert sweep(now=june("01 14:00") + timedelta(seconds=1)) == 1
    clock.refresh_from_db()
    assert (clock.due_at, clock.breached_at) == (june("01 11:00"), june("01 14:00"))


def test_a_clock_without_working_time_is_never_due() -> None:
    target = make_target()
    empty = make_calendar({"timezone": "UTC", "weekly": {}})
    SlaTarget.objects.filter(pk=target.pk).update(calendar=empty)
    clock = begin(SlaTarget.objects.select_related("calendar").get(pk=target.pk), june("01 09:00"))
    assert (clock.state, clock.due_at, clock.next_event_at) == ("running", None, None)
    assert sweep(now=june("30 12:00")) == 0


def test_a_damaged_clock_is_put_off_and_shown_while_the_others_go_on() -> None:
    broken, sound = make_target(), make_target()
    SlaTarget.objects.filter(pk=broken.pk).update(thresholds=[{"key": "x", "kind": "nonsense"}])
    clock = begin(make_target(), june("01 09:00"))
    Clock.objects.filter(pk=clock.pk).update(target=broken)
    other = begin(sound, june("01 09:00"))
    now = june("01 13:00")
    assert sweep(now=now) == 1
    clock.refresh_from_db()
    other.refresh_from_db()
    assert (clock.settle_failures, clock.next_event_at) == (1, now + timedelta(minutes=5))
    assert (other.settle_failures, other.fired) == (0, 1)
    assert list(Clock.objects.failing()) == [clock]


def test_a_mended_clock_catches_up_with_the_true_times() -> None:
    clock = begin(make_target(), june("01 09:00"))
    Clock.objects.filter(pk=clock.pk).update(settle_failures=2, next_event_at=june("01 13:05"))
    assert sweep(now=june("01 13:06")) == 1
    assert told()[0][1] == june("01 13:00")
    clock.refresh_from_db()
    assert (clock.settle_failures, clock.next_event_at) == (0, june("01 15:00"))


def test_a_row_that_the_database_refuses_does_not_take_its_batch_along(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sound, refused = begin(make_target(), june("01 09:00")), begin(make_target(), june("01 09:00"))
    real = sweeping.Settler.settle_all

    def with_a_cycle_that_is_none(self: Any, claimed: Any) -> Any:
        settled = real(self, claimed)
        settled.events = [
            (row[0], None, *row[2:]) if row[0] == refused.pk else row for row in settled.events
        ]
        return settled

    monkeypatch.setattr(sweeping.Settler, "settle_all", with_a_cycle_that_is_none)
    assert sweep(now=june("01 13:00")) == 1
    sound.refresh_from_db()
    refused.refresh_from_db()
    assert (sound.fired, sound.settle_failures) == (1, 0)
    assert (refused.fired, refused.settle_failures) == (0, 1)


def test_listeners_hear_of_each_batch_and_a_failing_one_stops_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heard: list[datetime] = []

    def fail(now: datetime) -> None:
        raise RuntimeError("away")

    monkeypatch.setattr(sweeping, "after_batch", [fail, heard.append])
    target = make_target()
    for _ in range(3):
        begin(target, june("01 09:00"))
    now = june("01 13:00")
    assert sweep(now=now, batch=2) == 3
    assert heard == [now, now]


def test_each_run_leaves_a_heartbeat() -> None:
    sweep(now=june("01 13:00"))
    sweep(now=june("01 13:01"))
    assert Heartbeat.objects.get(name="sweep").at == june("01 13:01")


def test_nothing_due_costs_the_same_few_queries_whatever_runs(
    django_assert_max_num_queries: Any,
) -> None:
    target = make_target()
    for _ in range(20):
        begin(target, june("01 09:00"))
    sweep(now=june("01 09:01"))
    # The batch's savepoint, claim, release; the heartbeat.
    with django_assert_max_num_queries(4):
        sweep(now=june("01 09:02"))


def test_a_batch_costs_the_same_queries_for_one_clock_as_for_twenty(
    django_assert_max_num_queries: Any,
) -> None:
    target = make_target()
    for _ in range(20):
        begin(target, june("01 09:00"))
    sweep(now=june("01 09:01"))
    # As above, with calendars, targets, clocks and events.
    with django_assert_max_num_queries(8):
        assert sweep(now=june("01 13:00")) == 20
