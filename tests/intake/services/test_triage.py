"""The PMO's acts: what they do to the request, its clocks and the people who are told."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from audit.models import Entry
from intake.models import NO_PROMISE, Verdict, WorkRequest
from intake.services import agreement, conversation, triage, urgency
from intake.services.lifecycle import ConflictError
from intake.states import IllegalMoveError, State
from notifications.models import OutboxMessage
from tests.factories.intake import agree_need, bring_to, make_work

pytestmark = pytest.mark.django_db


def kinds():
    return set(OutboxMessage.objects.values_list("kind", flat=True))


def fresh(work):
    return WorkRequest.objects.get(pk=work.pk)


def test_claiming_names_the_contact_and_promises_the_next_word(work, analyst, berlin):
    triage.claim(work, actor=analyst, at=berlin("2026-03-02 11:00"))
    work = fresh(work)
    assert (work.state, work.analyst) == (State.CLAIMED, analyst)
    assert work.clock("next_contact").due_at == berlin("2026-03-09 11:00")
    assert "request_claimed" in kinds()


def test_the_second_analyst_to_claim_is_told_who_was_first(work, analyst, other_analyst, berlin):
    seen = work.version
    triage.claim(work, actor=analyst, at=berlin("2026-03-02 11:00"), seen=seen)
    with pytest.raises(ConflictError) as conflict:
        triage.claim(work, actor=other_analyst, at=berlin("2026-03-02 11:00"), seen=seen)
    assert conflict.value.latest().actor == analyst


def test_nobody_judges_their_own_request(analyst, policies, berlin):
    own = make_work(analyst, berlin("2026-03-02 10:00"))
    with pytest.raises(PermissionDenied):
        triage.claim(own, actor=analyst, at=berlin("2026-03-02 11:00"))


def test_a_requester_can_not_triage(work, requester, outsider, berlin):
    for person in (requester, outsider):
        with pytest.raises(PermissionDenied):
            triage.claim(work, actor=person, at=berlin("2026-03-02 11:00"))


def test_waiting_for_the_requester_pauses_the_clock(work, analyst, berlin):
    hold = triage.ask(
        work,
        questions=["Which ledger?"],
        blocks=True,
        actor=analyst,
        at=berlin("2026-03-02 12:00"),
    )
    work = fresh(work)
    assert work.is_waiting
    assert work.clock("proposal").state == "paused"
    assert work.clock("first_reply").outcome == "met"
    assert work.queue_at == NO_PROMISE
    conversation.answer(
        work, hold, answers={1: "Both"}, actor=work.requester, at=berlin("2026-03-04 09:00")
    )
    work = fresh(work)
    assert not work.is_waiting
    # 2 h were used on Monday; 38 h are left from Wednesday 9:00.
    assert work.clock("proposal").due_at == berlin("2026-03-10 15:00")
    assert work.new_answer_at == berlin("2026-03-04 09:00")
    assert "questions_answered" in kinds()


def test_a_question_that_does_not_block_pauses_nothing(work, analyst, berlin):
    triage.ask(
        work, questions=["By the way?"], blocks=False, actor=analyst, at=berlin("2026-03-02 12:00")
    )
    work = fresh(work)
    assert work.is_waiting
    assert work.clock("proposal").state == "running"


def test_the_first_of_several_answers_lets_the_clock_go_on(work, analyst, berlin):
    hold = triage.ask(
        work, questions=["A?", "B?"], blocks=True, actor=analyst, at=berlin("2026-03-02 12:00")
    )
    lifted = conversation.answer(
        work, hold, answers={2: "Yes"}, actor=work.requester, at=berlin("2026-03-03 09:00")
    )
    work = fresh(work)
    assert (lifted, work.is_waiting) == (False, True)
    assert work.clock("proposal").state == "running"
    conversation.answer(
        work, hold, answers={1: "No"}, actor=work.requester, at=berlin("2026-03-03 10:00")
    )
    assert not fresh(work).is_waiting


def test_the_clock_stays_paused_while_another_blocking_question_waits(work, analyst, berlin):
    at = berlin("2026-03-02 12:00")
    first = triage.ask(work, questions=["A?"], blocks=True, actor=analyst, at=at)
    triage.ask(work, questions=["B?"], blocks=True, actor=analyst, at=at)
    conversation.answer(
        work, first, answers={1: "Yes"}, actor=work.requester, at=berlin("2026-03-03 09:00")
    )
    assert fresh(work).clock("proposal").state == "paused"


def test_no_proposal_before_both_sides_agreed_the_need(work, analyst, silver, berlin):
    with pytest.raises(triage.NeedNotAgreedError):
        triage.propose(
            work, tier=silver, why="It fits.", actor=analyst, at=berlin("2026-03-02 11:00")
        )
    assert fresh(work).state == State.NEW


def test_a_corrected_play_back_agrees_nothing(work, analyst, berlin):
    need = triage.play_back(work, text="A need", actor=analyst, at=berlin("2026-03-02 11:00"))
    agreement.answer_play_back(
        work,
        need,
        reply="nearly",
        correction="On Wednesday, not Thursday",
        actor=work.requester,
        at=berlin("2026-03-02 12:00"),
    )
    assert fresh(work).need == ""
    with pytest.raises(agreement.NothingToDecideError):
        agreement.answer_play_back(
            work, need, reply="yes", actor=work.requester, at=berlin("2026-03-02 13:00")
        )


def test_playing_back_anew_takes_the_old_agreement_away(work, analyst, berlin):
    work = agree_need(work, analyst, berlin("2026-03-02 11:00"))
    assert work.need
    triage.play_back(work, text="Another need", actor=analyst, at=berlin("2026-03-02 12:00"))
    assert fresh(work).need == ""


def test_proposing_meets_the_promise_of_a_proposal(work, analyst, silver, berlin):
    work = agree_need(work, analyst, berlin("2026-03-02 11:00"))
    triage.propose(work, tier=silver, why="It fits.", actor=analyst, at=berlin("2026-03-03 10:00"))
    work = fresh(work)
    assert work.state == State.PROPOSED
    assert work.clock("proposal").outcome == "met"
    assert "proposal_ready" in kinds()


def test_a_proposal_is_a_word_of_the_pmo(work, analyst, silver, berlin):
    work = agree_need(work, analyst, berlin("2026-03-03 09:00"))
    triage.propose(work, tier=silver, why="It fits.", actor=analyst, at=berlin("2026-03-05 12:00"))
    assert fresh(work).clock("next_contact").due_at == berlin("2026-03-12 12:00")


def test_a_retired_service_is_not_proposed(work, analyst, silver, berlin):
    work = agree_need(work, analyst, berlin("2026-03-02 11:00"))
    service = silver.version.service
    service.retires_on = date(2026, 3, 1)
    service.save()
    with pytest.raises(triage.NotOfferedError):
        triage.propose(work, tier=silver, why="x", actor=analyst, at=berlin("2026-03-03 10:00"))


def test_declining_stops_the_clock_and_tells_the_requester_why(work, analyst, silver, berlin):
    work = bring_to(
        State.DECLINED, work, analyst=analyst, tier=silver, at=berlin("2026-03-02 12:00")
    )
    assert work.clock("proposal").outcome == "met"
    assert work.queue_at == NO_PROMISE
    assert work.verdicts.get().reason == Verdict.Reason.EXISTS
    assert "request_declined" in kinds()


def test_a_decline_without_an_alternative_is_refused(work, analyst, berlin):
    with pytest.raises(PermissionDenied):
        triage.decline(
            work,
            reason="exists",
            explanation="It is there.",
            alternative="",
            actor=analyst,
            at=berlin("2026-03-02 12:00"),
        )


def test_parked_until_a_day_no_clock_runs_and_it_comes_back_by_itself(
    work, analyst, silver, berlin
):
    work = bring_to(State.PARKED, work, analyst=analyst, tier=silver, at=berlin("2026-03-02 12:00"))
    assert work.parked_until == date(2026, 4, 1)
    assert not work.subject.clocks.filter(state="running").exists()
    assert triage.wake_due(today=date(2026, 3, 31), at=berlin("2026-03-31 07:00")) == 0
    assert triage.wake_due(today=date(2026, 4, 1), at=berlin("2026-04-01 07:00")) == 1
    work = fresh(work)
    assert (work.state, work.returned_at) == (State.CLAIMED, berlin("2026-04-01 07:00"))
    proposal = work.clock("proposal")
    # Promised anew: five working days from the morning it came back, around Easter.
    assert (proposal.cycle, proposal.due_at) == (2, berlin("2026-04-09 17:00"))


def test_a_public_word_starts_the_next_contact_anew(work, analyst, berlin):
    triage.claim(work, actor=analyst, at=berlin("2026-03-02 11:00"))
    conversation.write(work, text="Hello", actor=analyst, at=berlin("2026-03-03 09:00"))
    clock = fresh(work).clock("next_contact")
    assert (clock.cycle, clock.due_at) == (2, berlin("2026-03-09 17:00"))
    assert fresh(work).clock("first_reply").outcome == "met"


def test_the_same_message_pressed_twice_is_one(work, analyst, berlin):
    token = work.draft_key
    at = berlin("2026-03-02 11:00")
    first = conversation.write(work, text="Hello", actor=analyst, at=at, token=token)
    again = conversation.write(work, text="Hello", actor=analyst, at=at, token=token)
    assert first == again
    assert work.messages.count() == 1


def test_an_internal_note_meets_no_promise_and_reaches_nobody(work, analyst, berlin):
    before = OutboxMessage.objects.count()
    conversation.note(work, text="Secret", actor=analyst, at=berlin("2026-03-02 11:00"))
    assert fresh(work).clock("first_reply").state == "running"
    assert OutboxMessage.objects.count() == before
    assert not work.messages.visible_to(work.requester).exists()


def test_accepting_urgency_promises_a_plan_in_one_working_day(requester, analyst, policies, berlin):
    work = make_work(requester, berlin("2026-03-02 10:00"), urgent=True)
    urgency.judge(
        work, accept=True, explanation="We stop X.", actor=analyst, at=berlin("2026-03-02 11:00")
    )
    assert fresh(work).clock("proposal").due_at == berlin("2026-03-03 10:00")


def test_choosing_a_tier_takes_the_standard_and_starts_the_delivery(work, analyst, silver, berlin):
    work = bring_to(
        State.RUNNING, work, analyst=analyst, tier=silver, at=berlin("2026-03-02 11:00")
    )
    assert (work.state, work.tier) == (State.RUNNING, silver)
    # Chosen on Monday at 13:00; eight working days.
    assert work.clock("delivery").due_at == berlin("2026-03-12 13:00")
    assert work.clock("blueprint").outcome == "met"
    assert work.blueprint.criteria.count() == 2


def test_what_is_open_can_not_be_handed_over(work, analyst, silver, berlin):
    work = bring_to(
        State.RUNNING, work, analyst=analyst, tier=silver, at=berlin("2026-03-02 11:00")
    )
    with pytest.raises(agreement.OpenCriteriaError):
        agreement.hand_over(work, actor=analyst, at=berlin("2026-03-04 11:00"))


def test_sent_back_from_the_check_the_delivery_clock_goes_on(work, analyst, silver, berlin):
    work = bring_to(State.CHECK, work, analyst=analyst, tier=silver, at=berlin("2026-03-02 11:00"))
    agreement.not_finished(
        work, what="The causes are missing", actor=work.requester, at=berlin("2026-03-03 09:00")
    )
    work = fresh(work)
    assert work.state == State.RUNNING
    # 1 h was used on Monday; 63 h from Tuesday 9:00.
    assert (work.clock("delivery").cycle, work.clock("delivery").due_at) == (
        1,
        berlin("2026-03-12 16:00"),
    )


def test_none_of_these_fits_promises_a_new_proposal(work, analyst, silver, berlin):
    work = bring_to(
        State.PROPOSED, work, analyst=analyst, tier=silver, at=berlin("2026-03-02 11:00")
    )
    agreement.refuse_proposal(
        work, why="Too slow", actor=work.requester, at=berlin("2026-03-03 09:00")
    )
    work = fresh(work)
    assert work.state == State.DISCOVERY
    assert (work.clock("proposal").cycle, work.clock("proposal").state) == (2, "running")


@pytest.mark.parametrize("state", [State.CLAIMED, State.PROPOSED, State.PARKED])
def test_withdrawn_before_running_every_clock_ends_without_a_miss(
    work, analyst, silver, berlin, state
):
    work = bring_to(state, work, analyst=analyst, tier=silver, at=berlin("2026-03-02 11:00"))
    agreement.withdraw(work, actor=work.requester, at=berlin("2026-03-03 09:00"))
    work = fresh(work)
    assert work.state == State.WITHDRAWN
    assert not work.subject.clocks.filter(state__in=("running", "paused")).exists()
    assert not work.subject.clocks.filter(outcome="missed").exists()


def test_a_verdict_on_a_closed_request_is_refused(work, analyst, silver, berlin):
    work = bring_to(
        State.ANSWERED, work, analyst=analyst, tier=silver, at=berlin("2026-03-02 11:00")
    )
    with pytest.raises(PermissionDenied):
        triage.answer(work, text="Again", actor=analyst, at=berlin("2026-03-02 12:00"))
    with pytest.raises(IllegalMoveError):
        triage.wake(work, actor=analyst, at=berlin("2026-03-02 12:00"))


def test_what_came_back_from_park_is_seen_once_the_pmo_speaks(work, analyst, berlin):
    triage.park(
        work,
        until=None,
        event="the new plan is out",
        explanation="It decides this.",
        actor=analyst,
        at=berlin("2026-03-02 12:00"),
    )
    work = triage.wake(fresh(work), actor=analyst, at=berlin("2026-03-09 10:00"))
    assert fresh(work).returned_at == berlin("2026-03-09 10:00")
    conversation.write(work, text="The plan is out.", actor=analyst, at=berlin("2026-03-09 11:00"))
    assert fresh(work).returned_at is None


def test_a_proposal_leaves_no_answer_unseen(work, analyst, silver, berlin):
    work = agree_need(work, analyst, berlin("2026-03-02 12:00"))
    assert work.new_answer_at
    triage.propose(work, tier=silver, why="It fits.", actor=analyst, at=berlin("2026-03-03 09:00"))
    assert fresh(work).new_answer_at is None


def test_a_note_on_handing_over_stays_within_the_pmo(work, analyst, other_analyst, berlin):
    triage.claim(work, actor=analyst, at=berlin("2026-03-02 11:00"))
    triage.assign(
        work,
        to=other_analyst,
        note="They prefer calls.",
        actor=analyst,
        at=berlin("2026-03-02 12:00"),
    )
    assert fresh(work).analyst == other_analyst
    [note] = work.messages.all()
    assert (note.text, note.is_internal) == ("They prefer calls.", True)


def test_what_made_it_urgent_is_recorded_for_the_count(requester, analyst, policies, berlin):
    work = make_work(requester, berlin("2026-03-02 10:00"), urgent=True)
    urgency.judge(
        work,
        accept=False,
        root="asked-late",
        explanation="The line can wait.",
        actor=analyst,
        at=berlin("2026-03-02 11:00"),
    )
    entry = Entry.objects.about(work).get(action="intake.urgency_judged")
    assert (entry.data["root"], entry.data["accepted"]) == ("asked-late", False)


def test_questions_taken_back_wait_for_nobody(work, analyst, berlin):
    at = berlin("2026-03-02 12:00")
    hold = triage.ask(work, questions=["Which ledger?"], blocks=True, actor=analyst, at=at)
    conversation.take_back_questions(work, actor=analyst, at=berlin("2026-03-03 12:00"))
    work = fresh(work)
    hold.refresh_from_db()
    assert (work.is_waiting, hold.was_withdrawn) == (False, True)
    # 2 h were used on Monday; 38 h are left from Tuesday 12:00.
    assert work.clock("proposal").due_at == berlin("2026-03-10 10:00")
    assert work.queue_at == work.clock("proposal").due_at


def test_only_the_pmo_takes_questions_back(work, analyst, berlin):
    at = berlin("2026-03-02 12:00")
    triage.ask(work, questions=["Which ledger?"], blocks=True, actor=analyst, at=at)
    with pytest.raises(PermissionDenied):
        conversation.take_back_questions(work, actor=work.requester, at=at)
    with pytest.raises(PermissionDenied):
        # Nothing waits on this one any more.
        conversation.take_back_questions(
            conversation.take_back_questions(work, actor=analyst, at=at), actor=analyst, at=at
        )
