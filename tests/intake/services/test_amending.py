"""Changing an answer, recording the decision, and the new date of what is late."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from audit.models import Entry
from intake.models import Answer, Decision, NewDate, QuestionVersion, WorkRequest
from intake.services import agreement, amending, decisions, late
from intake.services.late import NothingLateError
from intake.services.submission import StaleAnswerError
from intake.states import State
from notifications.models import OutboxMessage
from tests.factories.intake import bring_to

pytestmark = pytest.mark.django_db


def change(work, slug, value, *, actor, at, seen=1):
    question = QuestionVersion.objects.current().get(slug=slug)
    return amending.amend(
        work, question, value=value, status="given", actor=actor, at=at, seen=seen
    )


def test_the_old_answer_stays_beside_the_new_one(work, analyst, berlin):
    at = berlin("2026-03-02 11:00")
    change(work, "who", {"who": "The buyers"}, actor=work.requester, at=at)
    answer = Answer.objects.get(work=work, slug="who")
    assert (answer.get("who"), answer.earlier.get().get("who")) == (
        "The buyers",
        "The three plant managers",
    )
    assert Entry.objects.about(work).filter(action="intake.answer_amended").count() == 1


def test_a_changed_decision_is_read_from_the_new_answer(work, berlin):
    at = berlin("2026-03-02 11:00")
    change(work, "decision", {"decision": "Whom to buy from"}, actor=work.requester, at=at)
    assert Decision.objects.get(work=work).name == "Whom to buy from"


def test_their_first_words_are_never_changed(work, berlin):
    with pytest.raises(PermissionDenied):
        change(work, "need", {"need": "Else"}, actor=work.requester, at=berlin("2026-03-02 11:00"))


def test_two_changes_of_the_same_answer_never_overwrite_each_other(work, berlin):
    at = berlin("2026-03-02 11:00")
    change(work, "who", {"who": "The buyers"}, actor=work.requester, at=at)
    with pytest.raises(StaleAnswerError):
        change(work, "who", {"who": "The planners"}, actor=work.requester, at=at)
    # The same change sent twice is one.
    change(work, "who", {"who": "The buyers"}, actor=work.requester, at=at)
    assert Answer.objects.get(work=work, slug="who").earlier.count() == 1


def test_once_a_tier_is_chosen_answers_stay(work, analyst, silver, berlin):
    at = berlin("2026-03-02 11:00")
    running = bring_to(State.RUNNING, work, analyst=analyst, tier=silver, at=at)
    with pytest.raises(PermissionDenied):
        change(
            running, "who", {"who": "Others"}, actor=work.requester, at=berlin("2026-03-04 11:00")
        )


def test_the_decision_is_recorded_and_may_be_corrected(work, analyst, outsider, berlin):
    at = berlin("2026-03-02 11:00")
    said = {"decided_what": "Book twelve trucks", "result_used": "partly"}
    with pytest.raises(PermissionDenied):
        decisions.record_decision(work, decided_on=date(2026, 3, 2), **said, actor=outsider, at=at)
    decisions.record_decision(
        work, decided_on=date(2026, 3, 2), **said, actor=work.requester, at=at
    )
    decisions.record_decision(work, decided_on=date(2026, 3, 1), **said, actor=analyst, at=at)
    decision = Decision.objects.get(work=work)
    assert (decision.decided_on, decision.result_used) == (date(2026, 3, 1), "partly")
    entry = Entry.objects.about(work).filter(action="intake.decision_recorded").last()
    assert entry.data["was"] == "2026-03-02"


def test_a_late_promise_gets_a_new_date_that_the_requester_reads(work, analyst, silver, berlin):
    bring_to(State.CLAIMED, work, analyst=analyst, tier=silver, at=berlin("2026-03-02 11:00"))
    named = {"new_on": date(2026, 3, 17), "because": "The data came late", "actor": analyst}
    with pytest.raises(NothingLateError):
        late.name_new_date(work, **named, at=berlin("2026-03-02 12:00"))
    with pytest.raises(PermissionDenied):
        late.name_new_date(
            work, **(named | {"actor": work.requester}), at=berlin("2026-03-12 10:00")
        )
    late.name_new_date(work, **named, at=berlin("2026-03-12 10:00"))
    assert NewDate.objects.get().clock.subject == work.subject
    assert OutboxMessage.objects.filter(kind="request_late", recipient=work.requester).exists()


def test_a_new_date_that_has_passed_stands_no_more(work, analyst, silver, berlin):
    bring_to(State.CLAIMED, work, analyst=analyst, tier=silver, at=berlin("2026-03-02 11:00"))
    late.name_new_date(
        work,
        new_on=date(2026, 3, 13),
        because="The data came late",
        actor=analyst,
        at=berlin("2026-03-12 10:00"),
    )
    work = WorkRequest.objects.get(pk=work.pk)
    clock = late.late_clock(work.subject.clocks.open().with_terms(), berlin("2026-03-14 10:00"))
    assert late.new_date_of(work, clock, berlin("2026-03-13 10:00"))
    assert late.new_date_of(work, clock, berlin("2026-03-14 10:00")) is None


def test_withdrawing_leaves_nothing_to_be_late(work, analyst, berlin):
    agreement.withdraw(work, actor=work.requester, at=berlin("2026-03-02 11:00"))
    clocks = work.subject.clocks.open().with_terms()
    assert late.late_clock(clocks, berlin("2026-03-20 10:00")) is None
