"""Written down for somebody else; how easy asking was; and how the questions do."""

from datetime import timedelta

import pytest
import time_machine

from accounts.models import User
from intake.models import Ease, QuestionVisit, WorkRequest
from notifications.models import OutboxMessage
from tests.conftest import at_berlin
from tests.factories.accounts import PersonFactory
from tests.factories.intake import FULL, make_draft, make_work
from tests.intake.views.ask_client import Asker, words

pytestmark = pytest.mark.django_db
MONDAY = at_berlin("2026-03-02 10:00")


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def dana(analyst, policies):
    return Asker(analyst)


def start(asker, **given):
    return asker.client.post("/ask/?lane=consult", given)


def raised(dana, who):
    """The draft that begins after "for someone else"."""
    first = start(dana, whom="other", who=who)
    opened = dana.client.get(first["Location"])
    need = {"need": FULL["need"]["need"], "then": "continue"}
    dana.client.post(opened["Location"], need)
    return WorkRequest.objects.get(raised_by=dana.person)


def test_only_the_pmo_is_asked_whose_it_is(dana, requester):
    assert "Who is this for?" in words(dana.client.get("/ask/"))
    ana = Asker(requester)
    assert "Who is this for?" not in words(ana.client.get("/ask/"))
    # Nor does an address of their own making let others do so.
    other = PersonFactory(email="otto@example.org")
    work = ana.begin(query=f"?for={other.email}")
    assert (work.requester, work.raised_by) == (requester, None)


def test_it_belongs_to_whom_it_is_for_and_both_are_told(dana, requester):
    work = raised(dana, requester.name)
    assert (work.requester, work.department, work.lane) == (
        requester,
        requester.department,
        "consult",
    )
    dana.answer_all(work, {slug: FULL[slug] for slug in FULL if slug != "need"})
    assert dana.send(work).status_code == 302
    told = OutboxMessage.objects.filter(kind="request_received")
    assert {message.recipient for message in told} == {requester, dana.person}
    work.refresh_from_db()
    assert work.title in words(Asker(requester).client.get("/requests/"))
    assert "on behalf" in words(dana.client.get("/triage/?view=1"))


def test_somebody_unknown_gets_an_account_to_claim_later(dana):
    work = raised(dana, "Nina.Novak@Example.org")
    assert (work.requester.name, work.requester.email) == ("Nina Novak", "nina.novak@example.org")
    assert not work.requester.has_usable_password()
    assert User.objects.filter(email__iexact="nina.novak@example.org").count() == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "Select who this is for"),
        ({"whom": "other"}, "Enter a name or a mail address"),
        ({"whom": "other", "who": "Nobody Atall"}, "Nobody here has this name"),
        ({"whom": "other", "who": "a@b"}, "Enter a mail address such as ana@example.org"),
        ({"whom": "other", "who": "gone@example.org"}, "Otto Berg has left"),
    ],
)
def test_a_person_who_cannot_be_found_is_said_so_and_nothing_begins(dana, given, said):
    PersonFactory(name="Otto Berg", email="gone@example.org", is_active=False)
    page = start(dana, **given)
    assert page.status_code == 422
    assert said in words(page)
    assert not WorkRequest.objects.exists()


def test_for_me_asks_as_ever(dana):
    assert start(dana, whom="me")["Location"] == "/ask/need/?lane=consult"


# How easy it was


def test_how_easy_it_was_is_asked_once(requester, policies):
    work, ana = make_work(requester, MONDAY), Asker(requester)
    assert "How easy was this?" in words(ana.open("sent", work))
    empty = ana.client.post(ana.address("sent", work), {"words": "The date"})
    assert empty.status_code == 422
    assert "Select how easy it was" in words(empty)
    assert "The date" in words(empty)
    for felt in ("4", "2"):
        told = {"felt": felt, "words": "The date"}
        assert ana.client.post(ana.address("sent", work), told).status_code == 302
    assert (Ease.objects.get().felt, Ease.objects.get().words) == (2, "The date")
    assert "How easy was this?" not in words(ana.open("sent", work))


def test_nobody_rates_what_is_not_theirs_or_not_sent(requester, outsider, policies):
    work, draft = make_work(requester, MONDAY), make_draft(requester, MONDAY)
    told = {"felt": "4"}
    assert Asker(outsider).client.post(Asker.address("sent", work), told).status_code == 404
    assert Asker(requester).client.post(Asker.address("sent", draft), told).status_code == 302
    assert not Ease.objects.exists()


def test_the_figures_of_the_questions(
    requester, lead, client, policies, django_assert_max_num_queries
):
    for number in range(6):
        work = make_draft(requester, MONDAY)
        begun = MONDAY - timedelta(days=3, minutes=number)
        left = number == 5
        took = timedelta(seconds=20 + number)
        QuestionVisit.objects.create(
            work=work, slug="limit", shown_at=begun, answered_at=None if left else begun + took
        )
        QuestionVisit.objects.create(work=work, slug="who", shown_at=MONDAY)
    Ease.objects.create(work=make_work(requester, MONDAY), felt=5, words="Nice", at=MONDAY)
    client.force_login(lead)
    with django_assert_max_num_queries(10):
        page = words(client.get("/manage/questions/figures/"))
    assert "Which limit hurts most Limit and result 22 s 1 of 6 (17 %)" in page
    assert "Who will use the result The decision – 0 of 0" in page
    assert "Very easy 1" in page
    assert "Nice" in page


def test_the_figures_are_for_those_who_keep_the_questions(client, analyst, policies):
    client.force_login(analyst)
    assert client.get("/manage/questions/figures/").status_code == 403


def test_the_front_door_names_the_next_open_hour(client, policies, settings):
    settings.OPEN_HOURS = "tue 10:00-11:00 room 3.12"
    for address in ("/", "/help/"):
        assert "Tue 3 Mar, 10:00–11:00, room 3.12" in words(client.get(address)).replace(
            "–11:00,", "–11:00,"
        )
    settings.OPEN_HOURS = ""
    assert "open hour" not in words(client.get("/"))
