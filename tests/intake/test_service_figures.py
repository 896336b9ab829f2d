"""What the catalog hears of requests: load and achievement."""

import pytest
from django.core.cache import cache

from catalog.capacity import room_of
from catalog.track_record import of_service
from intake import service_figures
from intake.states import State
from tests.factories.intake import bring_to, make_work

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_figures_kept():
    cache.clear()


def test_running_requests_fill_the_room_of_a_service(work, analyst, silver, berlin):
    at = berlin("2026-03-02 11:00")
    service = silver.version.service
    service.at_once = 1
    assert room_of(service, now=at).words == "fits"
    bring_to(State.RUNNING, work, analyst=analyst, tier=silver, at=at)
    room = room_of(service, now=berlin("2026-03-03 09:00"))
    assert room.is_full
    assert room.details == "1 of 1 running"
    assert room.words == "starts Thu 12 Mar"  # its first result is due eight working days later


def test_a_full_month_begins_again_on_its_first_day(work, analyst, silver, berlin):
    service = silver.version.service
    service.per_month = 1
    at = berlin("2026-03-02 11:00")
    bring_to(State.RUNNING, work, analyst=analyst, tier=silver, at=at)
    assert room_of(service, now=berlin("2026-03-20 09:00")).words == "starts Wed 1 Apr"
    assert not room_of(service, now=berlin("2026-04-01 09:00")).is_full


def test_proposals_are_counted_beside_what_runs(work, analyst, silver, berlin):
    at = berlin("2026-03-02 11:00")
    bring_to(State.PROPOSED, work, analyst=analyst, tier=silver, at=at)
    load = service_figures.load_by_service(at)[silver.version.service_id]
    assert (load.running, load.proposed) == (0, 1)


def test_the_record_tells_months_and_what_each_tier_took(requester, analyst, silver, berlin):
    for day in ("2026-02-02", "2026-02-03", "2026-03-02"):
        work = make_work(requester, berlin(f"{day} 09:00"))
        bring_to(State.CHECK, work, analyst=analyst, tier=silver, at=berlin(f"{day} 10:00"))
    record = of_service(silver.version.service_id, berlin("2026-03-20 09:00"))
    assert [month.met for month in record.kept] == [0, 0, 0, 0, 2, 1]
    assert record.achieved["silver"].count == 3
    assert record.achieved["silver"].median == "1 working hour"


def test_a_service_that_nobody_took_has_an_empty_record(silver, berlin):
    assert of_service(silver.version.service_id, berlin("2026-03-20 09:00")).is_empty
