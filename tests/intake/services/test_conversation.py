"""What both sides say, what only the PMO notes, and what two people may not undo for each other."""

from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied

from intake.models import HoldQuestion, Message, Participant, WorkRequest
from intake.services import agreement, conversation, triage
from intake.services.conversation import AnsweredMeanwhileError
from notifications.models import OutboxMessage

pytestmark = pytest.mark.django_db


@pytest.fixture
def hold(work, analyst, berlin):
    questions = ["Which ledger?", "Since when?"]
    at = berlin("2026-03-02 12:00")
    return triage.ask(work, questions=questions, blocks=True, actor=analyst, at=at)


def fresh(work):
    return WorkRequest.objects.get(pk=work.pk)


def answers():
    return list(HoldQuestion.objects.values_list("answer", flat=True))


def test_pressing_send_twice_makes_one_message_and_one_mail(work, requester, berlin):
    token = uuid4()
    for _ in range(2):
        conversation.write(
            work, text="Hello", actor=requester, at=berlin("2026-03-02 11:00"), token=token
        )
    assert Message.objects.count() == 1


def test_a_reply_of_the_pmo_reaches_the_requester_by_mail(work, analyst, berlin):
    conversation.write(work, text="Hello", actor=analyst, at=berlin("2026-03-02 11:00"))
    assert OutboxMessage.objects.filter(kind="reply", recipient=work.requester).count() == 1
    assert fresh(work).clock("first_reply").outcome == "met"


def test_an_internal_note_tells_nobody_and_meets_no_promise(work, analyst, berlin):
    before = OutboxMessage.objects.count()
    conversation.note(work, text="Careful", actor=analyst, at=berlin("2026-03-02 11:00"))
    assert OutboxMessage.objects.count() == before
    assert fresh(work).clock("first_reply").state == "running"


def test_a_requester_can_not_note_and_an_outsider_can_not_write(work, outsider, berlin):
    at = berlin("2026-03-02 11:00")
    with pytest.raises(PermissionDenied):
        conversation.note(work, text="Mine", actor=work.requester, at=at)
    with pytest.raises(PermissionDenied):
        conversation.write(work, text="Mine", actor=outsider, at=at)
    Participant.objects.create(work=work, person=outsider, added_at=at)
    assert conversation.write(work, text="Now I take part", actor=outsider, at=at).pk


def test_part_of_the_answers_lets_the_clock_go_on_and_the_rest_may_wait(work, hold, berlin):
    done = conversation.answer(
        work, hold, answers={1: "Both"}, actor=work.requester, at=berlin("2026-03-03 09:00")
    )
    assert not done
    assert fresh(work).is_waiting
    assert fresh(work).clock("proposal").state == "running"


def test_the_same_answers_sent_twice_are_given_once(work, hold, berlin):
    given = {1: "Both", 2: "Since May"}
    for _ in range(2):
        assert conversation.answer(
            work, hold, answers=given, actor=work.requester, at=berlin("2026-03-03 09:00")
        )
    assert answers() == ["Both", "Since May"]
    assert OutboxMessage.objects.filter(kind="questions_answered").count() == 1


def test_another_answer_never_overwrites_the_first(work, hold, berlin):
    at = berlin("2026-03-03 09:00")
    conversation.answer(work, hold, answers={1: "Both"}, actor=work.requester, at=at)
    with pytest.raises(AnsweredMeanwhileError):
        conversation.answer(work, hold, answers={1: "None", 2: "May"}, actor=work.requester, at=at)
    assert answers() == ["Both", ""]


def test_questions_that_were_taken_back_take_no_answer(work, hold, analyst, berlin):
    triage.answer(work, text="Found it.", actor=analyst, at=berlin("2026-03-02 15:00"))
    with pytest.raises(PermissionDenied):
        conversation.answer(
            work, hold, answers={1: "Both"}, actor=work.requester, at=berlin("2026-03-03 09:00")
        )


def test_questions_taken_back_by_a_proposal_are_a_conflict(work, hold, analyst, silver, berlin):
    at = berlin("2026-03-02 15:00")
    need = triage.play_back(work, text="To know on Thursday.", actor=analyst, at=at)
    agreement.answer_play_back(work, need, reply="yes", actor=work.requester, at=at)
    triage.propose(work, tier=silver, why="It fits.", actor=analyst, at=at)
    with pytest.raises(AnsweredMeanwhileError):
        conversation.answer(work, hold, answers={1: "Both"}, actor=work.requester, at=at)
