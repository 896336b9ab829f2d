"""What a row of the queue says."""

import pytest

from intake.models import NeedVersion, WorkRequest
from intake.reading import queue, queue_rows
from intake.reading.queue_asked import Asked
from intake.reading.queue_rows import Frame, said_more
from intake.services import agreement, conversation, submission, triage, urgency
from intake.states import State
from tests.factories.intake import NEED, agree_need, bring_to, make_work

pytestmark = pytest.mark.django_db
QUESTIONS = {"order": 3, "consult": 11}


@pytest.fixture
def row_of(analyst, berlin):
    """The row of a request as an analyst reads it; at noon on Monday, unless told otherwise."""

    def row_of(work, now="2026-03-02 12:00"):
        [found] = queue.found(WorkRequest.objects.filter(pk=work.pk))
        clocks = queue_rows.clocks_of([found.subject_id])
        frame = Frame(berlin(now), "/triage/", "?view=late", QUESTIONS, reader=analyst.pk)
        [row] = queue_rows.rows_of([found], clocks, frame)
        return row

    return row_of


def test_a_new_request_in_a_row(work, row_of):
    row = row_of(work)
    assert (row.reference, row.address) == ("PMO-0001", "/triage/PMO-0001/?view=late")
    assert row.title == "Supplier delays reach us after the trucks are booked"
    assert row.sender == "Ana Silva · Operations · Full lane"
    assert row.need == "We pay for empty trucks."
    assert row.state.words == "Received"
    assert (row.promise.tone, row.promise.words) == ("ok", "6 h left")
    assert row.about == "First reply, Tue 3 Mar, 10:00"
    assert (row.age, row.framing, row.analyst, row.marks) == ("2 h", "8 of 11", "Unclaimed", [])
    assert (row.service, row.tier) == ("", "")


def test_age_counts_working_days_only(work, row_of):
    assert row_of(work, "2026-03-03 09:30").age == "7 h"
    # Received on Monday at 10:00; a weekend lies between.
    assert row_of(work, "2026-03-09 10:00").age == "5 d"
    assert row_of(work, "2026-03-02 09:00").age == ""


def test_age_is_known_when_no_clock_runs_any_more(work, analyst, silver, row_of, berlin):
    at = berlin("2026-03-02 11:00")
    row = row_of(
        bring_to(State.CHECK, work, analyst=analyst, tier=silver, at=at), "2026-03-04 10:00"
    )
    assert (row.age, row.promise, row.about) == ("2 d", ("idle", "No promise runs"), "")
    assert (row.service, row.tier_words) == ("Forecast check", "Silver · standard")
    assert row.state.words == "Result to be checked"


def test_the_soonest_promise_is_shown_and_a_paused_one_when_none_runs(
    work, analyst, row_of, berlin
):
    triage.claim(work, actor=analyst, at=berlin("2026-03-02 11:00"))
    assert row_of(work).about.startswith("First reply")
    conversation.write(work, text="Hello", actor=analyst, at=berlin("2026-03-02 11:30"))
    assert row_of(work).about == "Proposal, Mon 9 Mar, 10:00"
    at = berlin("2026-03-02 12:00")
    triage.ask(work, questions=["Which?"], blocks=True, actor=analyst, at=at)
    row = row_of(work, "2026-03-03 12:00")
    assert row.promise == ("paused", "Paused 1 d, with requester")
    assert (row.about, row.state.words) == ("Proposal", "Waiting for requester")


def test_the_agreed_need_stands_in_one_line(work, analyst, row_of, berlin):
    assert row_of(agree_need(work, analyst, berlin("2026-03-02 11:00"))).need == (
        "Buyers need to know of a late supplier on Thursday."
    )
    text = "Buyers need to know\nof a late supplier. " * 6
    need = triage.play_back(work, text=text, actor=analyst, at=berlin("2026-03-02 12:00"))
    yes = NeedVersion.Reply.YES
    agreement.answer_play_back(
        work, need, reply=yes, actor=work.requester, at=berlin("2026-03-02 13:00")
    )
    line = row_of(work).need
    assert len(line) <= 92
    assert line.endswith(" …")
    assert "\n" not in line


@pytest.mark.parametrize(
    ("ask", "more"),
    [
        ("Short.", ""),
        ("Short. And then some.", "And then some."),
        ("Short\nOn another line", "On another line"),
        ("  Short.   Much   space.  ", "Much space."),
        (f"{'long ' * 30}end.", "long long long long long long long long long long long long end."),
    ],
)
def test_the_words_go_on_where_the_title_ends(ask, more):
    assert said_more(ask, submission.title_of(ask)) == more


def test_marks_say_what_is_special(requester, outsider, analyst, row_of, berlin, policies):
    at = berlin("2026-03-02 10:00")
    urgent = make_work(requester, at, urgent=True)
    assert row_of(urgent).marks == ["urgent asked"]
    # Who asks for urgency is asked one question more.
    assert row_of(urgent).framing == "9 of 12"
    urgency.judge(urgent, accept=True, explanation="Yes.", actor=analyst, at=at)
    assert row_of(urgent).marks == ["urgent"]
    conversation.write(urgent, text="Thank you", actor=requester, at=at)
    assert row_of(urgent).marks == ["urgent", "new answer"]
    own = make_work(analyst, at)
    assert row_of(own).marks == ["your own"]
    WorkRequest.objects.filter(pk=own.pk).update(raised_by=outsider, returned_at=at)
    assert row_of(own).marks == ["your own", "back from park", "on behalf"]


def test_parked_until_a_day(work, analyst, silver, row_of, berlin):
    at = berlin("2026-03-02 11:00")
    work = bring_to(State.PARKED, work, analyst=analyst, tier=silver, at=at)
    assert row_of(work).state == ("paused", "moon", "Parked until Wed 1 Apr")


def test_the_rows_of_a_page_read_their_clocks_in_one_query(
    requester, policies, berlin, django_assert_num_queries
):
    for _ in range(3):
        make_work(requester, berlin("2026-03-02 10:00"), need=NEED)
    found = queue.found(WorkRequest.objects.all())
    queue_rows.clocks_of([one.subject_id for one in found])
    with django_assert_num_queries(1):
        clocks = queue_rows.clocks_of([one.subject_id for one in found])
        frame = Frame(berlin("2026-03-02 12:00"), "/triage/", "", QUESTIONS)
        assert len(queue_rows.rows_of(found, clocks, frame)) == 3


def test_the_band_shows_the_two_hours_of_an_urgent_request(
    requester, analyst, policies, row_of, berlin
):
    urgent = make_work(requester, berlin("2026-03-02 10:00"), urgent=True)
    now = berlin("2026-03-02 10:30")
    [found] = queue.first_rows(Asked(view="urgent"), analyst, now, 5)
    frame = Frame(now, "/triage/", "?view=urgent", QUESTIONS)
    [line] = queue_rows.band_of([found], queue_rows.clocks_of([found.subject_id]), frame)
    assert (line.reference, line.requester) == (urgent.reference, "Ana Silva")
    assert line.promise.words == "1 h 30 min left"
