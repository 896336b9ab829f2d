"""The page "Let us look behind this": when it comes, what it asks, and the ways on."""

import pytest
from django.urls import reverse

from intake.models import Answer, Reframe, WorkRequest
from tests.factories.intake import make_draft

pytestmark = pytest.mark.django_db
DASHBOARD = "We need a dashboard for the steering group."


@pytest.fixture
def draft_of(requester, berlin):
    def make(need: str, kind: str = "better") -> WorkRequest:
        answers = {"need": {"need": need}, "kind": {"kind": kind}}
        return make_draft(requester, berlin("2026-03-02 10:00"), answers)

    return make


@pytest.fixture
def page(client, requester):
    client.force_login(requester)

    def address(work: WorkRequest) -> str:
        return reverse("intake:ask_reframe", args=[work.draft_key])

    return address


def after_kind(client, work: WorkRequest, kind: str = "better") -> str:
    address = reverse("intake:ask_question", args=[work.draft_key, "kind"])
    return client.post(address, {"kind": kind, "seen": "1", "then": "continue"})["Location"]


@pytest.mark.parametrize(
    ("need", "kind", "comes"),
    [
        (DASHBOARD, "better", True),
        ("We need better visibility.", "wrong", True),
        ("We need a tool because half of our projects are late.", "better", False),
        ("Sponsors hear about delays two weeks after they happen.", "better", False),
        (DASHBOARD, "one-thing", False),
    ],
)
def test_it_follows_the_kind_for_a_bare_solution_and_a_vague_wish(
    client, draft_of, page, need, kind, comes
):
    work = draft_of(need, kind)
    assert (after_kind(client, work, kind) == page(work)) is comes


def test_it_marks_the_words_and_says_why(client, draft_of, page):
    work = draft_of(DASHBOARD)
    text = client.get(page(work)).content.decode()
    assert "<mark>need a dashboard</mark>" in text
    assert "Rule S1" in text
    assert "Who looks at it, and at which moment?" in text
    shown = Reframe.objects.get(work=work)
    assert (shown.rule, shown.group, shown.level, shown.ended_at) == ("S1", "report", 3, None)


def test_keeping_the_words_goes_on_and_the_page_does_not_come_again(client, draft_of, page):
    work = draft_of(DASHBOARD)
    client.get(page(work))
    answer = client.post(page(work), {"then": "kept", "q1": "", "q2": ""})
    assert answer["Location"] == reverse("intake:ask_draft", args=[work.draft_key])
    assert Reframe.objects.get(work=work).ending == Reframe.Ending.KEPT
    assert after_kind(client, work) != page(work)


def test_the_sentence_is_kept_and_its_answers_are_carried_on(client, draft_of, page):
    work = draft_of(DASHBOARD)
    client.get(page(work))
    answers = {
        "q1": "The steering group, at the Monday call",
        "q2": "They would decide which projects get people",
        "q3": "They find out about slips two weeks later",
    }
    client.post(page(work), answers | {"then": "sentence"})
    assert Reframe.objects.get(work=work).sentence == (
        "The steering group needs to decide which projects get people, at the Monday call. "
        "Today they find out about slips two weeks later."
    )
    kept = {answer.slug: answer for answer in work.answers.all()}
    assert kept["who"].get("who") == "The steering group"
    assert kept["decision"].get("decision") == answers["q2"]
    assert kept["effect"].get("leads_to") == answers["q3"]
    assert kept["who"].status == Answer.Status.BEGUN


def test_an_answer_given_before_is_not_touched(client, requester, page, berlin):
    answers = {"need": {"need": DASHBOARD}, "kind": {"kind": "better"}, "who": {"who": "Buyers"}}
    work = make_draft(requester, berlin("2026-03-02 10:00"), answers)
    client.post(page(work), {"q1": "Planners", "q2": "act", "then": "sentence"})
    assert work.answers.get(slug="who").get("who") == "Buyers"


def test_a_sentence_with_gaps_says_what_is_missing(client, draft_of, page):
    work = draft_of(DASHBOARD)
    answer = client.post(page(work), {"q1": "The board", "q2": "", "then": "sentence"})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Answer this, so that the sentence is whole" in text
    assert "‹what they would do›" in text
    assert 'value="The board"' in text


def test_their_own_sentence_is_asked_for_and_kept(client, draft_of, page):
    work = draft_of(DASHBOARD)
    opened = client.post(page(work), {"q1": "Buyers", "q2": "act sooner", "then": "own"})
    assert "Buyers need to act sooner." in opened.content.decode()
    empty = client.post(page(work), {"own": " ", "then": "own"})
    assert empty.status_code == 422
    client.post(page(work), {"own": "Buyers must hear sooner.", "then": "own"})
    shown = Reframe.objects.get(work=work)
    assert (shown.ending, shown.sentence) == ("own", "Buyers must hear sooner.")


def test_show_the_sentence_works_without_script_and_as_a_part(client, draft_of, page):
    work = draft_of(DASHBOARD)
    data = {"q1": "Buyers", "q2": "act sooner", "then": "show"}
    assert "<strong>act sooner</strong>" in client.post(page(work), data).content.decode()
    part = client.post(page(work), data, headers={"HX-Request": "true"}).content.decode()
    assert "<strong>act sooner</strong>" in part
    assert "<h1" not in part


def test_a_false_alarm_is_stored_with_thanks(client, draft_of, page):
    work = draft_of(DASHBOARD)
    client.get(page(work))
    answer = client.post(page(work), {"then": "misfit"}, follow=True)
    assert "Thank you" in answer.content.decode()
    assert Reframe.objects.get(work=work).ending == Reframe.Ending.MISFIT


def test_a_passed_on_wish_first_asks_what_they_wanted(client, draft_of, page):
    work = draft_of("My director wants a heat map of all projects.")
    text = client.get(page(work)).content.decode()
    assert "What did they want to be able to do?" in text


@pytest.mark.parametrize("typed", ["x" * 301, "a\x00b"])
def test_bad_input_is_said_beside_the_field(client, draft_of, page, typed):
    work = draft_of(DASHBOARD)
    answer = client.post(page(work), {"q1": typed, "q2": "y", "then": "kept"})
    assert answer.status_code == 422


def test_a_draft_without_solution_words_leads_on(client, draft_of, page):
    work = draft_of("Sponsors hear about delays two weeks after they happen.")
    assert client.get(page(work)).status_code == 302
    assert client.post(page(work), {"then": "kept"}).status_code == 302


def test_a_stranger_learns_nothing(client, draft_of, page, outsider):
    work = draft_of(DASHBOARD)
    client.force_login(outsider)
    assert client.get(page(work)).status_code == 404
    assert client.post(page(work), {"then": "kept"}).status_code == 404
