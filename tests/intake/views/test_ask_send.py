"""Check, send once, and the confirmation that stays."""

from concurrent.futures import ThreadPoolExecutor

import icalendar
import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from audit.models import Entry
from intake.models import Answer, QuestionVersion, WorkRequest
from intake.services import submission, triage
from intake.services.drafts import read_draft
from intake.services.lifecycle import ConflictError
from intake.services.questions import publish
from intake.states import State
from notifications.models import OutboxMessage
from sla.models import Clock
from tests.conftest import at_berlin
from tests.factories.intake import make_draft, make_work
from tests.intake.views.ask_client import FULL, QUICK, Asker, title, words

pytestmark = pytest.mark.django_db
MONDAY = at_berlin("2026-03-02 10:00")
MOST_QUERIES = 12


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def ana(requester, policies):
    return Asker(requester)


@pytest.fixture
def draft(requester, policies):
    return make_draft(requester, MONDAY)


def test_change_leads_back_to_the_check_page_with_the_new_answer(ana, draft):
    page = ana.open("check", draft).content.decode()
    address = ana.address("question", draft, "limit") + "?from=check"
    assert address in page
    back = ana.answer(draft, "limit", query="?from=check", limit="risk")
    assert back["Location"] == ana.address("check", draft)
    text = words(ana.open("check", draft))
    assert "Which limit hurts most Risk Change" in text
    assert "Who will use the result The three plant managers Change" in text


def test_turning_urgent_from_the_check_page_asks_why_and_returns(ana, draft):
    asked = ana.answer(draft, "when", query="?from=check", when="urgent")
    assert asked["Location"] == ana.address("question", draft, "urgent") + "?from=check"
    back = ana.answer(
        draft, "urgent", query="?from=check", waits="Whether to stop", happens="We lose a day"
    )
    assert back["Location"] == ana.address("check", draft)


def test_the_check_page_says_what_was_understood(ana, draft):
    ana.answer(draft, "effect", leads_to="empty trucks", costs="about 40,000 a month")
    ana.answer(
        draft,
        "success",
        different="Trucks leave full",
        measure="late surprises per month",
        baseline="6",
        target="2",
        by="2026-03-31",
    )
    text = words(ana.open("check", draft))
    assert (
        "The problem of “Supplier delays reach us after the trucks are booked” leads to "
        "empty trucks, which costs us about 40,000 a month." in text
    )
    assert "Ana Silva decides How many trucks to book for the week, every week." not in text
    assert "Ana Silva decides how many trucks to book for the week, every week." in text
    assert "We will know when late surprises per month goes from 6 to 2 by Tue 31 Mar." in text


def test_what_is_not_sure_or_not_given_is_told_apart(ana, draft):
    ana.answer(draft, "who", unsure="on")
    ana.answer(draft, "today", then="together")
    text = words(ana.open("check", draft))
    assert "Who will use the result We will find out together Change" in text
    assert "What people do about it today We will find out together Change" in text
    assert "What it causes Not provided Change" in text


def test_a_missing_answer_is_named_and_leads_to_its_question(ana, draft):
    draft.answers.filter(slug="who").delete()
    shown = ana.open("check", draft)
    assert shown.status_code == 200
    assert "One answer is still needed before you can send." in words(shown)
    page = ana.send(draft)
    assert page.status_code == 422
    assert title(page).startswith("Error: Check your answers and send")
    assert "There is a problem Answer who will use the result" in words(page)
    address = ana.address("question", draft, "who") + "?from=check"
    assert page.content.decode().count(f'href="{address}"') == 2
    draft.refresh_from_db()
    assert draft.is_draft


def test_a_draft_without_a_kind_can_be_checked_but_not_sent(ana):
    work = ana.begin()
    assert ana.open("check", work).status_code == 200
    assert "Answer what kind of request it is" in words(ana.send(work))


def test_the_confirmation_stays_the_same_for_ever(ana, draft, analyst, berlin):
    ana.send(draft)
    first = words(ana.open("sent", draft))
    assert words(ana.open("sent", draft)) == first
    draft.refresh_from_db()
    triage.claim(draft, actor=analyst, at=berlin("2026-03-02 11:00"))
    triage.ask(
        WorkRequest.objects.get(pk=draft.pk),
        questions=["Which ledger?"],
        blocks=True,
        actor=analyst,
        at=berlin("2026-03-02 12:00"),
    )
    assert words(ana.open("sent", draft)) == first


def test_after_sending_every_page_of_the_draft_leads_to_the_confirmation(ana, draft):
    ana.send(draft)
    sent = ana.address("sent", draft)
    for name in ("draft", "check", "delete"):
        assert ana.open(name, draft)["Location"] == sent
        assert ana.client.post(ana.address(name, draft)).status_code in (302, 405)
    assert ana.open("question", draft, "who")["Location"] == sent
    assert ana.answer(draft, "who", who="Somebody else")["Location"] == sent
    assert Answer.objects.get(work=draft, slug="who").value == FULL["who"]
    assert "This request was sent on Mon 2 Mar, 10:00." in words(ana.open("sent", draft))


def test_a_draft_is_not_confirmed_before_it_is_sent(ana, draft):
    assert ana.open("sent", draft)["Location"] == ana.address("draft", draft)
    assert ana.open("calendar", draft).status_code == 404


def test_sending_twice_makes_one_request(ana, draft):
    for _ in range(3):
        assert ana.send(draft)["Location"] == ana.address("sent", draft)
    assert WorkRequest.objects.received().count() == 1
    assert OutboxMessage.objects.filter(kind="request_received").count() == 1
    assert Entry.objects.filter(action="intake.moved").count() == 1
    assert Clock.objects.count() == 2


def test_a_draft_is_never_sent_with_an_answer_that_changed_meanwhile(ana, draft):
    seen = read_draft(draft.draft_key, ana.person)
    ana.answer(draft, "need", need="Something quite different is going on, and it is urgent")
    with pytest.raises(ConflictError):
        submission.submit(
            seen.work, actor=ana.person, at=MONDAY, answers=list(seen.answers.values())
        )
    draft.refresh_from_db()
    assert draft.is_draft
    ana.send(draft)
    assert WorkRequest.objects.get(pk=draft.pk).ask.startswith("Something quite different")


def test_an_answer_that_comes_after_sending_changes_nothing(ana, draft):
    seen = read_draft(draft.draft_key, ana.person)
    ana.send(draft)
    with pytest.raises(ConflictError), transaction.atomic():
        submission.save_answer(
            seen.work,
            seen.question("who"),
            value={"who": "Somebody else"},
            actor=ana.person,
            at=MONDAY,
            seen=1,
        )
    assert Answer.objects.get(work=draft, slug="who").value == FULL["who"]
    first = ana.client.post(
        f"/ask/need/?key={draft.draft_key}", {"need": "Another long enough need"}
    )
    assert ana.client.get(first["Location"])["Location"] == ana.address("sent", draft)


@pytest.mark.postgresql
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs real connections")
@pytest.mark.django_db(transaction=True)
def test_eight_windows_sending_at_once_make_one_request(ana, draft):
    clients = [Asker(ana.person) for _ in range(8)]

    def send(asker):
        try:
            return asker.send(draft)["Location"]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(send, clients))
    assert answers == {ana.address("sent", draft)}
    assert WorkRequest.objects.received().count() == 1
    assert OutboxMessage.objects.filter(kind="request_received").count() == 1
    assert Clock.objects.count() == 2


@pytest.mark.skipif(connection.vendor != "postgresql", reason="reads PostgreSQL's clock")
def test_the_moment_of_sending_is_the_databases(ana, draft, settings):
    settings.USE_DATABASE_CLOCK = True
    few, _ = queries_of_sending(ana, draft)
    assert len(few) <= MOST_QUERIES
    draft.refresh_from_db()
    assert draft.received_at != MONDAY
    assert draft.received_at.tzinfo is not None


def test_the_first_promise_goes_into_the_calendar(ana, draft):
    ana.send(draft)
    answer = ana.open("calendar", draft)
    assert answer["Content-Type"].startswith("text/calendar")
    [event] = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
    assert event.end == at_berlin("2026-03-03 10:00")
    assert str(event["summary"]).startswith("PMO-0001: ")
    assert str(event["url"]).endswith(ana.address("sent", draft))


def test_a_draft_is_deleted_by_post_only(ana, draft):
    page = ana.open("delete", draft)
    assert "Delete this draft?" in words(page)
    assert WorkRequest.objects.filter(pk=draft.pk).exists()
    for _ in range(2):
        assert ana.client.post(ana.address("delete", draft))["Location"] == "/ask/"
    assert not WorkRequest.objects.exists()
    assert ana.open("draft", draft).status_code == 404


def test_an_urgency_of_the_full_lane_does_not_follow_into_the_quick_lane(ana, draft):
    ana.answer(draft, "kind", kind="question")
    ana.answer(draft, "quick", **QUICK["quick"])
    ana.answer(draft, "kind", kind="better")
    ana.answer(draft, "when", when="urgent")
    ana.answer(draft, "kind", kind="question")
    ana.send(draft)
    work = WorkRequest.objects.get(pk=draft.pk)
    assert (work.state, work.urgency) == (State.NEW, WorkRequest.Urgency.NONE)


def test_a_reworded_question_keeps_the_words_an_answer_was_given_to(ana, draft, administrator):
    was = QuestionVersion.objects.current().get(slug="limit")
    reworded = {**was.words, "options": {"limit": [{"value": "time", "label": "Being late"}]}}
    publish("limit", words=reworded, rules=was.rules, actor=administrator, at=MONDAY)
    assert "Which limit hurts most Time Change" in words(ana.open("check", draft))
    assert "Being late" in words(ana.open("question", draft, "limit"))


def queries_of_sending(ana, work):
    with CaptureQueriesContext(connection) as captured:
        assert ana.send(work).status_code == 302
    inside = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    sent = [query["sql"] for query in captured.captured_queries]
    return [sql for sql in sent if not sql.startswith(inside)], sent


@pytest.mark.parametrize("answers", [FULL, QUICK, FULL | {
    "when": {"when": "urgent", "date": ""},
    "urgent": {"waits": "Whether to stop", "happens": "We lose a day"},
}], ids=["full", "quick", "urgent"])  # fmt: skip
def test_sending_takes_at_most_twelve_queries_however_many_requests_there_are(
    ana, requester, policies, answers
):
    # What a process reads once: the questions and the promises in force.
    ana.send(make_draft(requester, MONDAY, answers))
    few, _ = queries_of_sending(ana, make_draft(requester, MONDAY, answers))
    for number in range(8):
        make_work(requester, MONDAY, quick=number % 2 == 0)
    many, everything = queries_of_sending(ana, make_draft(requester, MONDAY, answers))
    assert len(few) == len(many) <= MOST_QUERIES, "\n".join(many)
    # One transaction and no savepoint within it.
    assert len([sql for sql in everything if sql.startswith("SAVEPOINT")]) <= 1


def test_a_check_page_costs_few_queries_whatever_was_answered(
    ana, draft, django_assert_max_num_queries
):
    with django_assert_max_num_queries(5):  # session, user, draft with answers, questions
        ana.open("check", draft)


def test_a_half_written_answer_does_not_count(ana, draft):
    Answer.objects.filter(work=draft, slug="decision").update(status=Answer.Status.BEGUN)
    with pytest.raises(submission.MissingAnswersError):
        submission.submit(WorkRequest.objects.get(pk=draft.pk), actor=draft.requester, at=MONDAY)
