"""Improvements, contacts and stories of a service: who reads, who writes, what the page shows."""

from datetime import date

import pytest

from audit.models import Entry
from catalog.keeping import silent_services
from catalog.models import CustomerContact, Improvement, Story
from intake.models import PromiseMonth
from intake.services import agreement, improving
from intake.states import State
from tests.factories.intake import bring_to

pytestmark = pytest.mark.django_db
PAGES = ("improvements/", "contacts/", "stories/")


@pytest.fixture(autouse=True)
def monday(time_machine, berlin):
    time_machine.move_to(berlin("2026-03-02 12:00"), tick=False)


@pytest.fixture
def desk(client, analyst):
    client.force_login(analyst)
    return client


def place(service, page=""):
    return f"/services/{service.slug}/{page}"


def text_of(client, service, page=""):
    return client.get(place(service, page)).content.decode()


@pytest.mark.parametrize("page", PAGES)
def test_the_pmo_writes_sponsors_read_and_nobody_else_sees(
    client, service, analyst, sponsor, requester, page
):
    client.force_login(requester)
    assert client.get(place(service, page)).status_code == 403
    client.force_login(sponsor)
    assert '<form class="measure"' not in text_of(client, service, page)
    assert client.post(place(service, page), {}).status_code in (403, 422)
    told = {"text": "x", "who": "y", "heard": "z", "kind": "talk", "happened_on": "2026-03-02"}
    assert client.post(place(service, page), told | {"agreed": "on"}).status_code == 403
    client.force_login(analyst)
    assert '<form class="measure"' in text_of(client, service, page)
    assert client.get(place(service, page).replace(service.slug, "no-such")).status_code == 404


def test_an_improvement_goes_from_an_idea_to_the_page_to_done(desk, service):
    desk.post(place(service, "improvements/"), {"text": "Say sooner that the plan is missing"})
    found = Improvement.objects.get()
    one = place(service, f"improvements/{found.pk}/")
    doing = {"text": found.text, "state": "doing", "is_public": "on", "seen": "1"}
    assert desk.post(one, doing).status_code == 302
    assert found.text in text_of(desk, service)
    silent = desk.post(one, doing | {"state": "done", "seen": "2"})
    assert silent.status_code == 422
    assert "Enter what was done, or why it was dropped" in silent.content.decode()
    desk.post(one, doing | {"state": "done", "seen": "2", "what_was_done": "We ask on day one."})
    found.refresh_from_db()
    assert (found.state, found.what_was_done) == ("done", "We ask on day one.")
    assert found.text not in text_of(desk, service)
    acts = Entry.objects.about(service).values_list("action", flat=True)
    assert list(acts)[-3:] == [
        "service.improvement_suggested",
        *["service.improvement_changed"] * 2,
    ]


def test_two_who_change_one_lose_nothing(desk, service):
    desk.post(place(service, "improvements/"), {"text": "Sooner"})
    one = place(service, f"improvements/{Improvement.objects.get().pk}/")
    desk.post(one, {"text": "Much sooner", "state": "doing", "seen": "1"})
    late = desk.post(one, {"text": "A bit sooner", "state": "open", "seen": "1"})
    assert late.status_code == 409
    page = late.content.decode()
    assert "Somebody changed it meanwhile: “Much sooner”, being done" in page
    assert "A bit sooner" in page
    assert 'value="2"' in page
    assert Improvement.objects.get().text == "Much sooner"


def test_a_missed_promise_is_on_the_list_once_a_month(desk, service, work, berlin):
    PromiseMonth.objects.all().delete()
    row = {"month": date(2026, 2, 1), "metric": "delivery", "policy": _policy(service)}
    PromiseMonth.objects.create(service=service, met=41, missed=3, **row, **_rest())
    for _ in range(2):
        improving.suggest_from_misses(date(2026, 2, 1), at=berlin("2026-03-02 04:00"))
    found = Improvement.objects.get()
    assert (found.source, found.evidence, found.suggested_by) == ("miss", ["3 of 44"], None)
    assert "was missed in February 2026" in found.text
    assert "3 of 44" in text_of(desk, service, "improvements/")


def _policy(service):
    return service.current.tiers.first().policy


def _rest():
    """What else a month holds, empty."""
    known = {"month", "metric", "policy", "service", "met", "missed", "id"}
    return {
        field.name: [] if field.get_internal_type() == "JSONField" else 0
        for field in PromiseMonth._meta.concrete_fields
        if field.name not in known and not field.null and not field.has_default()
    }


def test_a_result_without_a_difference_is_on_the_list(work, analyst, requester, silver, berlin):
    at = berlin("2026-03-02 11:00")
    checked = bring_to(State.CHECK, work, analyst=analyst, tier=silver, at=at)
    told = {"difference": "no", "sentence": "Nobody looked at it."}
    agreement.record_result(checked, **told, actor=requester, at=at)
    found = Improvement.objects.get()
    assert (found.source, found.evidence) == ("feedback", [work.reference])


def test_contacts_are_written_down_and_silent_months_stand_out(desk, service):
    page = text_of(desk, service, "contacts/")
    assert page.count("No contact") == 6
    assert silent_services(today=date(2026, 3, 2)) == [service]
    told = {
        "happened_on": "2026-02-10",
        "kind": "visit",
        "who": "Two buyers",
        "heard": "They wait.",
    }
    late = desk.post(place(service, "contacts/"), told | {"happened_on": "2026-03-03"})
    assert "The day must be today or earlier" in late.content.decode()
    assert desk.post(place(service, "contacts/"), told).status_code == 302
    page = text_of(desk, service, "contacts/")
    assert "Watched them work with Two buyers" in page
    assert page.count("No contact") == 5
    assert silent_services(today=date(2026, 3, 2)) == []
    assert CustomerContact.objects.get().logged_by.name == "Dana Reyes"


def test_a_story_needs_consent_and_can_be_taken_off(desk, service):
    told = {"text": "We left the meeting with a decision.", "who": "A plant manager"}
    refused = desk.post(place(service, "stories/"), told)
    assert "Ask them first" in refused.content.decode()
    assert told["text"] in refused.content.decode()
    desk.post(place(service, "stories/"), told | {"agreed": "on"})
    assert told["text"] in text_of(desk, service)
    hide = place(service, f"stories/{Story.objects.get().pk}/hide/")
    for _ in range(2):
        assert desk.post(hide).status_code == 302
    assert told["text"] not in text_of(desk, service)
    assert Entry.objects.filter(action="service.story_hidden").count() == 1


@pytest.mark.parametrize("page", PAGES)
def test_a_list_costs_the_same_for_one_and_for_many(
    desk, service, analyst, page, berlin, django_assert_max_num_queries
):
    at = berlin("2026-03-01 12:00")
    for number in range(20):
        Improvement.objects.create(service=service, text=str(number), suggested_at=at)
        CustomerContact.objects.create(
            service=service, happened_on=at.date(), who="x", heard="y", logged_at=at
        )
        Story.objects.create(service=service, text=str(number), who="x", written_at=at)
    with django_assert_max_num_queries(8):
        assert text_of(desk, service, page)
