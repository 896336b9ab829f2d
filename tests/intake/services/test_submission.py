"""From draft to received: nothing typed is lost, nothing is received twice."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from audit.models import Entry
from intake.models import Answer, QuestionVersion, WorkRequest
from intake.services import submission
from intake.services.lifecycle import ConflictError
from intake.states import Lane, State
from notifications.models import OutboxMessage
from tests.factories.intake import FULL, QUICK, URGENT, make_draft, make_work

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(requester, policies, berlin):
    return make_draft(requester, berlin("2026-03-02 10:00"))


def save(work, slug, value, at, seen=0):
    question = QuestionVersion.objects.current().get(slug=slug)
    return submission.save_answer(
        work, question, value=value, actor=work.requester, at=at, seen=seen
    )


def test_sending_gives_a_reference_clocks_history_and_a_mail(draft, requester, berlin):
    work = submission.submit(draft, actor=requester, at=berlin("2026-03-02 10:00"))
    work.refresh_from_db()
    assert (work.state, work.reference) == (State.NEW, "PMO-0001")
    assert work.ask == FULL["need"]["need"]
    assert work.title == "Supplier delays reach us after the trucks are booked"
    # One working day and five, in an office that is open from 9 to 17.
    assert work.clock("first_reply").due_at == berlin("2026-03-03 10:00")
    assert work.clock("proposal").due_at == berlin("2026-03-09 10:00")
    assert work.queue_at == berlin("2026-03-03 10:00")
    assert Entry.objects.about(work).get().data == {"was": "draft", "to": "new"}
    assert OutboxMessage.objects.get().kind == "request_received"


def test_the_quick_lane_promises_an_answer_in_two_days(requester, policies, berlin):
    work = make_work(requester, berlin("2026-03-02 10:00"), quick=True)
    assert work.lane == Lane.ORDER
    assert work.clock("proposal").due_at == berlin("2026-03-04 10:00")


def test_asking_for_urgent_treatment_brings_a_reply_in_two_working_hours(
    requester, policies, berlin
):
    work = make_work(requester, berlin("2026-03-02 16:00"), urgent=True)
    assert work.urgency == WorkRequest.Urgency.ASKED
    assert work.clock("first_reply").due_at == berlin("2026-03-03 10:00")
    assert work.clock("proposal").due_at == berlin("2026-03-09 16:00")


def test_a_request_sent_twice_is_received_once(draft, requester, berlin):
    twin = WorkRequest.objects.get(pk=draft.pk)
    submission.submit(draft, actor=requester, at=berlin("2026-03-02 10:00"))
    with pytest.raises(ConflictError):
        submission.submit(twin, actor=requester, at=berlin("2026-03-02 10:00"))
    assert WorkRequest.objects.received().count() == 1
    assert OutboxMessage.objects.count() == 1


@pytest.mark.parametrize("slug", sorted(FULL.keys() - {"kind"}))
def test_no_required_answer_of_the_full_lane_can_be_left_out(draft, requester, berlin, slug):
    draft.answers.filter(slug=slug).delete()
    with pytest.raises(submission.MissingAnswersError) as missing:
        submission.submit(draft, actor=requester, at=berlin("2026-03-02 10:00"))
    assert missing.value.slugs == [slug]


def test_who_says_urgent_must_say_why(requester, policies, berlin):
    answers = FULL | {"when": {"when": "urgent", "date": ""}}
    work = make_draft(requester, berlin("2026-03-02 10:00"), answers)
    with pytest.raises(submission.MissingAnswersError) as missing:
        submission.submit(work, actor=requester, at=berlin("2026-03-02 10:00"))
    assert missing.value.slugs == ["urgent"]


def test_a_later_window_never_overwrites_an_earlier_one(draft, berlin):
    at = berlin("2026-03-02 11:00")
    save(draft, "who", {"who": "The buyers"}, at, seen=1)
    with pytest.raises(submission.StaleAnswerError) as conflict:
        save(draft, "who", {"who": "The planners"}, at, seen=1)
    assert conflict.value.stored.value == {"who": "The buyers"}
    assert Answer.objects.get(work=draft, slug="who").version == 2


def test_the_decision_is_recorded_from_the_first_answer_on(draft, berlin):
    save(
        draft,
        "decider",
        {"decider": "Capacity call", "rhythm": "week", "next_on": "2026-03-09"},
        berlin("2026-03-02 11:00"),
        seen=1,
    )
    decision = draft.decision
    decision.refresh_from_db()
    assert (decision.decider, decision.rhythm) == ("Capacity call", "week")
    assert decision.next_on == date(2026, 3, 9)
    assert decision.first_asked_on == date(2026, 3, 2)


def test_a_changed_kind_changes_the_lane(draft, berlin):
    save(draft, "kind", {"kind": "question"}, berlin("2026-03-02 11:00"), seen=1)
    draft.refresh_from_db()
    assert draft.lane == Lane.ORDER


def test_nobody_else_writes_or_sends_a_draft(draft, outsider, berlin):
    with pytest.raises(PermissionDenied):
        submission.submit(draft, actor=outsider, at=berlin("2026-03-02 10:00"))
    question = QuestionVersion.objects.current().get(slug="who")
    with pytest.raises(PermissionDenied):
        submission.save_answer(
            draft, question, value={}, actor=outsider, at=berlin("2026-03-02 10:00")
        )


def test_a_discarded_draft_is_gone(draft, requester, berlin):
    submission.discard(draft, actor=requester, at=berlin("2026-03-02 10:00"))
    assert not WorkRequest.objects.exists()


def test_time_and_drop_off_are_recorded_for_each_question(draft, berlin):
    submission.note_visit(draft, shown="who", answered=None, at=berlin("2026-03-02 10:00"))
    submission.note_visit(draft, shown="limit", answered="who", at=berlin("2026-03-02 10:02"))
    visits = dict(draft.visits.values_list("slug", "answered_at"))
    assert visits == {"who": berlin("2026-03-02 10:02"), "limit": None}


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("We pay twice. Always.", "We pay twice"),
        ("Who decides?\nAsk me", "Who decides?"),
        ("word " * 40, ("word " * 18).strip() + " …"),
    ],
)
def test_a_title_is_the_first_sentence_short_enough_for_a_list(text, title):
    assert submission.title_of(text) == title
    assert len(title) <= 120


def test_unused_answers_of_the_other_lane_stop_nothing(requester, policies, berlin):
    at = berlin("2026-03-02 10:00")
    work = make_draft(requester, at, QUICK | {"urgent": URGENT})
    submission.submit(work, actor=requester, at=at)
    assert WorkRequest.objects.get().state == State.NEW
