"""Acts on clocks: what they do, what they leave behind and how few queries they take."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from sla.models import Clock, ClockCommand, ClockEvent, SlaTarget, Subject
from sla.services import clocks, policies
from sla.services.policies import Promise
from sla.services.sweep import sweep
from tests.factories.sla import LONG_AGO, make_calendar, make_subject, make_target, working_week
from tests.sla.moments import june

pytestmark = pytest.mark.django_db
METRICS = ("first_reply", "proposal", "next_contact", "blueprint")


@pytest.fixture
def subject() -> Subject:
    return make_subject()


@pytest.fixture
def target() -> SlaTarget:
    return make_target(hours=8)


def begin(subject: Subject, target: SlaTarget, at: datetime | None = None) -> Clock:
    return clocks.start(subject, "proposal", target=target, at=at or june("01 09:00"))


def four_targets() -> dict[str, SlaTarget]:
    calendar = make_calendar()
    promises = [Promise(metric, 8 * 3600, calendar) for metric in METRICS]
    policies.new_policy("four", "Four", promises, at=LONG_AGO)
    return clocks.policy_targets("four", at=june("01 09:00"))


def acts(clock: Clock) -> list[tuple[str, bool]]:
    return list(clock.commands.order_by("seq").values_list("type", "is_ignored"))


def live(clock: Clock) -> list[str]:
    events = ClockEvent.objects.live().filter(clock=clock).order_by("due_at")
    return list(events.values_list("threshold_key", flat=True))


# Starting


def test_a_started_clock_knows_when_it_is_due_and_looked_at(
    subject: Subject, target: SlaTarget, analyst: User
) -> None:
    clock = clocks.start(subject, "proposal", target=target, at=june("01 10:00"), actor=analyst)
    clock.refresh_from_db()
    assert (clock.state, clock.cycle, clock.part) == ("running", 1, "")
    assert (clock.due_at, clock.next_event_at) == (june("02 10:00"), june("01 14:00"))
    command = clock.commands.get()
    assert (command.type, command.actor, command.at) == ("start", analyst, june("01 10:00"))
    assert command.payload == {"target": target.pk, "version": 1}


def test_a_clock_starts_once(subject: Subject, target: SlaTarget) -> None:
    first = begin(subject, target)
    again = begin(subject, target, june("01 12:00"))
    assert again == first
    assert again.due_at == june("01 17:00")
    assert acts(first) == [("start", False), ("start", True)]


def test_parts_of_one_metric_are_clocks_of_their_own(subject: Subject) -> None:
    target = make_target(metric="handoff")
    one = clocks.start(subject, "handoff", target=target, at=june("01 09:00"), part="step 1")
    clocks.start(subject, "handoff", target=target, at=june("01 09:00"), part="step 2")
    clocks.stop(subject, metrics=["handoff"], part="step 1", at=june("01 10:00"))
    assert [c.part for c in Clock.objects.open()] == ["step 2"]
    one.refresh_from_db()
    assert one.outcome == "met"


def test_starting_many_takes_two_queries(subject: Subject, django_assert_num_queries: Any) -> None:
    targets = four_targets()
    with django_assert_num_queries(2):  # clocks, commands
        started = clocks.start_many(subject, targets, at=june("01 09:00"))
    assert [clock.metric for clock in started] == list(METRICS)
    assert {clock.due_at for clock in Clock.objects.all()} == {june("01 17:00")}


def test_a_second_row_of_the_same_cycle_is_refused(subject: Subject, target: SlaTarget) -> None:
    begin(subject, target)
    with pytest.raises(IntegrityError), transaction.atomic():
        clocks.start_many(subject, {"proposal": target}, at=june("01 09:00"))


def test_an_unknown_metric_is_refused(subject: Subject, target: SlaTarget) -> None:
    with pytest.raises(ValueError, match="lunch"):
        clocks.start(subject, "lunch", target=target, at=june("01 09:00"))


@pytest.mark.django_db(transaction=True)
def test_clocks_move_only_with_the_change_that_moves_them() -> None:
    subject = make_subject()
    with pytest.raises(transaction.TransactionManagementError):
        clocks.pause(subject, reason="hold", at=june("01 09:00"))


def test_a_threshold_that_is_reached_at_once_is_recorded_at_the_start(subject: Subject) -> None:
    row = {"key": "warn--90000s", "kind": "warn", "offset_seconds": -90000}
    target = make_target(thresholds=[row, {"key": "breach-100", "kind": "breach", "percent": 100}])
    clock = begin(subject, target)
    assert live(clock) == ["warn--90000s"]
    assert clock.fired == 1


# Policies


def test_the_newest_version_that_is_valid_is_the_one_that_counts(
    django_assert_num_queries: Any,
) -> None:
    calendar = make_calendar()
    policy = policies.new_policy("lane", "Lane", [Promise("proposal", 3600, calendar)], at=LONG_AGO)
    policies.new_version(policy, [Promise("proposal", 7200, calendar)], at=june("10 00:00"))
    for at, seconds in ((june("09 23:59"), 3600), (june("10 00:00"), 7200)):
        with django_assert_num_queries(1):  # targets with their calendars
            found = clocks.policy_targets("lane", at=at)
        assert found["proposal"].target_seconds == seconds
    assert clocks.policy_targets("lane", at=LONG_AGO - timedelta(days=1)) == {}
    assert clocks.policy_targets("nothing", at=june("10 00:00")) == {}


# Pausing


def test_a_pause_stops_counting_and_takes_the_due_date_away(
    subject: Subject, target: SlaTarget
) -> None:
    begin(subject, target)
    [clock] = clocks.pause(subject, reason="requester", at=june("01 11:00"))
    clock.refresh_from_db()
    assert (clock.state, clock.due_at, clock.next_event_at) == ("paused", None, None)
    assert (clock.pause_reasons, clock.paused_at) == (["requester"], june("01 11:00"))
    assert clock.worked_us == 2 * 3600 * 10**6
    [clock] = clocks.resume(subject, reason="requester", at=june("02 10:00"))
    clock.refresh_from_db()
    assert (clock.due_at, clock.paused_at) == (june("02 16:00"), None)


def test_a_clock_runs_when_no_reason_is_left(subject: Subject, target: SlaTarget) -> None:
    clock = begin(subject, target)
    clocks.pause(subject, reason="requester", at=june("01 10:00"))
    clocks.pause(subject, reason="hold", at=june("01 11:00"))
    clocks.resume(subject, reason="requester", at=june("01 12:00"))
    clock.refresh_from_db()
    assert clock.pause_reasons == ["hold"]
    clocks.resume(subject, reason="hold", at=june("01 14:00"))
    clock.refresh_from_db()
    assert (clock.state, clock.due_at) == ("running", june("02 13:00"))


def test_only_the_named_metrics_pause(subject: Subject) -> None:
    clocks.start_many(subject, four_targets(), at=june("01 09:00"))
    paused = clocks.pause(
        subject, reason="hold", at=june("01 10:00"), metrics=["proposal", "blueprint"]
    )
    assert [clock.metric for clock in paused] == ["proposal", "blueprint"]
    assert Clock.objects.filter(state="running").count() == 2


def test_a_repeated_pause_is_kept_as_ignored(subject: Subject, target: SlaTarget) -> None:
    clock = begin(subject, target)
    clocks.pause(subject, reason="hold", at=june("01 10:00"))
    clocks.pause(subject, reason="hold", at=june("01 11:00"))
    assert acts(clock) == [("start", False), ("pause", False), ("pause", True)]


def test_the_same_key_twice_is_one_command(subject: Subject) -> None:
    clocks.start_many(subject, four_targets(), at=june("01 09:00"))
    for hour in ("10", "11"):
        clocks.pause(subject, reason="hold", at=june(f"01 {hour}:00"), key="form-token")
    assert ClockCommand.objects.filter(type="pause").count() == 4
    assert not ClockCommand.objects.filter(is_ignored=True).exists()


# Stopping


def test_the_first_stop_counts(subject: Subject, target: SlaTarget) -> None:
    clock = begin(subject, target)
    clocks.stop(subject, metrics=["proposal"], at=june("01 11:00"))
    assert clocks.stop(subject, metrics=["proposal"], at=june("01 16:00")) == []
    clock.refresh_from_db()
    assert (clock.outcome, clock.ended_at) == ("met", june("01 11:00"))
    assert clock.due_at == june("01 17:00")
    assert clock.worked_us == 2 * 3600 * 10**6


def test_a_late_stop_records_its_own_breach_first(subject: Subject, target: SlaTarget) -> None:
    clock = begin(subject, target)
    sweep(now=june("01 16:00"))
    clocks.stop(subject, metrics=["proposal"], at=june("01 17:05"))
    clock.refresh_from_db()
    assert (clock.outcome, clock.breached_at) == ("missed", june("01 17:00"))
    breach = clock.events.get(kind="breach")
    assert (breach.due_at, breach.effective_at) == (june("01 17:00"), june("01 17:00"))
    assert breach.detected_at == june("01 17:05")
    assert not breach.is_notified


def test_stopped_at_the_due_instant_is_met_and_a_microsecond_later_missed() -> None:
    target = make_target()
    for late, outcome in ((timedelta(0), "met"), (timedelta(microseconds=1), "missed")):
        subject = make_subject()
        begin(subject, target)
        [clock] = clocks.stop(subject, metrics=["proposal"], at=june("01 17:00") + late)
        assert clock.outcome == outcome


def test_a_cancelled_clock_has_no_outcome_but_keeps_its_events(
    subject: Subject, target: SlaTarget
) -> None:
    clock = begin(subject, target)
    clocks.cancel(subject, at=june("02 12:00"), reason="withdrawn")
    clock.refresh_from_db()
    assert (clock.state, clock.outcome) == ("cancelled", "")
    assert clock.breached_at == june("01 17:00")
    assert "breach-100" in live(clock)


# Reopening


def test_delivery_continues_where_it_stopped(subject: Subject) -> None:
    clocks.start(subject, "delivery", target=make_target(metric="delivery"), at=june("01 09:00"))
    clocks.stop(subject, metrics=["delivery"], at=june("01 11:00"))
    [clock] = clocks.reopen(subject, metrics=["delivery"], at=june("02 09:00"))
    clock.refresh_from_db()
    assert (clock.cycle, clock.state, clock.outcome) == (1, "running", "")
    assert (clock.due_at, clock.ended_at) == (june("02 15:00"), None)


def test_a_proposal_begins_anew_and_a_first_reply_is_left(subject: Subject) -> None:
    clocks.start_many(subject, four_targets(), at=june("01 09:00"))
    clocks.stop(subject, metrics=METRICS, at=june("01 11:00"))
    reopened = clocks.reopen(subject, metrics=["proposal", "first_reply"], at=june("02 09:00"))
    assert [(clock.metric, clock.cycle) for clock in reopened] == [("proposal", 2)]
    assert reopened[0].due_at == june("02 17:00")
    assert Clock.objects.get(metric="proposal", cycle=1).outcome == "met"
    assert Clock.objects.get(metric="first_reply").state == "stopped"


def test_what_still_runs_is_not_reopened(subject: Subject, target: SlaTarget) -> None:
    begin(subject, target)
    assert clocks.reopen(subject, metrics=["proposal"], at=june("02 09:00")) == []


def test_a_restart_cancels_what_was_open_and_counts_from_zero(
    subject: Subject, target: SlaTarget
) -> None:
    first = begin(subject, target)
    second = clocks.restart(subject, "proposal", at=june("01 12:00"))
    first.refresh_from_db()
    assert (first.state, first.outcome) == ("cancelled", "")
    assert (second.cycle, second.due_at) == (2, june("02 12:00"))
    assert second.target == target


def test_a_restart_keeps_the_outcome_of_a_cycle_that_was_over(
    subject: Subject, target: SlaTarget
) -> None:
    first = begin(subject, target)
    clocks.stop(subject, metrics=["proposal"], at=june("01 11:00"))
    second = clocks.restart(subject, "proposal", at=june("02 09:00"))
    first.refresh_from_db()
    assert (first.outcome, second.due_at) == ("met", june("02 17:00"))


def test_a_restart_with_other_terms_and_a_first_start(subject: Subject, target: SlaTarget) -> None:
    clocks.restart(subject, "proposal", target=target, at=june("01 09:00"))
    second = clocks.restart(subject, "proposal", target=make_target(hours=2), at=june("01 10:00"))
    assert (second.cycle, second.due_at) == (2, june("01 12:00"))
    with pytest.raises(ValueError, match="blueprint"):
        clocks.restart(subject, "blueprint", at=june("01 10:00"))


def test_a_new_cycle_never_begins_before_the_old_one_ended(
    subject: Subject, target: SlaTarget
) -> None:
    begin(subject, target)
    clocks.pause(subject, reason="hold", at=june("01 12:00"))
    second = clocks.restart(subject, "proposal", at=june("01 11:00"))
    assert second.started_at == june("01 12:00")


# New terms


def test_a_longer_target_takes_events_back_and_a_shorter_one_brings_them(
    subject: Subject,
) -> None:
    clock = begin(subject, make_target(hours=4))
    long = make_target(hours=8)
    clocks.retarget(subject, "proposal", target=long, at=june("01 11:30"), reason="tier")
    clock.refresh_from_db()
    assert (clock.due_at, clock.next_event_at) == (june("01 17:00"), june("01 13:00"))
    assert (clock.target, clock.target_seconds) == (long, 8 * 3600)
    assert clock.events.get().superseded_at == june("01 11:30")
    clocks.retarget(subject, "proposal", target=make_target(hours=2), at=june("01 13:00"))
    clock.refresh_from_db()
    assert (clock.due_at, clock.breached_at) == (june("01 11:00"), june("01 13:00"))
    assert live(clock) == ["warn-75", "warn-90", "breach-100", "escalate-150", "warn-50"]
    causes = {event.threshold_key: event.cause for event in ClockEvent.objects.live()}
    assert causes["breach-100"] == "retarget"


def test_another_calendar_measures_from_then_on(subject: Subject) -> None:
    clock = begin(subject, make_target(hours=8), june("01 16:00"))
    always = make_calendar(
        working_week(windows=[["00:00", "24:00"]], days=("mon", "tue", "wed", "thu", "fri"))
    )
    clocks.retarget(subject, "proposal", target=make_target(always, hours=4), at=june("01 20:00"))
    clock.refresh_from_db()
    assert (clock.due_at, clock.calendar) == (june("01 23:00"), always)
    sweep(now=june("01 23:30"))
    clock.refresh_from_db()
    assert clock.breached_at == june("01 23:00")


def test_the_same_terms_change_nothing(subject: Subject, target: SlaTarget) -> None:
    clock = begin(subject, target)
    same = make_target(target.calendar, hours=8)
    clocks.retarget(subject, "proposal", target=same, at=june("01 11:00"))
    clock.refresh_from_db()
    assert clock.target == target
    assert acts(clock) == [("start", False), ("retarget", True)]


def test_there_is_nothing_to_retarget_once_it_is_over(subject: Subject, target: SlaTarget) -> None:
    begin(subject, target)
    clocks.stop(subject, metrics=["proposal"], at=june("01 11:00"))
    moved = clocks.retarget(subject, "proposal", target=make_target(), at=june("01 12:00"))
    assert moved is None


# Queries


@pytest.mark.parametrize("act", ["pause", "stop", "cancel"])
def test_an_act_takes_as_many_queries_for_four_clocks_as_for_one(
    subject: Subject, act: str, django_assert_num_queries: Any
) -> None:
    clocks.start_many(subject, four_targets(), at=june("01 09:00"))
    given: dict[str, Any] = {"pause": {"reason": "hold"}, "stop": {"metrics": METRICS}}.get(act, {})
    with django_assert_num_queries(4):  # lock, history, new commands, columns
        getattr(clocks, act)(subject, at=june("01 10:00"), **given)


def test_an_act_that_brings_events_takes_two_more(
    subject: Subject, django_assert_num_queries: Any
) -> None:
    clocks.start_many(subject, four_targets(), at=june("01 09:00"))
    with django_assert_num_queries(6):  # … events that are there, new events
        clocks.stop(subject, metrics=METRICS, at=june("02 10:00"))


def test_an_act_on_nothing_takes_one_query(
    subject: Subject, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        assert clocks.pause(subject, reason="hold", at=june("01 10:00")) == []
