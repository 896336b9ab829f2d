"""The cadence calendar, the library and the beliefs as pages."""

from datetime import date

import pytest

from intake.models import Cadence, Learning, LibraryQuestion, NeedVersion, WorkRequest
from intake.services import cadences
from tests.factories.intake import agree_need, make_draft
from tests.intake.services.test_cadences import CALL
from tests.pages import page_of

pytestmark = pytest.mark.django_db
POSTED = {
    "name": "Budget round",
    "decider": "The board",
    "rhythm": "month",
    "next_on": "2026-04-01",
}


@pytest.fixture(autouse=True)
def on_the_monday(time_machine, berlin):
    time_machine.move_to(berlin("2026-03-02 12:00"), tick=False)


@pytest.fixture
def call(analyst, berlin):
    return cadences.save_cadence(None, fields=CALL, actor=analyst, at=berlin("2026-03-01 09:00"))


def test_everybody_reads_the_calendar_and_the_pmo_keeps_it(client, call, requester, analyst):
    client.force_login(requester)
    html = client.get("/cadence/").content.decode()
    assert "Capacity call" in html
    assert "0 asks answered by the cadence this quarter" in html
    assert client.get("/cadence/new/").status_code == 403
    client.force_login(analyst)
    assert client.post("/cadence/new/", {"name": "capacity CALL"}).status_code == 422
    assert client.post("/cadence/new/", POSTED).status_code == 302
    stale = client.post(f"/cadence/{call.pk}/", POSTED | {"name": "Other", "seen": "9"})
    assert stale.status_code == 409
    assert "Other" in stale.content.decode()
    client.post(f"/cadence/{call.pk}/", {"then": "end"})
    assert [c.name for c in Cadence.objects.filter(ended_at=None)] == ["Budget round"]


def test_the_month_shows_each_day_it_is_decided_on(client, call, requester):
    client.force_login(requester)
    page = client.get("/cadence/?view=month&month=2026-04")
    assert page.content.decode().count('<p class="what">Capacity call</p>') == 5
    assert not page_of(page).forbidden
    assert client.get("/cadence/?view=month&month=x").status_code == 200


def test_a_decider_that_is_known_is_offered_and_may_cover_it(
    client, call, requester, policies, berlin
):
    draft = make_draft(requester, berlin("2026-03-02 10:00"))
    client.force_login(requester)
    home = f"/ask/{draft.draft_key}"
    told = {"decider": "the capacity call", "rhythm": "week", "seen": "1"}
    offered = client.post(f"{home}/decider/", told)["Location"]
    assert offered == f"{home}/cadence/{call.pk}/"
    html = client.get(offered).content.decode()
    assert "This is decided every week in Capacity call" in html
    assert client.post(offered, {"then": "continue"})["Location"].startswith(home)
    client.post(offered, {"then": "covers"})
    assert WorkRequest.objects.get().state == "answered"


def test_an_analyst_answers_by_a_cadence(client, call, work, analyst):
    client.force_login(analyst)
    form = client.get(f"/triage/{work.reference}/answer/").content.decode()
    assert "Capacity call" in form
    told = {"text": "It is decided there.", "seen": work.version, "cadence": call.pk}
    client.post(f"/triage/{work.reference}/answer/", told)
    assert call.answers.get().work == work
    assert "1 ask answered by the cadence" in client.get("/cadence/").content.decode()


def test_the_list_takes_few_queries(
    client, call, requester, analyst, django_assert_max_num_queries
):
    for number in range(20):
        fields = CALL | {"name": f"Round {number}", "next_on": date(2026, 3, 2)}
        cadences.save_cadence(None, fields=fields, actor=analyst, at=call.changed_at)
    client.force_login(requester)
    with django_assert_max_num_queries(10):
        client.get("/cadence/")


def test_the_library_is_kept_by_administrators_and_leads(client, analyst, lead):
    client.force_login(analyst)
    assert client.get("/manage/library/").status_code == 403
    client.force_login(lead)
    html = client.get("/manage/library/").content.decode()
    assert "Where does it lie longest?" in html
    assert client.post("/manage/library/new/", {"theme": "Path"}).status_code == 422
    client.post("/manage/library/new/", {"theme": "Path", "text": "Who waits for whom?"})
    question = LibraryQuestion.objects.get(text="Who waits for whom?")
    client.post(f"/manage/library/{question.pk}/", {"theme": "Path", "text": "Who waits for you?"})
    assert "Who waits for whom?" in client.get(f"/manage/library/{question.pk}/").content.decode()
    client.post(f"/manage/library/{question.pk}/", {"then": "retire"})
    assert "Retired" in client.get("/manage/library/").content.decode()


def test_the_need_is_changed_and_ticked_on_the_framing_page(
    client, work, requester, analyst, berlin
):
    agree_need(work, analyst, berlin("2026-03-02 11:00"))
    home = f"/requests/{work.reference}/framing/"
    client.force_login(requester)
    assert "Change the need" in client.get(home).content.decode()
    assert "A change clears both ticks" in client.get(f"{home}need/").content.decode()
    assert client.post(f"{home}need/", {"text": "Short", "seen": "1"}).status_code == 422
    told = {"text": "Buyers need supplier dates on Wednesday.", "seen": "1"}
    client.post(f"{home}need/", told)
    assert client.post(f"{home}need/", told | {"text": told["text"] + "!"}).status_code == 409
    for person in (requester, analyst):
        client.force_login(person)
        assert "Agree to this need" in client.get(home).content.decode()
        client.post(f"{home}need/agree/", {"need": "2"})
    assert NeedVersion.objects.get(number=2).is_agreed
    assert client.post(f"{home}need/agree/", {"need": "2"}).status_code == 409


def test_the_hypothesis_is_written_by_either_side(client, work, requester, analyst, outsider):
    home = f"/requests/{work.reference}/framing/"
    client.force_login(requester)
    told = {"change": "a signal", "customer": "buyers", "act": "book less", "seen": "0"}
    assert client.post(f"{home}hypothesis/", told | {"measure": "trucks"}).status_code == 422
    client.post(f"{home}hypothesis/", told)
    assert "We believe that" in client.get(home).content.decode()
    client.force_login(analyst)
    changed = told | {"customer": "planners", "seen": "1"}
    assert client.post(f"{home}hypothesis/", changed).status_code == 422
    client.post(f"{home}hypothesis/", changed | {"learned": "Planners book"})
    assert Learning.objects.get().text == "Planners book"
    client.force_login(outsider)
    assert client.get(f"{home}hypothesis/").status_code == 404
