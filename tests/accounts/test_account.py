"""A person's account: what they set, who stands in, and where signing in leads."""

from datetime import date, time

import pytest
from django.test import Client
from django.urls import reverse

from accounts import sections
from accounts.landing import places_for, start_of
from accounts.models import Role, StandIn, User
from audit.models import Entry
from tests.factories.accounts import PersonFactory
from tests.pages import page_of

pytestmark = pytest.mark.django_db
ADDRESS = "/account/"
FIELDS = {"name": "Dana Reyes", "phone": "4412", "time_zone": "", "landing": "", "theme": "system"}


@pytest.fixture
def desk(client: Client, analyst: User) -> Client:
    client.force_login(analyst)
    return client


def typed(**changes):
    return FIELDS | {"density": "comfortable", "quiet_from": "", "quiet_until": ""} | changes


def absence(person, **changes):
    given = {"starts_on": "2031-10-13", "ends_on": "2031-10-20"} | changes
    return {"stand_in": person.pk} | given


def test_a_person_sets_what_is_theirs_and_the_act_is_written_down(desk, analyst):
    sent = typed(
        name="Dana R.",
        time_zone="America/New_York",
        theme="dark",
        density="compact",
        landing="intake:waiting",
        quiet_from="20:00",
        quiet_until="06:30",
    )
    answer = desk.post(ADDRESS, sent)
    assert answer.headers["Location"] == ADDRESS
    assert answer.cookies["theme"].value == "dark"
    person = User.objects.get(pk=analyst.pk)
    assert (person.name, person.time_zone, person.theme) == ("Dana R.", "America/New_York", "dark")
    assert (person.is_compact, person.has_keys) == (True, False)
    assert (person.quiet_from, person.quiet_until) == (time(20), time(6, 30))
    entry = Entry.objects.get(action="accounts.changed")
    assert entry.data["was"]["name"] == "Dana Reyes"
    assert 'data-density="compact"' in desk.get(ADDRESS).content.decode()


def test_saving_without_a_change_writes_nothing_down(desk):
    desk.post(ADDRESS, typed(has_keys="on"))
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    ("changes", "control", "words"),
    [
        ({"name": " "}, "id_name", "Enter your name"),
        ({"name": "x" * 121}, "id_name", "at most 120"),
        ({"time_zone": "Mars/Olympus"}, "id_time_zone", "Choose a time zone of the list"),
        ({"landing": "manage"}, "id_landing", "Choose a page of the list"),
        ({"theme": "neon"}, "id_theme_0", "Choose the colours"),
        ({"quiet_from": "19:00"}, "id_quiet_until", "Enter both times, or neither"),
        ({"quiet_from": "late", "quiet_until": "7"}, "id_quiet_from", "Enter a time such as 19:00"),
        (
            {"quiet_from": "19:00", "quiet_until": "19:00"},
            "id_quiet_until",
            "Enter another time than the one it starts at",
        ),
    ],
)
def test_what_is_wrong_stands_beside_the_field_and_what_was_typed_is_kept(
    desk, analyst, changes, control, words
):
    answer = desk.post(ADDRESS, typed(phone="9911") | changes)
    page = page_of(answer)
    assert answer.status_code == 422
    assert page.title.startswith("Error: ")
    assert page.having("a", href=f"#{control}")
    assert words in answer.content.decode()
    assert page.having("input", name="phone", value="9911")
    assert User.objects.get(pk=analyst.pk).phone == "4412"


def test_letter_keys_are_offered_to_those_who_triage_only(desk, client, requester):
    assert page_of(desk.get(ADDRESS)).having("input", name="has_keys")
    client.force_login(requester)
    assert not page_of(client.get(ADDRESS)).having("input", name="has_keys")


def test_signing_in_leads_to_the_chosen_page(desk, analyst):
    assert desk.get("/landing/").headers["Location"] == reverse("intake:queue")
    desk.post(ADDRESS, typed(landing="intake:my_requests"))
    assert desk.get("/landing/").headers["Location"] == reverse("intake:my_requests")


def test_a_chosen_page_that_the_roles_no_longer_allow_falls_back(requester, sponsor, administrator):
    requester.landing = "intake:queue"
    assert start_of(requester) == "home"
    assert start_of(sponsor) == "review_newest"
    assert start_of(administrator) == "manage"
    assert "manage" not in {place.name for place in places_for(requester)}


def test_a_colleague_stands_in_with_dates_and_can_be_removed(desk, analyst, other_analyst):
    answer = desk.post("/account/stand-ins/", absence(other_analyst))
    assert answer.headers["Location"] == "/account/#stand-ins"
    added = StandIn.objects.get()
    assert (added.person, added.stand_in) == (analyst, other_analyst)
    assert (added.starts_on, added.ends_on) == (date(2031, 10, 13), date(2031, 10, 20))
    page = desk.get(ADDRESS).content.decode()
    assert "Mika Lund" in page
    assert "Mon 13 Oct 2031 to Mon 20 Oct 2031" in page
    desk.post(f"/account/stand-ins/{added.pk}/remove/")
    assert not StandIn.objects.exists()
    actions = Entry.objects.order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["accounts.stand_in_added", "accounts.stand_in_removed"]


def test_one_stand_in_a_day(desk, other_analyst, lead):
    desk.post("/account/stand-ins/", absence(other_analyst))
    answer = desk.post("/account/stand-ins/", absence(lead, starts_on="2031-10-20"))
    assert answer.status_code == 422
    assert "Mika Lund stands in from Mon 13 Oct 2031" in answer.content.decode()
    assert StandIn.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"ends_on": "2031-10-12"}, "Enter a day that is not before the first"),
        ({"starts_on": "2020-01-01", "ends_on": "2020-01-02"}, "Enter a day that is not over yet"),
        ({"ends_on": "2099-01-01"}, "Enter at most a year"),
        ({"starts_on": "soon"}, "Enter a date such as"),
        ({"stand_in": "0"}, "Choose who stands in"),
    ],
)
def test_a_wrong_absence_is_explained_and_kept(desk, other_analyst, changes, words):
    answer = desk.post("/account/stand-ins/", absence(other_analyst) | changes)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not StandIn.objects.exists()


def test_only_colleagues_can_stand_in(desk, analyst, requester, lead, other_analyst, operations):
    assert set(User.objects.colleagues_of(analyst)) == {lead, other_analyst}
    same = PersonFactory(name="Uma", department=operations, roles=[Role.REQUESTER])
    assert set(User.objects.colleagues_of(requester)) == {same}
    answer = desk.post("/account/stand-ins/", absence(requester))
    assert answer.status_code == 422


def test_nobody_removes_the_stand_in_of_somebody_else(client, analyst, other_analyst, outsider):
    added = StandIn.objects.create(
        person=analyst, stand_in=other_analyst, starts_on=date(2031, 1, 1), ends_on=date(2031, 1, 2)
    )
    client.force_login(outsider)
    assert client.post(f"/account/stand-ins/{added.pk}/remove/").status_code == 404
    assert StandIn.objects.exists()


def test_other_apps_add_sections_of_their_own(desk, monkeypatch):
    monkeypatch.setattr(sections, "_sections", {})
    sections.register(
        sections.Section(
            "colours", "Colours", "components/empty_state.html", lambda _: {"words": "None"}
        )
    )
    page = desk.get(ADDRESS)
    assert page_of(page).having("section", id="colours")
    assert "None" in page.content.decode()


def test_the_person_menu_leads_there_and_the_page_asks_little(desk, django_assert_max_num_queries):
    assert page_of(desk.get("/")).having("a", href=ADDRESS)
    with django_assert_max_num_queries(9):
        desk.get(ADDRESS)
