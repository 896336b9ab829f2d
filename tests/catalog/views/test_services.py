"""The catalog as visitors and colleagues see it."""

import pytest
from django.urls import reverse

from catalog.models import Service
from catalog.services.publishing import publish
from catalog.services.starter import make_starter_catalog, parts_of, starter_document
from tests.factories.catalog import make_service
from tests.pages import page_of

pytestmark = pytest.mark.django_db
LIST = "/services/"


@pytest.fixture
def starter(policies, berlin):
    make_starter_catalog(berlin("2026-01-02 09:00"))


def names(answer):
    return [card.service.slug for group in answer.context["groups"] for card in group.cards]


def test_a_visitor_browses_by_what_they_want_to_achieve(client, starter):
    answer = client.get(LIST)
    page = page_of(answer)
    assert page.title == "Services – PMO front door"
    assert [group.aim for group in answer.context["groups"]] == [
        "See trouble early",
        "Decide between options",
        "Know what it will cost",
        "Start something new",
        "Learn from what we did",
    ]
    assert not page.forbidden
    assert len(page.having("h1")) == 1


def test_a_card_names_the_outcome_the_tiers_and_the_first_result(client, starter):
    html = client.get(LIST).content.decode()
    assert "See a slip early enough to move people" in html
    assert "Bronze · quick look" in html
    assert "First result from 3 working days" in html


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("aim=options", ["decision-pack", "portfolio-balance"]),
        ("tier=gold&aim=start", ["good-start"]),
        ("within=3&aim=options", ["decision-pack"]),
        ("tier=gold&within=3", []),
        ("q=steering+options", ["decision-pack"]),
        ("q=FORECAST", ["forecast-check"]),
        ("q=nothing+says+this", []),
    ],
)
def test_filters_narrow_the_list(client, starter, query, found):
    assert names(client.get(f"{LIST}?{query}")) == found


def test_each_filter_in_use_can_be_taken_away_alone(client, starter):
    answer = client.get(f"{LIST}?aim=options&tier=gold")
    assert [(f.words, f.address) for f in answer.context["active"]] == [
        ("What you want to achieve: Decide between options", "/services/?tier=gold"),
        ("Tier: Gold", "/services/?aim=options"),
    ]


def test_when_nothing_fits_the_filters_can_be_cleared(client, starter):
    html = client.get(f"{LIST}?q=zzz").content.decode()
    assert "No service fits these filters." in html
    assert "Clear filters" in html


def test_an_empty_catalog_says_what_to_do(client, policies):
    assert "No service is offered yet." in client.get(LIST).content.decode()


@pytest.mark.parametrize(
    "query",
    ["aim=%27", "tier=platinum", "within=99999999999999999999", "within=x", "q=" + "y" * 5000],
)
def test_filters_that_make_no_sense_are_left_out(client, starter, query):
    answer = client.get(f"{LIST}?{query}")
    assert answer.status_code == 200
    assert len(names(answer)) == 6


def test_percent_signs_and_markup_are_only_words(client, starter):
    answer = client.get(LIST, {"q": "%_<script>"})
    assert names(answer) == []
    assert "<script>%" not in answer.content.decode()


def test_unlisted_proposed_and_retired_services_are_not_listed(client, policies, berlin):
    at = berlin("2026-01-02 09:00")
    make_service(at, slug="seen")
    make_service(at, slug="hidden", is_listed=False)
    make_service(at, slug="gone")
    Service.objects.filter(slug="gone").update(state=Service.State.RETIRED)
    Service.objects.create(slug="planned", aim=Service.Aim.COST)
    assert names(client.get(LIST)) == ["seen"]


def test_the_list_costs_the_same_for_one_service_and_for_twenty(
    client, policies, berlin, django_assert_num_queries
):
    at = berlin("2026-01-02 09:00")
    make_service(at, slug="service-0")
    client.get(LIST)  # the record is kept for some minutes from here on
    with django_assert_num_queries(4):  # services, record from the cache, tiers, their policies
        client.get(LIST)
    for number in range(1, 20):
        make_service(at, slug=f"service-{number}")
    with django_assert_num_queries(4):
        assert len(names(client.get(LIST))) == 20


def test_a_service_page_reads_in_the_order_of_a_decision(client, starter):
    html = client.get("/services/schedule-risk-signal/").content.decode()
    order = [
        "See a slip early enough to move people",
        "Who it is for",
        "The decision it serves",
        "Choose how fast and how deep",
        "What we need from you",
        "How it runs",
        "It is finished when",
        "What we are improving",
    ]
    places = [html.index(words) for words in order]
    assert places == sorted(places)
    assert "The goal it serves" in html


def test_a_service_page_costs_ten_queries(client, starter, django_assert_num_queries):
    address = reverse("catalog:service", args=["forecast-check"])
    client.get(address)
    # Service, tiers, goals, two records (cached), dates, versions, stories, improvements,
    # outcome promises.
    with django_assert_num_queries(10):
        client.get(address)


def test_an_older_version_stays_readable_and_can_not_be_asked_for(client, starter, lead, berlin):
    parts = parts_of(starter_document("good-start"))
    words = parts["words"] | {"outcome": "Begin with a clear need and a first step"}
    service = Service.objects.get(slug="good-start")
    at = berlin("2026-02-02 09:00")
    publish(service, **(parts | {"words": words}), actor=lead, at=at, note="A first step as well")
    now = client.get("/services/good-start/").content.decode()
    old = client.get("/services/good-start/versions/1/").content.decode()
    assert "Begin with a clear need and a first step" in now
    assert "A first step as well" not in now
    assert "/services/good-start/versions/1/" in now
    assert "This is version 1, published Fri 2 Jan" in old
    assert "first step</strong>" not in old
    assert "Ask for this" not in old
    assert "If chosen today" not in old


@pytest.mark.parametrize(
    "address",
    [
        "/services/unknown/",
        "/services/good-start/versions/7/",
        "/services/good-start/versions/999999999999999999999999999999/",
        "/services/" + "x" * 300 + "/",
    ],
)
def test_what_does_not_exist_is_not_found(client, starter, address):
    assert client.get(address).status_code == 404


def test_a_service_that_nobody_published_is_not_found(client, policies):
    Service.objects.create(slug="planned", aim=Service.Aim.COST)
    assert client.get("/services/planned/").status_code == 404


@pytest.fixture
def announced(policies, berlin):
    service = make_service(berlin("2026-01-02 09:00"), slug="announced")
    Service.objects.filter(pk=service.pk).update(state=Service.State.PROPOSED)
    return service


def test_an_announced_service_is_listed_as_coming_and_can_be_waited_for(
    client, announced, requester
):
    assert "Coming, no date yet" in client.get(LIST).content.decode()
    client.force_login(requester)
    address = "/services/announced/interest/"
    page = client.post(address, {"do": "join"}, follow=True).content.decode()
    assert "We will tell you" in page
    assert announced.interests.count() == 1
    assert "Tell me when" in client.post(address, {"do": "leave"}, follow=True).content.decode()
    assert announced.interests.count() == 0


def test_a_visitor_who_wants_to_be_told_signs_in_first_and_comes_back(client, announced, requester):
    answer = client.get("/services/announced/interest/")
    assert answer["Location"] == "/sign-in/?next=/services/announced/interest/"
    client.force_login(requester)
    answer = client.get("/services/announced/interest/")
    assert answer["Location"] == "/services/announced/"


@pytest.fixture
def for_sales(policies, sales, berlin):
    service = make_service(berlin("2026-01-02 09:00"), slug="for-sales")
    service.audience_departments.add(sales)
    return service


def test_a_service_that_a_person_can_not_use_says_why(client, for_sales, requester, outsider):
    client.force_login(requester)
    for address in (LIST, "/services/for-sales/"):
        assert "This service is for people in Sales." in client.get(address).content.decode()
    assert not client.get("/services/for-sales/").context["can_ask"]
    assert names(client.get(f"{LIST}?audience=me")) == []
    client.force_login(outsider)  # who works in Sales
    assert client.get("/services/for-sales/").context["can_ask"]
    assert names(client.get(f"{LIST}?audience=me")) == ["for-sales"]


def test_a_service_that_hides_from_others_is_not_found_by_them(client, for_sales, requester, lead):
    Service.objects.filter(pk=for_sales.pk).update(hides_from_others=True)
    for person in (None, requester):
        if person:
            client.force_login(person)
        assert client.get("/services/for-sales/").status_code == 404
        assert client.get("/services/for-sales/versions/1/").status_code == 404
        assert names(client.get(LIST)) == []
    client.force_login(lead)
    assert client.get("/services/for-sales/").status_code == 200


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, "offered"),
        ({"state": "pilot"}, "pilot"),
        ({"available_from": "2999-01-01"}, "coming"),
        ({"retires_on": "2999-01-01"}, "retiring"),
    ],
)
def test_services_are_found_by_their_state(client, service, changes, state):
    Service.objects.filter(pk=service.pk).update(**changes)
    states = ("offered", "pilot", "coming", "retiring")
    found = [one for one in states if names(client.get(f"{LIST}?state={one}"))]
    assert found == [state]


@pytest.mark.parametrize(
    ("changes", "words", "can_ask"),
    [
        ({}, "", True),
        ({"state": "pilot"}, "We are trying this service out.", True),
        ({"state": "retired"}, "This service is no longer offered.", False),
        ({"retires_on": "2020-01-01"}, "This service is no longer offered.", False),
        ({"retires_on": "2999-12-31"}, "Offered until Tue 31 Dec 2999.", True),
        ({"available_from": "2999-01-01"}, "Coming from Tue 1 Jan 2999.", False),
    ],
)
def test_a_service_says_whether_it_can_be_asked_for(client, starter, changes, words, can_ask):
    Service.objects.filter(slug="good-start").update(**changes)
    answer = client.get("/services/good-start/")
    assert answer.context["can_ask"] is can_ask
    assert words in answer.content.decode()


def test_asking_carries_the_service_along(client, starter):
    html = client.get("/services/good-start/").content.decode()
    assert f'href="{reverse("intake:ask_order", args=["good-start"])}">Ask for this' in html
    assert f'href="{reverse("intake:ask_start")}?service=good-start">Tell us what' in html
