"""The services that a new installation begins with."""

import pytest

from catalog.models import Service, ServiceVersion
from catalog.services.starter import make_starter_catalog, starter_services
from sla.models import SlaTarget

pytestmark = pytest.mark.django_db
SERVICES = {
    "schedule-risk-signal": 3,
    "forecast-check": 3,
    "decision-pack": 3,
    "portfolio-balance": 3,
    "good-start": 3,
    "small-ask": 1,
}


@pytest.fixture
def starter(policies, berlin):
    return make_starter_catalog(berlin("2026-01-02 09:00"))


def test_six_services_are_offered_with_their_tiers(starter):
    offered = Service.objects.listed().with_tiers()
    assert {s.slug: s.current.tiers.count() for s in offered} == SERVICES
    assert {s.state for s in offered} == {Service.State.LIVE}


def test_every_aim_of_the_catalog_has_a_service(starter):
    assert {service.aim for service in starter} == set(Service.Aim.values)


def test_a_second_time_nothing_is_made(starter, berlin):
    assert make_starter_catalog(berlin("2026-02-02 09:00")) == []
    assert ServiceVersion.objects.count() == len(SERVICES)


def test_an_owner_is_given_to_services_without_one_only(starter, lead, analyst, berlin):
    Service.objects.filter(slug="good-start").update(owner=analyst)
    make_starter_catalog(berlin("2026-02-02 09:00"), owner=lead)
    owners = set(Service.objects.values_list("slug", "owner__name"))
    assert ("good-start", analyst.name) in owners
    assert ("decision-pack", lead.name) in owners


def test_the_delivery_promise_of_each_tier_is_its_first_result(starter):
    day = 8 * 3600
    for service in Service.objects.listed().with_tiers():
        for tier in service.current.tiers.all():
            target = SlaTarget.objects.get(version__policy=tier.policy, metric="delivery")
            assert target.target_seconds == tier.first_result_days * day


@pytest.mark.parametrize("document", starter_services(), ids=lambda document: document["slug"])
def test_each_service_says_everything_that_its_page_shows(document):
    words, blueprint = document["words"], document["blueprint"]
    for name in ("name", "outcome", "summary", "decision_served", "audience", "measure", "goal"):
        assert words[name].strip()
    assert words["needs_from_you"]
    assert words["improving"]
    assert blueprint["trigger"]
    for part in ("handoffs", "promises", "exit_criteria", "measures"):
        assert blueprint[part], part
    assert all(set(step) == {"from", "to", "what", "within"} for step in blueprint["handoffs"])


@pytest.mark.parametrize("document", starter_services(), ids=lambda document: document["slug"])
def test_more_depth_never_comes_sooner(document):
    days = [tier["first_result_days"] for tier in document["tiers"]]
    assert days == sorted(days)
