"""Triage beyond one request: selecting several, saved views, keys, problems, and joining."""

import pytest
import time_machine

from audit.models import Entry
from intake.models import Answer, Participant, SavedView, WorkRequest
from intake.services import conversation, discovery, triage
from intake.states import State
from tests.conftest import at_berlin
from tests.factories.accounts import PersonFactory
from tests.factories.intake import agree_need, make_work

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(at_berlin("2026-03-02 12:00"), tick=False):
        yield


@pytest.fixture
def desk(client, analyst):
    client.force_login(analyst)
    return client


def test_the_bulk_page_says_what_will_happen_and_what_can_not(
    desk, work, outsider, other_analyst, berlin
):
    taken = make_work(outsider, berlin("2026-03-02 10:30"))
    triage.claim(taken, actor=other_analyst, at=berlin("2026-03-02 11:00"))
    query = f"act=claim&pick={work.number}&pick={taken.number}"
    page = desk.get(f"/triage/bulk/?{query}").content.decode()
    assert f"{taken.reference} is already claimed by Mika Lund" in page
    desk.post("/triage/bulk/", {"act": "claim", "pick": [work.number, taken.number]})
    assert WorkRequest.objects.get(pk=work.pk).analyst.name == "Dana Reyes"
    assert WorkRequest.objects.get(pk=taken.pk).analyst == other_analyst


def test_an_exported_cell_is_never_a_formula(desk, requester, policies, berlin):
    work = make_work(requester, berlin("2026-03-02 10:00"), need="=1+1 is what our sheet says now.")
    answer = desk.post("/triage/bulk/", {"act": "export", "pick": [work.number]})
    assert answer["Content-Type"].startswith("text/csv")
    assert ",'=1+1" in answer.content.decode()


def test_parking_several_without_a_day_says_so_and_keeps_the_words(desk, work):
    data = {"act": "park", "pick": [work.number], "explanation": "After the plan"}
    answer = desk.post("/triage/bulk/", data)
    assert answer.status_code == 422
    assert "After the plan" in answer.content.decode()


def test_a_view_is_saved_under_a_name_and_shared_by_leads_only(desk, lead, client, work):
    desk.post("/triage/views/?view=all&lane=consult&sort=-age", {"name": "Mine", "is_shared": "on"})
    view = SavedView.objects.get()
    assert (view.query, view.is_shared) == ("?view=all&lane=consult&sort=-age", False)
    again = desk.post("/triage/views/?view=all", {"name": "mine"})
    assert again.status_code == 422
    assert "Mine" in desk.get("/triage/").content.decode()
    client.force_login(lead)
    assert client.post(f"/triage/views/{view.pk}/remove/").status_code == 404


def test_the_keys_can_be_switched_off(desk, analyst, work):
    assert "data-keys" in desk.get("/triage/").content.decode()
    desk.post("/triage/keys/", {"keys": "off"})
    analyst.refresh_from_db()
    assert not analyst.has_keys
    assert "data-keys" not in desk.get("/triage/").content.decode()


def test_joining_asks_for_the_kept_request_and_leads_to_it(desk, work, outsider, berlin):
    other = make_work(outsider, berlin("2026-03-02 10:30"))
    address = f"/triage/{other.reference}/merge/"
    assert desk.get(f"{address}?find=trucks").status_code == 200
    assert desk.post(address, {"seen": other.version, "into": "PMO-9999"}).status_code == 422
    data = {"seen": other.version, "into": work.reference, "words": "Both are about trucks now."}
    desk.post(address, data)
    assert WorkRequest.objects.get(pk=other.pk).state == State.MERGED
    assert desk.get(f"/triage/{other.reference}/")["Location"] == f"/triage/{work.reference}/"


def test_a_declined_request_needs_all_three_and_every_form_opens(desk, work):
    answer = desk.post(f"/triage/{work.reference}/decline/", {"seen": work.version})
    assert answer.status_code == 422
    for name in ("lane", "tag", "weigh", "problem", "merge", "park", "reframe"):
        assert desk.get(f"/triage/{work.reference}/{name}/").status_code == 200


def test_the_news_line_counts_what_came_since(desk, work):
    since = "2026-03-02T09:30:00%2B01:00"
    headers = {"HX-Request": "true"}
    page = desk.get(f"/triage/news/?view=all&since={since}", headers=headers)
    assert "1 new request. Show" in page.content.decode()
    assert desk.get("/triage/news/?since=2026-13-99T99:99", headers=headers).status_code == 200


def test_what_stays_with_the_pmo_is_in_no_export(desk, work, requester, outsider, berlin):
    at = berlin("2026-03-02 11:00")
    Participant.objects.create(work=work, person=outsider, added_at=at)
    Answer.objects.filter(work=work, slug="need").update(is_pmo_only=True)
    taken = desk.post("/triage/bulk/", {"act": "export", "pick": [work.number]}).content.decode()
    assert work.reference in taken
    assert "trucks" not in taken
    for person, is_there in ((requester, True), (outsider, False)):
        desk.force_login(person)
        own = b"".join(desk.get("/requests/?format=csv").streaming_content).decode()
        assert work.reference in own
        assert ("trucks" in own) == is_there


def test_their_words_are_labelled_filtered_and_the_label_comes_off(desk, work, berlin):
    page = desk.get(f"/triage/{work.reference}/").content.decode()
    assert 'data-key="y"' in page
    address = f"/triage/{work.reference}/label/"
    assert desk.post(address, {"seen": work.version}).status_code == 422
    desk.post(address, {"seen": work.version, "label": "solution"})
    assert WorkRequest.objects.get(pk=work.pk).solution_level == 3
    assert work.reference in desk.get("/triage/?view=all&level=3").content.decode()
    assert work.reference not in desk.get("/triage/?view=all&level=0").content.decode()
    assert (
        "Their words: Ask for a solution" in desk.get("/triage/?view=all&level=3").content.decode()
    )
    assert "Take the label off" in desk.get(address).content.decode()
    desk.post(address, {"seen": work.version, "label": "rules"})
    assert WorkRequest.objects.get(pk=work.pk).solution_level == 0
    acts = Entry.objects.about(work).values_list("action", flat=True)
    assert {"intake.solution_labelled", "intake.solution_unlabelled"} <= set(acts)


def test_a_request_in_detail_costs_no_more_with_a_long_past(
    desk, work, analyst, requester, berlin, django_assert_max_num_queries
):
    at = berlin("2026-03-02 11:00")
    triage.claim(work, actor=analyst, at=at)
    for number in range(20):
        conversation.write(work, text=f"Word {number}", actor=requester, at=at)
        conversation.note(work, text=f"Note {number}", actor=analyst, at=at)
    with django_assert_max_num_queries(15):
        desk.get(f"/triage/{work.reference}/", headers={"HX-Request": "true"})


def test_whoever_claimed_is_typed_and_the_page_does_not_grow_with_people(
    desk, work, analyst, other_analyst, berlin
):
    triage.claim(work, actor=other_analyst, at=berlin("2026-03-02 11:00"))

    def shown(said):
        return desk.get("/triage/", {"view": "all", "analyst": said}).content.decode()

    for said in ("Mika Lund", "mika", str(other_analyst.pk)):
        assert work.reference in shown(said), said
    assert 'value="Mika Lund"' in shown(str(other_analyst.pk))
    for said in ("Dana Reyes", "nobody", "Nobody Atall"):
        assert f"{work.reference}</a>" not in shown(said), said
    before = len(desk.get("/triage/").content)
    for number in range(20):
        PersonFactory(name=f"Colleague {number}", roles=["analyst"])
    assert len(desk.get("/triage/").content) == before
    assert "Colleague 19" in desk.get("/triage/people/").content.decode()


def test_the_names_of_the_pmo_are_for_the_pmo(client, requester):
    client.force_login(requester)
    assert client.get("/triage/people/").status_code == 403


def test_the_contact_of_last_time_is_preselected(desk, work, requester, other_analyst, berlin):
    triage.claim(work, actor=other_analyst, at=berlin("2026-03-02 11:00"))
    anew = make_work(requester, berlin("2026-03-02 11:30"))
    page = desk.get(f"/triage/{anew.reference}/assign/").content.decode()
    assert f'<option value="{other_analyst.pk}" selected>' in page


def test_speed_and_depth_of_each_tier_stand_as_bars_with_their_numbers(
    desk, work, service, analyst, berlin
):
    agree_need(work, analyst, berlin("2026-03-02 11:00"))
    page = desk.get(f"/triage/{work.reference}/propose/?service={service.slug}").content.decode()
    assert page.count("<meter") == 6
    assert "8 working days to the first result" in page
    assert "rows you get" in page


def test_the_page_of_a_request_says_when_its_sides_talk_next(
    client, work, analyst, requester, berlin
):
    at = berlin("2026-03-02 11:00")
    triage.claim(work, actor=analyst, at=at)
    client.force_login(requester)
    assert "Next contact by" in client.get(work.get_absolute_url()).content.decode()
    talk = {"length": 25, "place": "Room 4", "people": "", "actor": analyst, "at": at}
    session = discovery.plan(work, slots=[berlin("2026-03-04 12:00")], **talk)
    discovery.choose_time(session, starts_at=berlin("2026-03-04 12:00"), actor=requester, at=at)
    page = client.get(work.get_absolute_url()).content.decode()
    assert "You talk on" in page
    assert "Wed 4 Mar, 12:00" in page
