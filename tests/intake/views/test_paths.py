"""The path editor: every step a page of its own, errors word for word, focus where it belongs."""

import pytest

from intake.models import DecisionPath, PathStep
from intake.services import paths
from tests.factories.intake import make_draft
from tests.factories.paths import FIVE, POSTED
from tests.pages import page_of

pytestmark = pytest.mark.django_db
ERRORS = {
    "what": "Enter what happens in this step",
    "actor": "Enter who does it",
    "role": "Select what they do in this step",
    "wait_unit": "Enter how long it waits, or select &quot;not sure&quot;",
    "pain": "Select how much it hurts",
    "breaks": "Select yes if the path breaks here",
}


@pytest.fixture
def home(work):
    return f"/requests/{work.reference}/path/"


@pytest.fixture
def drawn(work, requester, berlin):
    at = berlin("2026-03-02 11:00")
    return paths.replace_steps(work, "today", steps=FIVE, actor=requester, at=at)


def test_the_first_step_is_added_in_the_ask_journey(client, requester, policies, berlin):
    draft = make_draft(requester, berlin("2026-03-02 10:00"))
    client.force_login(requester)
    home = f"/ask/{draft.draft_key}/path/"
    assert "Start with the moment someone notices" in client.get(home).content.decode()
    answer = client.post(f"{home}steps/new/", POSTED)
    assert (answer.status_code, answer["Location"]) == (302, f"{home}#step-1")
    html = client.get(home).content.decode()
    assert "The path breaks at step 1 (comes too late)" in html
    assert client.post(home, {"then": "continue"})["Location"] == f"/ask/{draft.draft_key}/"


def test_do_this_with_us_leaves_the_path_for_the_talk(client, requester, policies, berlin):
    draft = make_draft(requester, berlin("2026-03-02 10:00"))
    client.force_login(requester)
    home = f"/ask/{draft.draft_key}/path/"
    answer = client.post(home, {"then": "continue"})
    assert answer.status_code == 422
    assert "Add the first step, or choose" in answer.content.decode()
    client.post(home, {"then": "together"})
    assert draft.answers.get(slug="path").status == "together"


def test_every_error_stands_at_its_field_and_in_the_summary(client, requester, home):
    client.force_login(requester)
    answer = client.post(f"{home}steps/new/", {"moment": "Friday"})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert page_of(answer).title.startswith("Error:")
    for name, words in ERRORS.items():
        assert html.count(words) >= 2, name
    assert 'value="Friday"' in html


def test_how_it_breaks_and_how_long_it_waits_are_asked_where_they_matter(client, requester, home):
    client.force_login(requester)
    answer = client.post(f"{home}steps/new/", POSTED | {"break_kind": "", "wait_number": ""})
    html = answer.content.decode()
    assert "Select how it breaks" in html
    assert ERRORS["wait_unit"] in html
    fine = {"breaks": "no", "break_kind": "", "wait_number": "", "wait_unit": "unsure"}
    assert client.post(f"{home}steps/new/", POSTED | fine).status_code == 302
    assert PathStep.objects.get().wait_hours is None


def test_moving_leads_to_the_step_where_it_stands_now(client, requester, drawn, home):
    client.force_login(requester)
    answer = client.post(f"{home}steps/4/move/", {"to": "up", "seen": "1"})
    assert answer["Location"] == f"{home}#step-3"
    page = client.get(home)
    html = page.content.decode()
    assert html.index("Decides what to book</h3>") < html.index("Waits for cost data</h3>")
    assert page_of(page).having("h3", id="step-3", tabindex="-1")
    assert "<title" in html
    assert "<desc" in html
    assert not page_of(page).forbidden


def test_a_stale_change_shows_the_path_as_it_is_and_keeps_the_words(
    client, requester, analyst, drawn, home
):
    client.force_login(analyst)
    client.post(f"{home}steps/1/", POSTED | {"seen": "1", "what": "Hears of it"})
    client.force_login(requester)
    answer = client.post(f"{home}steps/1/", POSTED | {"seen": "1", "what": "Never mind"})
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Dana Reyes changed it" in html
    assert "Never mind" in html
    assert "Hears of it" in html
    assert client.post(f"{home}steps/1/delete/", {"seen": "1"}).status_code == 409


def test_htmx_swaps_one_row_and_then_the_whole_path(client, requester, drawn, home):
    client.force_login(requester)
    htmx = {"HTTP_HX_REQUEST": "true"}
    form = client.get(f"{home}steps/3/", **htmx).content.decode()
    assert "<html" not in form
    answer = client.post(f"{home}steps/3/", POSTED | {"seen": "1"}, **htmx)
    assert answer["HX-Retarget"] == "#path"
    assert 'data-announce="Step 3 changed"' in answer.content.decode()
    assert client.post(f"{home}steps/3/", {"seen": "2"}, **htmx).status_code == 422


def test_an_outsider_finds_no_path(client, outsider, drawn, home):
    client.force_login(outsider)
    assert client.get(home).status_code == 404
    assert client.post(f"{home}steps/1/delete/").status_code == 404
    assert client.get("/paths/breaks/").status_code == 403


def test_a_path_for_the_pmo_only_is_no_page_for_a_sponsor(client, sponsor, requester, drawn, home):
    drawn.work.answers.filter(slug="path").update(is_pmo_only=True)
    client.force_login(sponsor)
    assert client.get(home).status_code == 404
    client.force_login(requester)
    assert client.get(home).status_code == 200


def test_the_text_is_read_back_and_the_picture_downloaded(client, requester, analyst, drawn, home):
    client.force_login(requester)
    line = "Asks | Buyer | ask | - | - | 2 days | 3 | waits too long"
    assert client.post(f"{home}text/", {"text": "Asks", "seen": "1"}).status_code == 422
    assert client.post(f"{home}text/", {"text": line, "seen": "1"}).status_code == 302
    assert DecisionPath.objects.get().steps.get().wait_hours == 16
    assert client.get(f"{home}picture.svg").status_code == 404
    client.force_login(analyst)
    picture = client.get(f"{home}picture.svg")
    assert picture["Content-Type"].startswith("image/svg+xml")
    assert "attachment" in picture["Content-Disposition"]
    assert b"1. Asks" in picture.content


def test_the_breaks_are_one_page_with_few_queries(
    client, analyst, drawn, django_assert_max_num_queries
):
    client.force_login(analyst)
    with django_assert_max_num_queries(8):
        html = client.get("/paths/breaks/").content.decode()
    assert "waits too long" in html
