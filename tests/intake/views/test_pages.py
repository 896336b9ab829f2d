"""The pages that explain are open to everybody, true, and free of internal words."""

import pytest
from django.core.cache import cache

from catalog.services.starter import make_starter_catalog
from intake.services import conversation, triage
from tests.factories.intake import make_work
from tests.pages import page_of

pytestmark = pytest.mark.django_db
PAGES = {
    "/how-it-works/": "How it works",
    "/promises/": "How we keep our promises",
    "/glossary/": "Glossary",
    "/help/": "Help and contact",
    "/accessibility/": "Accessibility",
}
EVERYWHERE = ["/", "/services/", "/services/good-start/", *PAGES]
NEVER = ("ticket", " sla ", "please", "sorry", "oops", "invalid")


@pytest.fixture
def starter(policies, berlin):
    cache.clear()
    make_starter_catalog(berlin("2026-01-02 09:00"))


@pytest.mark.parametrize(("address", "title"), PAGES.items())
def test_a_visitor_reads_it(client, starter, address, title):
    answer = client.get(address)
    page = page_of(answer)
    assert answer.status_code == 200
    assert page.title == f"{title} – PMO front door"
    assert len(page.having("h1")) == 1
    assert not page.forbidden
    assert len(page.ids) == len(set(page.ids))


@pytest.mark.parametrize("address", EVERYWHERE)
def test_the_words_are_ours(client, starter, address):
    text = client.get(address).content.decode().lower()
    assert [word for word in NEVER if word in text] == []


@pytest.mark.parametrize("address", EVERYWHERE)
def test_a_visitor_reads_nothing_of_any_request(
    client, requester, analyst, starter, berlin, address
):
    work = make_work(requester, berlin("2026-03-02 10:00"), need="Zanzibar is what we ask about.")
    conversation.note(work, text="Zanzibar", actor=analyst, at=berlin("2026-03-02 11:00"))
    triage.answer(work, text="Zanzibar", actor=analyst, at=berlin("2026-03-02 12:00"))
    html = client.get(address).content.decode()
    assert "Zanzibar" not in html
    assert work.reference not in html
    assert requester.name not in html


def test_promises_show_months_and_totals(client, requester, analyst, starter, berlin, time_machine):
    work = make_work(requester, berlin("2026-02-02 10:00"))
    triage.claim(work, actor=analyst, at=berlin("2026-02-02 11:00"))
    conversation.write(work, text="Hello.", actor=analyst, at=berlin("2026-02-02 12:00"))
    time_machine.move_to(berlin("2026-03-10 12:00"))
    html = client.get("/promises/").content.decode()
    assert "A person replies to you" in html
    assert "within 1 working day" in html
    assert "Mar so far" in html
    assert "1 of 1" in html


def test_promises_without_any_clock_say_what_will_be_there(client, starter):
    assert "No promise has come due yet." in client.get("/promises/").content.decode()


def test_the_two_lanes_are_described_from_configuration(client, starter):
    html = client.get("/how-it-works/").content.decode()
    assert "8, about 8 minutes" in html
    assert "A proposal in 5 working days" in html


def test_the_glossary_leads_from_word_to_word(client, starter):
    page = page_of(client.get("/glossary/"))
    anchors = [a["href"] for a in page.having("a") if (a.get("href") or "").startswith("#")]
    assert {anchor[1:] for anchor in anchors} <= set(page.ids)


def test_help_names_a_person_to_reach(client, starter, settings):
    settings.PMO_PHONE = "5511"
    html = client.get("/help/").content.decode()
    assert 'href="tel:5511"' in html


@pytest.mark.parametrize("address", PAGES)
def test_these_pages_stay_cheap(client, starter, address, django_assert_max_num_queries):
    client.get(address)
    with django_assert_max_num_queries(5):
        client.get(address)
