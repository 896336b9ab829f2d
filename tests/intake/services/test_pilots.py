"""A pilot: lines fixed before it, a gate at each step, a verdict by a clock."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from accounts.waiting import duties_of
from catalog.models import Improvement, Line, Pilot, Service
from catalog.services.pilots import PilotRuleError, latest_readings, suggestion
from intake.models import Learning, WorkRequest
from intake.reading.badges import badge_of
from intake.reading.pilot_page import PilotPage
from intake.services import escalation, pilots
from intake.states import State
from notifications.models import OutboxMessage
from sla.models import ClockEvent
from sla.services import sweep
from tests.factories.intake import bring_to
from tests.factories.pilots import decide, look, make_pilot

pytestmark = pytest.mark.django_db


@pytest.fixture
def at(berlin):
    return berlin("2026-03-09 10:00")


@pytest.fixture
def running(work, analyst, silver, berlin):
    return bring_to(
        State.RUNNING, work, analyst=analyst, tier=silver, at=berlin("2026-03-02 11:00")
    )


@pytest.fixture
def pilot(running, analyst, at):
    """From Monday 9 March to Sunday 5 April."""
    return make_pilot(running, analyst, at)


def fresh(work):
    return WorkRequest.objects.get(pk=work.pk)


def told(kind):
    return {m.recipient.name for m in OutboxMessage.objects.filter(kind=kind)}


def test_the_request_keeps_running_and_says_until_when_it_is_tried(running, pilot, at):
    work = fresh(running)
    assert work.state == State.RUNNING
    assert badge_of(work, now=at).words == "In pilot until Sun 5 Apr"
    assert PilotPage(pilot, at).day_words == "Day 1 of 28. Ends Sun 5 Apr."


@pytest.mark.parametrize(
    ("starts", "length", "words"),
    [(-1, 20, "starts today or later"), (0, 42, "within six weeks"), (3, 0, "after its start")],
)
def test_a_pilot_starts_in_time_and_ends_within_six_weeks(
    running, analyst, at, starts, length, words
):
    first = at.date() + timedelta(days=starts)
    with pytest.raises(PilotRuleError, match=words):
        make_pilot(running, analyst, at, starts_on=first, ends_on=first + timedelta(days=length))


def test_the_lines_say_keep_adapt_or_drop(running, pilot, requester, at):
    criterion = pilot.criteria.get()
    said = [criterion.line(Decimal(value)) for value in (2, 3, 4, 5, 6)]
    assert said == [Line.KEEP, Line.KEEP, Line.ADAPT, Line.DROP, Line.DROP]
    assert suggestion(pilot) is None
    look(running, requester, at, 4, worked="The flag was read")
    assert suggestion(pilot) == Line.ADAPT


def test_lines_in_the_wrong_order_are_refused_by_the_database(pilot):
    with pytest.raises(IntegrityError), transaction.atomic():
        pilot.criteria.update(keep_at=Decimal(6))


def test_a_missing_look_is_a_gap_and_no_zero(running, pilot, requester, berlin):
    look(running, requester, berlin("2026-03-20 10:00"), 5)
    page = PilotPage(pilot, berlin("2026-03-24 10:00"))
    assert [(slot.day, slot.is_gap) for slot in page.slots] == [(14, False), (7, True)]
    assert len(latest_readings(pilot)) == 1


def test_a_step_is_not_widened_before_it_has_feedback(running, pilot, requester, analyst, at):
    with pytest.raises(PilotRuleError, match="has no feedback yet"):
        pilots.widen(running, actor=analyst, at=at)
    first = pilot.steps.get(position=1)
    pilots.give_feedback(fresh(running), first, text="It helped", actor=requester, at=at)
    assert pilots.widen(running, actor=analyst, at=at).words == "All plants"
    with pytest.raises(PilotRuleError, match="last step"):
        pilots.widen(running, actor=analyst, at=at)


def test_the_end_demands_the_verdict_by_a_clock(running, pilot, requester, berlin):
    assert pilots.tend(berlin("2026-04-05 12:00")) == 1  # a look is due on the last day
    pilots.tend(berlin("2026-04-06 07:00"))
    pilots.tend(berlin("2026-04-06 07:05"))
    pilot.refresh_from_db()
    clock = pilot.subject.clocks.get(metric="verdict")
    assert pilot.ended_at == berlin("2026-04-06 00:00")
    assert clock.due_at == berlin("2026-04-09 17:00")  # Easter Monday is closed
    assert told("verdict_due") == {"Ana Silva"}
    waiting = duties_of(requester, now=berlin("2026-04-06 08:00"))
    assert "Decide on the pilot" in [duty.what for duty in waiting]


def test_a_late_verdict_escalates_to_who_decides_and_to_the_leads(running, pilot, lead, berlin):
    pilots.tend(berlin("2026-04-06 07:00"))
    late = berlin("2026-04-10 09:00")
    sweep.sweep(now=late)
    escalation.notify_all(late)
    assert ClockEvent.objects.filter(clock__metric="verdict", kind="breach").exists()
    assert told("verdict_late") == {"Ana Silva", "Lena Fox"}


def test_check_ins_are_asked_of_both_sides_on_their_day(running, pilot, requester, berlin):
    pilots.tend(berlin("2026-03-15 07:00"))
    pilots.tend(berlin("2026-03-15 12:00"))
    assert OutboxMessage.objects.filter(kind="check_in_due").count() == 2
    what = [duty.what for duty in duties_of(requester, now=berlin("2026-03-15 09:00"))]
    assert what == ["Check in on the pilot"]
    look(running, requester, berlin("2026-03-15 10:00"), 5)
    assert duties_of(requester, now=berlin("2026-03-15 11:00")) == []


def test_a_kept_pilot_goes_live_and_is_remembered(running, pilot, requester, berlin):
    Service.objects.update(state=Service.State.PILOT)
    pilots.tend(berlin("2026-04-06 07:00"))
    decide(running, "keep", requester, berlin("2026-04-07 10:00"))
    work = fresh(running)
    assert (work.state, work.in_pilot_until) == (State.RUNNING, None)
    assert work.service.state == Service.State.LIVE
    assert pilot.subject.clocks.get().outcome == "met"
    assert Learning.objects.get().text.startswith("Planners read a flag")


def test_a_dropped_pilot_closes_with_its_reason_and_another_way(running, pilot, requester, berlin):
    pilots.tend(berlin("2026-04-06 07:00"))
    decide(running, "drop", requester, berlin("2026-04-07 10:00"), next_step="Ask the plants.")
    work = fresh(running)
    assert work.state == State.DONE
    assert work.verdicts.get().alternative == "Ask the plants."
    assert work.results.get().difference == "no"


def test_an_adapted_pilot_is_followed_by_one_other_and_no_third(
    running, pilot, requester, analyst, berlin
):
    day = berlin("2026-04-07 10:00")
    pilots.tend(berlin("2026-04-06 07:00"))
    decide(running, "adapt", requester, day)
    assert Improvement.objects.get().source == Improvement.Source.PILOT
    with pytest.raises(PilotRuleError, match="another hypothesis"):
        make_pilot(running, analyst, day)
    second = make_pilot(running, analyst, day, hypothesis="We believe in Wednesdays.")
    assert second.before == pilot
    with pytest.raises(PilotRuleError, match="Two pilots in a row"):
        decide(running, "adapt", requester, day, early_reason="It is clear")


def test_deciding_early_needs_a_reason_and_a_short_one_is_no_reason(running, pilot, requester, at):
    with pytest.raises(PilotRuleError, match="early"):
        decide(running, "keep", requester, at)
    with pytest.raises(PilotRuleError, match="40 characters"):
        decide(running, "keep", requester, at, reason="Good", early_reason="It is clear")
    assert Pilot.objects.get().verdict == ""


def test_only_who_was_named_decides_or_a_lead(running, pilot, analyst, lead, outsider, at):
    for person in (analyst, outsider):
        with pytest.raises(PermissionDenied):
            decide(running, "keep", person, at, early_reason="It is clear")
    decide(running, "keep", lead, at, early_reason="It is clear")
    assert Pilot.objects.get().decided_by == lead


def test_one_pilot_at_a_time(running, pilot, analyst, at):
    with pytest.raises(PilotRuleError, match="One at a time"):
        make_pilot(running, analyst, at, hypothesis="Another")
