"""Similar requests: found by rare words, with the reason, and only what one may see."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from intake.models import Answer, JudgedPair, WorkRequest
from intake.services import cadences
from intake.services import similar as acts
from intake.similar import Wanted, similar
from tests.factories.accounts import PersonFactory
from tests.factories.intake import make_draft, make_work
from tests.intake.services.test_cadences import CALL

pytestmark = pytest.mark.django_db
TRUCKS = "Suppliers tell us of late deliveries after the trucks are booked for the week."


@pytest.fixture
def colleague(operations):
    return PersonFactory(name="Cara Voss", email="cara@example.org", department=operations)


@pytest.fixture
def others(requester, policies, berlin):
    """Requests about other things, so that words have a rarity."""
    for number, need in enumerate(
        (
            "Invoices are paid twice because nobody sees the list of the other office.",
            "The portfolio board decides without knowing who is free in the next weeks.",
            "New colleagues wait for their laptops and for access to the project folders.",
        )
    ):
        make_work(requester, berlin(f"2026-03-0{number + 3} 10:00"), need=need)


def while_typing(client, text):
    return client.post("/ask/similar/", {"need": text}).content.decode()


def test_the_one_that_shares_rare_words_is_found_with_the_reason(work, others):
    [found] = similar(Wanted(TRUCKS), count=3)
    assert found.work == work
    assert {"trucks", "booked"} <= set(found.shared)
    assert found.why.startswith("shares: ")
    assert similar(Wanted("An altogether unrelated zeppelin"), count=3) == []
    assert similar(Wanted("the and of"), count=3) == []


def test_the_same_decision_speaks_for_it(work, others):
    decision = "how many trucks to book for the week"
    text = f"{TRUCKS} Invoices, laptops and the portfolio too."
    found = similar(Wanted(text, decision=decision), count=3)[0]
    assert found.is_same_decision
    assert "same decision" in found.why
    assert found.score > similar(Wanted(text), count=3)[0].score


def test_colleagues_read_titles_others_only_that_there_is_one(
    client, work, others, colleague, outsider
):
    client.force_login(colleague)
    assert work.title in while_typing(client, TRUCKS)
    client.force_login(outsider)
    text = while_typing(client, TRUCKS)
    assert work.title not in text
    assert "A request from another department" in text
    assert work.reference not in text


def test_words_that_stay_with_the_pmo_are_not_shown_to_colleagues(client, work, others, colleague):
    Answer.objects.filter(work=work, slug="need").update(is_pmo_only=True)
    client.force_login(colleague)
    assert "trucks" not in while_typing(client, TRUCKS)


def test_a_fitting_service_is_named(client, service, colleague):
    client.force_login(colleague)
    words = f"{service.current.name} {service.current.outcome}"
    assert "This service answers such questions" in while_typing(client, words)


@pytest.mark.parametrize("text", ["", "x", "\x00", "' OR 1=1 --", '"*" AND :a & !', "é" * 3000])
def test_any_text_is_read(client, work, colleague, text):
    client.force_login(colleague)
    assert client.post("/ask/similar/", {"need": text}).status_code == 200


def test_following_one_joins_it_and_makes_no_new_request(client, work, others, colleague, berlin):
    draft = make_draft(colleague, berlin("2026-03-05 10:00"), {"need": {"need": TRUCKS}})
    client.force_login(colleague)
    page = client.get(reverse("intake:ask_question", args=[draft.draft_key, "kind"]))
    assert "Follow this one instead" in page.content.decode()
    data = {"similar": work.pk, "then": "follow"}
    answer = client.post(reverse("intake:ask_similar", args=[draft.draft_key]), data)
    assert answer["Location"] == work.get_absolute_url()
    assert client.get(work.get_absolute_url()).status_code == 200
    assert work.participants.get().person == colleague
    assert WorkRequest.objects.received().count() == 4


def test_mine_is_different_is_remembered(client, work, others, colleague, berlin):
    draft = make_draft(colleague, berlin("2026-03-05 10:00"), {"need": {"need": TRUCKS}})
    client.force_login(colleague)
    address = reverse("intake:ask_similar", args=[draft.draft_key])
    assert work.title in client.get(address).content.decode()
    client.post(address, {"similar": work.pk, "then": "different", "back": "check"})
    assert work.title not in client.get(address).content.decode()


def test_nobody_follows_what_is_hidden_from_them(client, work, outsider, berlin):
    draft = make_draft(outsider, berlin("2026-03-05 10:00"), {"need": {"need": TRUCKS}})
    client.force_login(outsider)
    data = {"similar": work.pk, "then": "follow"}
    address = reverse("intake:ask_similar", args=[draft.draft_key])
    assert client.post(address, data).status_code == 404
    assert client.post(address, {"similar": "x", "then": "follow"}).status_code == 404
    with pytest.raises(PermissionDenied):
        acts.follow(work, actor=outsider, at=berlin("2026-03-05 11:00"))


def test_an_analyst_links_two_or_says_that_they_are_not_similar(
    client, work, others, requester, analyst, berlin
):
    twin = make_work(requester, berlin("2026-03-06 10:00"), need=TRUCKS)
    client.force_login(analyst)
    address = reverse("intake:triage_similar", args=[twin.reference])
    assert "Link as related" in client.get(address).content.decode()
    client.post(address, {"other": work.reference, "then": "related"})
    assert "linked as related" in client.get(address).content.decode()
    client.post(address, {"other": work.reference, "then": "different"})
    assert work.title not in client.get(address).content.decode()
    assert JudgedPair.objects.get().first == work
    assert client.post(address, {"other": "PMO-9999", "then": "related"}).status_code == 404


def test_requesters_do_not_see_the_page_of_the_pmo(client, work, colleague):
    client.force_login(colleague)
    assert client.get(reverse("intake:triage_similar", args=[work.reference])).status_code == 403


def test_a_recurring_decision_is_named_and_can_cover_it(
    client, requester, analyst, policies, berlin
):
    call = cadences.save_cadence(None, fields=CALL, actor=analyst, at=berlin("2026-03-01 09:00"))
    client.force_login(requester)
    typed = while_typing(client, "We never know how many trucks to book before the suppliers.")
    assert "Capacity call" in typed
    assert "This is decided every week. It already uses: supplier dates, bookings." in typed
    draft = make_draft(requester, berlin("2026-03-02 10:00"))
    page = client.get(reverse("intake:ask_similar", args=[draft.draft_key])).content.decode()
    assert reverse("intake:ask_cadence", args=[draft.draft_key, call.pk]) in page


def test_an_analyst_merges_from_the_list_and_sees_services_and_meetings(
    client, work, others, analyst, requester, policies, berlin
):
    cadences.save_cadence(None, fields=CALL, actor=analyst, at=berlin("2026-03-01 09:00"))
    twin = make_work(requester, berlin("2026-03-05 10:00"), need=TRUCKS)
    client.force_login(analyst)
    page = client.get(reverse("intake:triage_similar", args=[twin.reference])).content.decode()
    merge = f"/triage/{twin.reference}/merge/?find={work.reference}&amp;into={work.reference}"
    assert merge in page
    assert "Capacity call" in page
    form = client.get(merge.replace("&amp;", "&")).content.decode()
    assert f"{work.reference} {work.title}" in form
