"""The front door, for visitors and for people who signed in."""

import pytest
from django.core.cache import cache

from catalog.services.starter import make_starter_catalog
from intake.models import WorkRequest
from intake.services import triage
from tests.factories.intake import QUICK, agree_need, bring_to, make_draft, make_work
from tests.pages import page_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def starter(policies, berlin):
    cache.clear()
    make_starter_catalog(berlin("2026-01-02 09:00"))


def test_a_visitor_sees_what_to_do_what_it_takes_and_when_they_hear_back(client, starter):
    answer = client.get("/")
    page, html = page_of(answer), answer.content.decode()
    assert answer.status_code == 200
    assert page.title == "Let us find the right approach together – PMO front door"
    assert len(page.having("h1")) == 1
    assert html.count('class="btn btn-primary btn-lg"') == 1
    assert "8 questions, about 8 minutes, in several sittings. Proposal in 5 working days." in html
    assert "4 questions, about 2 minutes. Answer in 2 working days." in html
    assert not page.forbidden


def test_what_one_wants_to_achieve_stands_before_the_specific_thing(client, starter):
    html = client.get("/").content.decode()
    assert html.index("I want to achieve something") < html.index("I need a specific thing")


def test_with_no_figures_yet_it_says_so_kindly(client, starter):
    html = client.get("/").content.decode()
    assert "so there is nothing to count yet" in html
    assert "0 of 0" not in html


def test_an_empty_installation_has_a_front_page_too(client, db):
    assert client.get("/").status_code == 200


def test_a_question_shows_with_its_pause(client, work, analyst, requester, berlin):
    at = berlin("2026-03-02 12:00")
    triage.ask(work, questions=["Which ledger?"], blocks=True, actor=analyst, at=at)
    client.force_login(requester)
    html = client.get("/").content.decode()
    assert "Waiting for you" in html
    assert "We asked one question on Mon 2 Mar" in html
    assert "Our clock is paused" in html
    assert work.reference in html


@pytest.mark.parametrize(
    ("state", "words"),
    [("proposed", "Our proposal is ready. Your choice"), ("check", "Time to check the result")],
)
def test_a_choice_and_a_check_wait_for_the_requester(
    client, work, analyst, requester, silver, berlin, state, words
):
    bring_to(state, work, analyst=analyst, tier=silver, at=berlin("2026-03-03 10:00"))
    client.force_login(requester)
    assert words in client.get("/").content.decode()


def test_a_play_back_waits_for_its_yes(client, work, analyst, requester, berlin):
    triage.play_back(work, text="You need it.", actor=analyst, at=berlin("2026-03-02 12:00"))
    client.force_login(requester)
    assert "We wrote down the need as we understood it" in client.get("/").content.decode()


def test_drafts_wait_with_the_time_they_were_saved(client, requester, policies, berlin):
    make_draft(requester, berlin("2026-03-02 12:00"), QUICK)
    client.force_login(requester)
    html = client.get("/").content.decode()
    assert "Drafts to go on with" in html
    assert "Saved Mon 2 Mar, 12:00" in html


def test_what_waits_for_others_is_not_shown(client, work, analyst, outsider, berlin):
    at = berlin("2026-03-02 12:00")
    triage.ask(work, questions=["Which ledger?"], blocks=True, actor=analyst, at=at)
    for person in (outsider, analyst):
        client.force_login(person)
        html = client.get("/").content.decode()
        assert "Waiting for you" not in html
        assert work.reference not in html


def test_only_the_first_three_are_listed(client, requester, analyst, policies, berlin):
    at = berlin("2026-03-02 12:00")
    for _ in range(5):
        work = make_work(requester, at)
        triage.ask(work, questions=["Which?"], blocks=False, actor=analyst, at=at)
    client.force_login(requester)
    answer = client.get("/")
    assert len(answer.context["waiting"]) == 3
    assert answer.context["has_more_waiting"] is True


def test_the_front_page_costs_the_same_however_much_waits(
    client, requester, analyst, starter, berlin, django_assert_max_num_queries
):
    at = berlin("2026-03-02 12:00")
    client.force_login(requester)
    for _ in range(20):
        work = make_work(requester, at)
        triage.ask(work, questions=["One?", "Two?"], blocks=False, actor=analyst, at=at)
        make_draft(requester, at, QUICK)
    client.get("/")  # the record is kept for some minutes from here on
    # session, person, services, tiers, policies, questions, two lanes' promises, two from the
    # cache, holidays, waiting with its count, holds and questions, drafts
    with django_assert_max_num_queries(16):
        assert client.get("/").status_code == 200


def test_a_visitor_costs_no_session(client, starter, django_assert_max_num_queries):
    client.get("/")
    with django_assert_max_num_queries(9):
        client.get("/")
    assert "sessionid" not in client.cookies


def test_an_agreed_need_waits_no_more(client, work, analyst, requester, berlin):
    agree_need(work, analyst, berlin("2026-03-03 10:00"))
    assert WorkRequest.objects.get(pk=work.pk).need
    client.force_login(requester)
    assert "Waiting for you" not in client.get("/").content.decode()
