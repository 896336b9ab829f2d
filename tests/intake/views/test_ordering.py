"""Asking for a service itself: its tier, its own questions, check, sent; and the PMO begins it."""

from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from accounts.models import Department
from catalog.services.publishing import publish
from intake.models import Answer, QuestionVersion, WorkRequest
from intake.services import ordering
from intake.states import Lane, State
from notifications.models import OutboxMessage
from tests.conftest import at_berlin
from tests.factories.catalog import BLUEPRINT, _tiers
from tests.intake.views.ask_client import Asker, words

pytestmark = pytest.mark.django_db
MONDAY = at_berlin("2026-03-02 10:00")
OWN = [
    {"slug": "on", "label": "When does the meeting decide?", "kind": "date"},
    {"slug": "size", "label": "How many plants?", "kind": "number"},
    {"slug": "form", "label": "In which form?", "kind": "choice", "choices": ["Page", "Talk"]},
    {"slug": "more", "label": "What else?", "kind": "text", "required": False},
]
GIVEN = {"tier": "silver", "own_on": "2026-04-01", "own_size": "5", "own_form": "Page"}


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def ana(requester, policies):
    return Asker(requester)


@pytest.fixture
def asking(service, policies):
    """A service with four questions of its own."""
    shown = service.current
    said = {name: getattr(shown, name) for name in ("name", "outcome", "summary", "measure")}
    said |= {"decision_served": "x", "audience": "All", "questions": OWN}
    publish(service, words=said, tiers=_tiers(), blueprint=BLUEPRINT, actor=None, at=MONDAY)
    service.refresh_from_db()
    return service


def order(asker, service, **given):
    address = reverse("intake:ask_order", args=[service.slug])
    first = asker.client.get(address)
    return asker.client.post(first["Location"], given)


def ordered(asker, service):
    """A draft that lacks nothing."""
    order(asker, service, **GIVEN)
    work = WorkRequest.objects.get(requester=asker.person)
    asker.answer(work, "need", need="The board asks for the forecast of line two.")
    asker.answer(work, "quick", who="The board", when="none")
    return work


def begin(client, work):
    address = reverse("intake:triage_act", args=[work.reference, "begin"])
    return client.post(address, {"seen": WorkRequest.objects.get(pk=work.pk).version})


def test_the_tiers_stand_side_by_side_and_none_is_chosen(ana, asking):
    page = ana.client.get(f"/ask/for/{asking.slug}/", follow=True)
    said = words(page)
    assert "Silver · standard" in said
    assert "By choosing Silver you wait 5 working days longer than for Bronze" in said
    assert "When does the meeting decide?" in said
    assert "What else? (optional)" in said
    assert " checked" not in page.content.decode().split("</table>")[1]


def test_from_the_tier_to_the_confirmation(ana, asking):
    answer = order(ana, asking, **GIVEN)
    work = WorkRequest.objects.get()
    assert answer["Location"] == ana.address("question", work, "need")
    assert (work.lane, work.kind, work.service) == (Lane.ORDER, "one-thing", asking)
    ana.answer(work, "need", need="The board asks for the forecast of line two.")
    assert ana.answer(work, "quick", who="The board", when="none")["Location"] == ana.address(
        "check", work
    )
    check = words(ana.open("check", work))
    assert "Tier: Silver · standard" in check
    assert "How many plants?: 5" in check
    ana.send(work)
    work.refresh_from_db()
    assert (work.state, work.number, work.tier) == (State.NEW, 1, None)
    assert words(ana.open("sent", work)).startswith("We have your request PMO-0001")
    assert "Silver · standard" in words(ana.client.get(f"/requests/{work.reference}/framing/"))


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("tier", "", "Select how fast and how deep"),
        ("tier", "platinum", "Select how fast and how deep"),
        ("own_on", "soon", "Enter the date as day, month and year"),
        ("own_size", "many", "Enter a number, such as 6 or 2.5"),
        ("own_form", "", "Answer “In which form”"),
        ("own_more", "x" * 1501, "“What else” must be 1,500 characters or less. You have 1,501"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_kept(ana, asking, name, value, said):
    page = order(ana, asking, **GIVEN | {name: value})
    assert page.status_code == 422
    assert said in words(page)
    assert not WorkRequest.objects.exists()


def test_pressed_twice_it_is_one_draft(ana, asking):
    first = ana.client.get(reverse("intake:ask_order", args=[asking.slug]))["Location"]
    assert ana.client.post(first, GIVEN).status_code == 302
    assert ana.client.post(first, GIVEN).status_code == 302
    assert WorkRequest.objects.count() == 1
    assert ana.client.get(first)["Location"].endswith(f"/for-{asking.pk}/")


def test_the_choice_can_be_changed_before_it_is_sent(ana, asking):
    work = ordered(ana, asking)
    slug = f"for-{asking.pk}"
    page = words(ana.open("question", work, slug, query="?from=check"))
    assert "By choosing Silver" in page
    ana.answer(work, slug, query="?from=check", **GIVEN | {"tier": "bronze"})
    assert "Tier: Bronze · quick look" in words(ana.open("check", work))


def test_an_answer_keeps_the_wording_of_its_version(ana, asking):
    work = ordered(ana, asking)
    shown = asking.current
    said = {"name": "Another name", "outcome": "x", "summary": "x", "measure": "x"}
    said |= {"decision_served": "x", "audience": "All"}
    publish(asking, words=said, tiers=_tiers(), blueprint=BLUEPRINT, actor=None, at=MONDAY)
    assert "When does the meeting decide?" in words(ana.open("check", work))
    assert QuestionVersion.objects.filter(slug=f"for-{asking.pk}").count() == 1
    assert ordering.tier_of(WorkRequest.objects.get(pk=work.pk)).version == shown


def test_a_service_for_others_says_for_whom(ana, asking):
    asking.audience_departments.add(Department.objects.create(name="Finance"))
    page = ana.client.get(reverse("intake:ask_order", args=[asking.slug]), follow=True)
    assert "This service is for people in Finance" in words(page)
    address = f"{reverse('intake:ask_order', args=[asking.slug])}?key={uuid4()}"
    ana.client.post(address, GIVEN)
    assert not WorkRequest.objects.exists()


def test_a_service_that_is_over_leads_back_to_its_page(ana, asking):
    type(asking).objects.update(state="retired")
    page = ana.client.get(reverse("intake:ask_order", args=[asking.slug]), follow=True)
    assert "can't be asked for now" in words(page)


def test_the_pmo_begins_it_as_it_was_asked_for(ana, asking, client, analyst):
    work = ordered(ana, asking)
    ana.send(work)
    work.refresh_from_db()
    client.force_login(analyst)
    detail = client.get(f"/triage/{work.reference}/")
    assert "Begin as asked" in detail.content.decode()
    assert begin(client, work).status_code == 302
    work.refresh_from_db()
    assert (work.state, work.analyst, work.tier.level) == (State.RUNNING, analyst, "silver")
    chosen = work.current_proposal()
    assert (chosen.chosen_by, chosen.suggested) == (ana.person, chosen.chosen)
    assert work.clock("first_reply").state == "stopped"
    assert work.clock("delivery").state == "running"
    told = OutboxMessage.objects.filter(recipient=ana.person).values_list("kind", flat=True)
    assert "request_running" in told


def test_begun_in_another_version_it_has_to_be_proposed(ana, asking, client, analyst):
    work = ordered(ana, asking)
    ana.send(work)
    said = {"name": "Anew", "outcome": "x", "summary": "x", "measure": "x"}
    said |= {"decision_served": "x", "audience": "All"}
    publish(asking, words=said, tiers=_tiers(), blueprint=BLUEPRINT, actor=None, at=MONDAY)
    work.refresh_from_db()
    client.force_login(analyst)
    page = begin(client, work)
    assert page.status_code == 422
    assert "The service offers something else now" in page.content.decode()
    work.refresh_from_db()
    assert work.state == State.NEW


def test_other_requests_are_not_begun_so(work, client, analyst, requester):
    client.force_login(analyst)
    assert "Begin as asked" not in client.get(f"/triage/{work.reference}/").content.decode()
    assert begin(client, work).status_code in (403, 404, 409)
    assert not Answer.objects.filter(slug__startswith="for-").exists()
