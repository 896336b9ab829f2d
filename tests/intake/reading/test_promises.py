"""What a clock says in a few words, in working time."""

import pytest

from intake.models import WorkRequest
from intake.reading.promises import chip_of, is_late, next_promise, promised
from intake.services import triage
from intake.states import Lane, State
from sla.models import Clock
from tests.factories.intake import bring_to, make_work

pytestmark = pytest.mark.django_db


def clock_of(work, metric):
    return Clock.objects.with_terms().filter(subject=work.subject, metric=metric).latest("cycle")


@pytest.mark.parametrize(
    ("now", "tone", "words"),
    [
        # The first reply is due on Tuesday 3 March at 10:00, after 8 working hours.
        ("2026-03-02 10:00", "ok", "1 d left"),
        ("2026-03-02 12:30", "ok", "5 h left"),
        ("2026-03-02 14:00", "soon", "4 h left"),
        ("2026-03-02 22:00", "soon", "1 h left"),
        ("2026-03-03 08:00", "soon", "1 h left"),
        ("2026-03-03 09:40", "soon", "20 min left"),
        ("2026-03-03 11:30", "late", "Late by 1 h 30 min"),
        ("2026-03-04 13:00", "late", "Late by 1 d 3 h"),
    ],
)
def test_a_running_clock_says_how_much_working_time_is_left(work, berlin, now, tone, words):
    assert chip_of(clock_of(work, "first_reply"), berlin(now)) == (tone, words)


def test_due_at_closing_time_it_is_late_from_then_on(requester, policies, berlin):
    reply = clock_of(make_work(requester, berlin("2026-03-02 09:00")), "first_reply")
    assert chip_of(reply, berlin("2026-03-02 16:59")).words == "1 min left"
    assert chip_of(reply, berlin("2026-03-02 17:00")).tone == "soon"
    assert chip_of(reply, berlin("2026-03-02 20:00")) == ("late", "Late")
    assert is_late(reply, berlin("2026-03-02 20:00"))
    assert chip_of(reply, berlin("2026-03-03 10:00")) == ("late", "Late by 1 h")


def test_long_promises_are_soon_from_three_quarters_on(work, berlin):
    proposal = clock_of(work, "proposal")
    assert chip_of(proposal, berlin("2026-03-05 15:00")) == ("ok", "1 d 3 h left")
    assert chip_of(proposal, berlin("2026-03-05 16:00")) == ("soon", "1 d 2 h left")


def test_a_paused_clock_says_since_when_and_for_whom(work, analyst, berlin):
    at = berlin("2026-03-02 12:00")
    triage.ask(work, questions=["Which ledger?"], blocks=True, actor=analyst, at=at)
    proposal = clock_of(work, "proposal")
    assert chip_of(proposal, at) == ("paused", "Paused, with requester")
    assert chip_of(proposal, berlin("2026-03-04 12:00")) == (
        "paused",
        "Paused 2 d, with requester",
    )


def test_a_parked_clock_says_so(work, analyst, silver, berlin):
    work = bring_to(State.PARKED, work, analyst=analyst, tier=silver, at=berlin("2026-03-02 11:00"))
    contact = clock_of(work, "next_contact")
    assert chip_of(contact, berlin("2026-03-02 16:00")) == ("paused", "Paused 5 h, parked")


def test_a_stopped_clock_says_whether_the_promise_was_kept(work, analyst, berlin):
    triage.ask(work, questions=["?"], blocks=False, actor=analyst, at=berlin("2026-03-02 16:00"))
    assert chip_of(clock_of(work, "first_reply"), berlin("2026-03-09 10:00")) == (
        "met",
        "Met in 6 h",
    )


def test_a_missed_promise_says_by_how_much(work, analyst, berlin):
    triage.ask(work, questions=["?"], blocks=False, actor=analyst, at=berlin("2026-03-03 12:00"))
    assert chip_of(clock_of(work, "first_reply"), berlin("2026-03-09 10:00")) == (
        "missed",
        "Missed by 2 h",
    )


def test_the_next_promise_is_the_one_that_is_due_first(work, analyst, berlin):
    clocks = list(work.subject.clocks.with_terms())
    assert next_promise(clocks).metric == "first_reply"
    triage.ask(work, questions=["?"], blocks=True, actor=analyst, at=berlin("2026-03-02 12:00"))
    assert next_promise(work.subject.clocks.with_terms()) is None


def test_a_promise_the_requester_does_not_see_is_never_the_next(work):
    proposal, reply = clock_of(work, "proposal"), clock_of(work, "first_reply")
    reply.metric = "handoff"
    assert next_promise([proposal, reply]) == proposal


def test_late_is_what_was_due_before_now(work, berlin):
    reply = clock_of(work, "first_reply")
    assert not is_late(reply, berlin("2026-03-03 10:00"))
    assert is_late(reply, berlin("2026-03-03 10:01"))


def test_the_quick_lane_promises_an_answer(requester, policies, berlin):
    quick = make_work(requester, berlin("2026-03-02 10:00"), quick=True)
    assert promised(clock_of(quick, "proposal"), quick) == "answer you"
    assert promised(clock_of(quick, "first_reply"), quick, you="Ana") == "reply to Ana in person"
    assert promised(clock_of(quick, "proposal"), WorkRequest(lane=Lane.CONSULT)) == (
        "propose an approach"
    )
