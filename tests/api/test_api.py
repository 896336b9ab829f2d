"""Programs get what their person gets on the pages: no more, no less, and each act once."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from api import services
from api.models import GivenAnswer, Token
from api.tasks import forget_answers
from audit.models import Entry
from catalog.models import Measurement
from catalog.services import outcomes
from intake.models import Message, Participant, WorkRequest
from intake.services import conversation, triage
from intake.states import State
from tests.factories.catalog import outcome_terms
from tests.factories.intake import FULL, agree_need, make_work

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday(time_machine, berlin):
    time_machine.move_to(berlin("2026-03-02 12:00"), tick=False)


@pytest.fixture
def speak(client, berlin):
    """Return `speak(person, method, path, data)`: what a program of this person is answered."""
    secrets = {}

    def speak(person, method, path, data=None, *, scope="write", key=""):
        at = berlin("2026-03-02 09:00")
        if (person.pk, scope) not in secrets:
            _, secrets[person.pk, scope] = services.make_token(
                person, name="Test", scope=scope, days=30, actor=person, at=at
            )
        headers = {"Authorization": f"Bearer {secrets[person.pk, scope]}"}
        if key:
            headers["Idempotency-Key"] = key
        body = None if data is None else json.dumps(data)
        return client.generic(
            method, f"/api/v1/{path}", body or "", "application/json", headers=headers
        )

    return speak


def test_without_a_token_there_is_nothing(client):
    answer = client.get("/api/v1/requests/")
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert answer["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("secret", ["pmo_wrong", "", "pmo_" + "x" * 500, "\u00e9"])
def test_a_wrong_token_says_so(client, secret):
    answer = client.get("/api/v1/me/", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 401


def test_a_token_ends_on_its_day_when_taken_back_or_when_its_person_leaves(
    client, requester, berlin, time_machine
):
    at = berlin("2026-03-02 09:00")
    token, secret = services.make_token(
        requester, name="Mine", scope="read", days=30, actor=requester, at=at
    )
    headers = {"Authorization": f"Bearer {secret}"}
    assert client.get("/api/v1/me/", headers=headers).json()["email"] == requester.email
    assert secret not in str(Token.objects.values())
    time_machine.move_to(berlin("2026-04-02 09:00"), tick=False)
    assert client.get("/api/v1/me/", headers=headers).status_code == 401
    time_machine.move_to(berlin("2026-03-03 09:00"), tick=False)
    requester.is_active = False
    requester.save()
    assert client.get("/api/v1/me/", headers=headers).status_code == 401
    requester.is_active = True
    requester.save()
    services.revoke(token, actor=requester, at=berlin("2026-03-03 09:00"))
    assert client.get("/api/v1/me/", headers=headers).status_code == 401


def test_everybody_reads_what_they_may_see_on_the_pages(
    speak, work, requester, outsider, analyst, sponsor
):
    listed = [r["reference"] for r in speak(requester, "GET", "requests/").json()["results"]]
    assert listed == [work.reference]
    assert speak(outsider, "GET", "requests/").json()["results"] == []
    assert speak(outsider, "GET", f"requests/{work.reference}/").status_code == 404
    assert speak(analyst, "GET", f"requests/{work.reference}/").json()["ask"] == work.ask
    work.answers.filter(slug="need").update(is_pmo_only=True)
    seen = speak(sponsor, "GET", f"requests/{work.reference}/").json()
    assert (seen["title"], seen["ask"]) == ("", "")
    assert speak(requester, "GET", f"requests/{work.reference}/").json()["ask"] == work.ask


def test_a_search_does_not_tell_what_stays_with_the_pmo(
    speak, work, requester, analyst, sponsor, outsider, berlin
):
    at = berlin("2026-03-02 11:00")
    Participant.objects.create(work=work, person=outsider, added_at=at)

    def found(person):
        return len(speak(person, "GET", "requests/?q=empty+trucks").json()["results"])

    assert [found(p) for p in (requester, analyst, sponsor, outsider)] == [1, 1, 1, 1]
    work.answers.filter(slug="need").update(is_pmo_only=True)
    assert [found(p) for p in (requester, analyst, sponsor, outsider)] == [1, 1, 0, 0]


def test_a_list_is_narrowed_paged_and_costs_the_same(speak, requester, analyst, policies, berlin):
    make_work(requester, berlin("2026-03-02 10:00"))
    speak(analyst, "GET", "requests/")
    with CaptureQueriesContext(connection) as few:
        speak(analyst, "GET", "requests/")
    for minute in range(12):
        make_work(requester, berlin(f"2026-03-02 11:{minute:02}"), quick=True)
    with CaptureQueriesContext(connection) as many:
        speak(analyst, "GET", "requests/")
    # Token, person, throttle and its cache, the page, what is hidden of it.
    assert len(few) == len(many) <= 9
    page = speak(analyst, "GET", "requests/?lane=order&page_size=5").json()
    assert [len(page["results"]), page["previous"]] == [5, None]
    second = speak(analyst, "GET", page["next"].split("/api/v1/")[1]).json()
    assert not {r["reference"] for r in page["results"]} & {
        r["reference"] for r in second["results"]
    }
    assert len(speak(analyst, "GET", "requests/?q=empty+trucks").json()["results"]) == 1
    assert speak(analyst, "GET", "requests/?state=nothing").json()["results"] == []
    assert speak(analyst, "GET", "requests/?q=%00").status_code in (400, 422)


def test_a_request_is_sent_once_however_often_it_arrives(speak, requester, policies):
    data = {"answers": FULL}
    first = speak(requester, "POST", "requests/", data, key="abc")
    again = speak(requester, "POST", "requests/", data, key="abc")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again["Idempotent-Replayed"] == "true"
    work = WorkRequest.objects.get()
    assert (work.state, work.requester) == (State.NEW, requester)
    assert work.clock("first_reply").state == "running"
    other = speak(
        requester, "POST", "requests/", {"answers": FULL | {"who": {"who": "All of us"}}}, key="abc"
    )
    assert other.status_code == 422
    assert GivenAnswer.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"need": {"need": "short"}}, "/answers/need/need"),
        ({"who": {}}, "/answers/who/who"),
        ({"nothing": {"x": 1}}, "/answers/nothing"),
        ({"limit": {"limit": "love"}}, "/answers/limit/limit"),
    ],
)
def test_what_is_wrong_is_said_by_its_place_and_nothing_is_kept(
    speak, requester, policies, changed, pointer
):
    answer = speak(requester, "POST", "requests/", {"answers": FULL | changed}, key="k")
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]
    assert not WorkRequest.objects.exists()
    assert not GivenAnswer.objects.exists()


def test_an_open_question_is_named(speak, requester, policies):
    answers = {slug: value for slug, value in FULL.items() if slug != "success"}
    answer = speak(requester, "POST", "requests/", {"answers": answers})
    assert answer.json()["errors"] == [{"pointer": "/answers/success", "detail": "Answer this."}]
    assert not WorkRequest.objects.exists()


def test_triage_by_the_same_rules_as_the_pages(speak, work, analyst, requester, service):
    address = f"requests/{work.reference}/"
    assert speak(requester, "POST", f"{address}claim/", {}).status_code == 403
    claimed = speak(analyst, "POST", f"{address}claim/", {"seen": work.version}).json()
    assert (claimed["state"], claimed["analyst"]["name"]) == ("claimed", "Dana Reyes")
    stale = speak(analyst, "POST", f"{address}decline/", {
        "seen": work.version,
        "reason": "exists",
        "explanation": "The weekly capacity call answers this already, with the same data.",
        "alternative": "Join the capacity call on Mondays.",
    })  # fmt: skip
    assert stale.status_code == 409
    asked = speak(
        analyst, "POST", f"{address}questions/", {"questions": ["Which ones?"], "blocks": True}
    ).json()
    assert WorkRequest.objects.get().clock("proposal").state == "paused"
    assert [c["metric"] for c in speak(requester, "GET", f"{address}clocks/").json()]
    said = {"answers": {"1": "The two in the north"}}
    speak(requester, "POST", f"{address}questions/{asked['id']}/", said)
    assert WorkRequest.objects.get().clock("proposal").state == "running"
    offer = {"service": service.slug, "tier": "silver", "why": "It fits."}
    assert speak(analyst, "POST", f"{address}propose/", offer).status_code == 409
    agree_need(WorkRequest.objects.get(), analyst, work.received_at)
    assert speak(analyst, "POST", f"{address}propose/", offer).json()["state"] == "proposed"
    declined = {"reason": "love", "explanation": "No", "alternative": ""}
    wrong = speak(analyst, "POST", f"{address}decline/", declined).json()["errors"]
    assert {e["pointer"] for e in wrong} == {"/reason", "/explanation", "/alternative"}


def test_notes_stay_inside_and_a_message_is_written_once(speak, work, analyst, requester, berlin):
    address = f"requests/{work.reference}/messages/"
    speak(analyst, "POST", address, {"text": "Secret", "is_internal": True})
    for _ in range(2):
        speak(analyst, "POST", address, {"text": "Hello"}, key="hello")
    assert Message.objects.filter(text="Hello").count() == 1
    read = [m["text"] for m in speak(requester, "GET", address).json()["results"]]
    assert read == ["Hello"]
    refused = speak(requester, "POST", address, {"text": "x", "is_internal": True})
    assert refused.status_code == 403


def test_a_token_that_only_reads_writes_nothing(speak, work, requester):
    address = f"requests/{work.reference}/messages/"
    assert speak(requester, "GET", address, scope="read").status_code == 200
    answer = speak(requester, "POST", address, {"text": "Hello"}, scope="read")
    assert (answer.status_code, answer.json()["detail"]) == (403, "This token may only read.")


def test_readings_of_an_outcome_promise(speak, analyst, requester, lead, service, berlin):
    metric = outcomes.define(
        service,
        name="Accuracy",
        question="How near was it?",
        owner=lead,
        terms=outcome_terms(berlin("2026-02-01 00:00").date()),
        actor=lead,
        at=berlin("2026-01-02 09:00"),
    )
    address = f"services/{service.slug}/outcomes/{metric.slug}/readings/"
    reading = {
        "reference": "Week 9",
        "at": "2026-03-01T09:00:00Z",
        "forecast": "100",
        "actual": "104",
    }
    assert speak(requester, "POST", address, reading).status_code == 403
    assert speak(analyst, "POST", address, reading).status_code == 201
    assert speak(analyst, "POST", address, reading).status_code == 200
    assert speak(analyst, "POST", address, reading | {"actual": "1"}).status_code == 409
    assert Measurement.objects.get().source == "api"


@pytest.mark.parametrize(
    "body", ["", "[]", "{", '"x"', '{"answers": 3}', '{"answers": {"need": []}}']
)
def test_no_body_breaks_it(client, requester, policies, body):
    client.force_login(requester)
    answer = client.post("/api/v1/requests/", body, content_type="application/json")
    assert answer.status_code in (400, 422)
    assert answer["Content-Type"] == "application/problem+json"


def test_a_token_is_made_shown_once_and_taken_back(client, requester, outsider):
    client.force_login(requester)
    page = client.post("/account/tokens/", {"name": "Planning", "scope": "read", "days": "90"})
    token = Token.objects.get()
    assert token.hint in page.content.decode()
    assert page.content.decode().count("pmo_") >= 2
    assert 'class="secret"' not in client.get("/account/tokens/").content.decode()
    client.force_login(outsider)
    assert client.post(f"/account/tokens/{token.pk}/revoke/").status_code == 404
    client.force_login(requester)
    client.post(f"/account/tokens/{token.pk}/revoke/")
    token.refresh_from_db()
    assert token.revoked_at
    assert Entry.objects.filter(action__startswith="api.").count() == 2
    missing = client.post("/account/tokens/", {"name": "", "scope": "all", "days": "9999"})
    assert missing.status_code == 422
    for words in ("Enter what it is for", "Select what it may do", "Select for how long"):
        assert words in missing.content.decode()


def test_answers_to_repeated_posts_are_forgotten_after_two_days(
    speak, requester, policies, berlin, time_machine
):
    speak(requester, "POST", "requests/", {"answers": FULL}, key="again")
    time_machine.move_to(berlin("2026-03-04 11:00"), tick=False)
    assert forget_answers() == 0
    time_machine.move_to(berlin("2026-03-04 13:00"), tick=False)
    assert forget_answers() == 1
    assert not GivenAnswer.objects.exists()


def test_the_description_is_whole(client, requester):
    client.force_login(requester)
    described = client.get("/api/schema/?format=json")
    assert described.status_code == 200
    page = client.get("/api/docs/")
    assert "swagger-ui-bundle" in page.content.decode()


def test_nothing_of_a_conversation_leaks_by_search(speak, work, analyst, outsider, berlin):
    conversation.note(work, text="Wolpertinger", actor=analyst, at=berlin("2026-03-02 11:00"))
    triage.claim(work, actor=analyst, at=berlin("2026-03-02 11:00"))
    assert speak(outsider, "GET", "requests/?q=Wolpertinger").json()["results"] == []
