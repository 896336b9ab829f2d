"""Who wants to be told, and that they are told once."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from catalog.models import Interest, Service
from catalog.services import interest
from notifications.models import OutboxMessage
from notifications.services import deliver_next
from tests.factories.catalog import make_service

pytestmark = pytest.mark.django_db


@pytest.fixture
def coming(policies, berlin):
    return make_service(berlin("2026-01-02 09:00"), slug="coming", available_from=date(2026, 4, 1))


def test_joining_twice_is_the_same_and_leaving_takes_it_back(coming, requester, berlin):
    at = berlin("2026-03-02 09:00")
    interest.join(coming, actor=requester, at=at)
    interest.join(coming, actor=requester, at=at)
    assert Interest.objects.waiting().count() == 1
    assert interest.leave(coming, actor=requester, at=at)
    assert not interest.leave(coming, actor=requester, at=at)
    assert not Interest.objects.exists()


def test_people_are_told_once_when_the_day_has_come(
    coming, requester, berlin, mailoutbox, time_machine
):
    interest.join(coming, actor=requester, at=berlin("2026-03-02 09:00"))
    assert interest.tell_all(now=berlin("2026-03-31 23:00")) == 0
    day = berlin("2026-04-01 00:10")
    assert interest.tell_all(now=day) == 1
    assert interest.tell_all(now=berlin("2026-04-01 00:20")) == 0
    morning = berlin("2026-04-01 07:00")  # nobody is written to at night
    time_machine.move_to(morning)
    deliver_next(now=morning)
    assert mailoutbox[0].subject == "Coming is there now"
    assert "/services/coming/" in mailoutbox[0].body


def test_publishing_an_announced_service_tells_who_waits(policies, requester, berlin):
    service = make_service(berlin("2026-01-02 09:00"), slug="announced")
    Service.objects.filter(pk=service.pk).update(state=Service.State.PROPOSED)
    interest.join(service, actor=requester, at=berlin("2026-03-02 09:00"))
    parts = {"words": _words(service), "tiers": [_tier(service)], "blueprint": _blueprint()}
    from catalog.services.publishing import publish

    publish(service, **parts, actor=None, at=berlin("2026-03-03 09:00"), opens=False)
    assert not OutboxMessage.objects.filter(kind="service_available").exists()
    publish(service, **parts, actor=None, at=berlin("2026-03-04 09:00"))
    assert OutboxMessage.objects.filter(kind="service_available", recipient=requester).count() == 1


def test_nobody_joins_a_service_that_hides_from_them(coming, requester, sales, berlin):
    coming.audience_departments.add(sales)
    Service.objects.filter(pk=coming.pk).update(hides_from_others=True)
    with pytest.raises(PermissionDenied):
        interest.join(coming, actor=requester, at=berlin("2026-03-02 09:00"))


def _words(service):
    names = ("name", "outcome", "summary", "decision_served", "audience", "measure")
    return {name: getattr(service.current, name) for name in names}


def _tier(service):
    tier = service.current.tiers.first()
    names = ("level", "rank", "words", "you_will_know", "promise", "your_time")
    return {name: getattr(tier, name) for name in (*names, "first_result_days", "policy")}


def _blueprint():
    return {"trigger": "A new forecast is due", "exit_criteria": ["It is agreed"]}
