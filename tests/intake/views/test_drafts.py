"""Drafts: kept while one types, shared with a colleague, and gone after sixty days."""

from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from audit.models import Entry
from intake.models import Answer, WorkRequest
from intake.services import draft_life
from intake.states import State
from notifications.channels import email
from notifications.models import OutboxMessage
from notifications.registry import context_for
from tests.conftest import at_berlin
from tests.factories.intake import FULL, make_draft
from tests.intake.views.ask_client import Asker, words

pytestmark = pytest.mark.django_db
MONDAY = at_berlin("2026-03-02 10:00")


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def ana(requester, policies):
    return Asker(requester)


@pytest.fixture
def draft(requester, policies):
    return make_draft(requester, MONDAY)


def save(asker, work, slug, *, query="", **value):
    key = getattr(work, "draft_key", work)
    return asker.client.post(reverse("intake:ask_save", args=[key, slug]) + query, value)


def kept(work, slug):
    return Answer.objects.get(work=work, slug=slug)


def told(message):
    return email.render(message, context_for(message))


def test_what_is_typed_is_kept_raw_and_counts_as_no_answer(ana, requester):
    work = ana.begin()
    answer = save(ana, work, "kind", seen="0")
    assert answer.json() == {"seen": 1, "words": "Saved 10:00"}
    saved = save(ana, work, "need", seen="1", need="Too sh")
    assert (saved.json()["seen"], kept(work, "need").value) == (2, {"need": "Too sh"})
    assert kept(work, "need").status == Answer.Status.BEGUN
    assert "Answer this" in words(ana.open("check", work))


def test_the_very_first_words_make_a_draft_that_comes_first(ana, service):
    key = uuid4()
    query = f"?key={key}&service=forecast-check&lane=consult"
    assert save(ana, key, "need", query=query, need="Trucks leave em").json()["seen"] == 1
    work = WorkRequest.objects.get(draft_key=key)
    assert (work.service, work.lane) == (service, "consult")
    assert "Continue Trucks leave em (saved Mon 2 Mar, 10:00)" in words(ana.client.get("/ask/"))
    page = ana.client.get(f"/ask/need/{query}", follow=True)
    assert "Trucks leave em" in words(page)
    # The page that was open all along goes on with the version it was told.
    sent = {"need": "Trucks leave empty every week.", "seen": "1", "then": "continue"}
    assert ana.client.post(f"/ask/need/{query}", sent).status_code == 302
    assert kept(work, "need").get("need") == "Trucks leave empty every week."


def test_an_answer_that_still_holds_stays_an_answer(ana, draft):
    edited = "The plant managers of Ulm"
    assert save(ana, draft, "who", seen="1", who=edited).json()["seen"] == 2
    assert (kept(draft, "who").status, kept(draft, "who").get("who")) == ("given", edited)
    assert save(ana, draft, "who", seen="2", who="x").json()["seen"] == 3
    assert kept(draft, "who").status == Answer.Status.BEGUN


def test_the_same_again_changes_nothing(ana, draft):
    for seen in ("1", "2"):
        assert save(ana, draft, "who", seen=seen, who="The buyers").json()["seen"] == 2
    assert kept(draft, "who").version == 2


def test_another_window_is_not_overwritten(ana, draft):
    save(ana, draft, "who", seen="1", who="The board of the plant")
    late = save(ana, draft, "who", seen="1", who="Somebody else entirely")
    assert late.status_code == 409
    assert "see both texts" in late.json()["words"]
    assert kept(draft, "who").get("who") == "The board of the plant"


def test_nobody_else_saves_into_a_draft_and_none_into_a_sent_one(ana, draft, outsider):
    assert save(Asker(outsider), draft, "who", who="Me and my team").status_code == 404
    assert save(Asker(outsider), draft, "need", need="Me and my team").status_code == 404
    assert save(ana, draft, "nothing", x="1").status_code == 404
    ana.send(draft)
    assert save(ana, draft, "who", seen="1", who="Too late for this").status_code == 409


def test_a_save_after_the_session_ended_keeps_no_second_text(client, draft):
    answer = client.post(
        reverse("intake:ask_save", args=[draft.draft_key, "who"]),
        {"who": "The plant managers of Ulm"},
        headers={"X-Requested-With": "fetch"},
    )
    assert answer.status_code == 302
    assert "kept_text" not in client.session


# Among colleagues


def test_a_colleague_adds_to_it_and_only_the_owner_sends(ana, draft, outsider):
    page = ana.client.post(
        ana.address("share", draft), {"who": outsider.email.upper()}, follow=True
    )
    assert f"{outsider.name} may add to it now, and was told by mail" in words(page)
    helper = Asker(outsider)
    assert helper.answer(draft, "who", who="The buyers of all plants").status_code == 302
    assert "Continue Supplier delays" in words(helper.client.get("/ask/"))
    assert "lets you add to it" in words(helper.open("draft", draft))
    assert "sends it. What you added is saved." in words(helper.open("check", draft))
    assert helper.send(draft).status_code == 403
    assert helper.client.post(ana.address("delete", draft)).status_code == 403
    assert helper.open("share", draft).status_code == 403
    assert f"{outsider.name} can add to it" in words(ana.open("draft", draft))
    assert ana.send(draft).status_code == 302
    work = WorkRequest.objects.get(pk=draft.pk)
    assert work.participants.get().person == outsider
    assert helper.client.get(work.get_absolute_url()).status_code == 200


def test_the_colleague_is_told_once_what_it_is_about(ana, draft, outsider, requester):
    for _ in range(2):
        draft_life.share(draft, outsider, actor=requester, at=MONDAY)
    message = OutboxMessage.objects.get(kind="draft_shared")
    assert message.recipient == outsider
    mail = told(message)
    assert mail.subject.startswith(f"{requester.name} lets you add to “Supplier delays")
    assert f"/ask/{draft.draft_key}/" in mail.body
    draft_life.stop_sharing(draft, outsider, actor=requester, at=MONDAY)
    assert context_for(message) is None


def test_sharing_can_be_taken_back_by_either(ana, draft, outsider, requester):
    for who in (requester, outsider):
        draft_life.share(draft, outsider, actor=requester, at=MONDAY)
        stop = reverse("intake:ask_share_stop", args=[draft.draft_key, outsider.pk])
        assert Asker(who).client.post(stop).status_code == 302
        assert Asker(outsider).open("draft", draft).status_code == 404
    acts = Entry.objects.about(draft).values_list("action", flat=True)
    assert list(acts).count("intake.draft_unshared") == 2


@pytest.mark.parametrize(
    ("who", "said"),
    [
        ("", "Enter a name or a mail address"),
        ("Nobody Atall", "Nobody here has this name or mail address"),
        ("ana@example.org", "It is their draft already"),
    ],
)
def test_a_name_that_does_not_help_is_said_so_and_kept(ana, draft, requester, who, said):
    who = requester.email if "@" in who else who
    page = ana.client.post(ana.address("share", draft), {"who": who})
    assert page.status_code == 422
    assert said in words(page)
    assert f'value="{who}"' in page.content.decode() or not who


# Sixty days


def test_a_draft_that_rests_is_reminded_of_twice_then_it_goes(ana, draft, requester):
    subject = draft.subject
    for day in ("2026-03-08", "2026-03-09", "2026-03-10", "2026-04-23", "2026-04-24", "2026-04-25"):
        draft_life.tend(at_berlin(f"{day} 12:00"))
    owed = OutboxMessage.objects.filter(kind="draft_rests").order_by("pk")
    assert [m.created_at.date().isoformat() for m in owed] == ["2026-03-09", "2026-04-24"]
    mail = told(owed[0])
    assert mail.subject.startswith("Your draft “Supplier delays")
    assert "Nothing is missing. It can be sent." in mail.body
    assert "It stays until Thu 30 Apr" in mail.body
    assert draft_life.tend(at_berlin("2026-05-01 09:00")) == 0
    assert draft_life.tend(at_berlin("2026-05-01 10:00")) == 1
    assert not WorkRequest.objects.filter(pk=draft.pk).exists()
    assert not type(subject).objects.filter(pk=subject.pk).exists()
    assert Entry.objects.get(action="intake.draft_over").data == {"days": 60}
    assert context_for(owed[1]) is None


def test_a_change_begins_the_days_anew(draft, requester):
    draft_life.tend(at_berlin("2026-03-09 12:00"))
    with time_machine.travel(at_berlin("2026-03-09 13:00"), tick=False):
        save(Asker(requester), draft, "who", seen="1", who="The plant managers of Ulm")
    assert context_for(OutboxMessage.objects.get(kind="draft_rests")) is None
    assert draft_life.tend(at_berlin("2026-05-01 12:00")) == 0
    assert draft_life.tend(at_berlin("2026-05-08 13:00")) == 1


def test_what_was_sent_is_not_tended(ana, draft):
    ana.send(draft)
    assert draft_life.tend(at_berlin("2026-09-01 12:00")) == 0
    assert WorkRequest.objects.get(pk=draft.pk).state == State.NEW
    assert not OutboxMessage.objects.filter(kind="draft_rests").exists()


def test_the_list_says_until_when_it_stays(ana, draft):
    assert "It stays until Thu 30 Apr" in words(ana.client.get("/requests/"))


# With the PMO only


def test_ticked_answers_stay_with_the_pmo(ana, draft, sponsor):
    assert "PMO only" not in words(ana.open("check", draft))
    ana.answer(draft, "people", delicate="on")
    assert words(ana.open("check", draft)).count("PMO only:") >= len(FULL)
    ana.client.post(ana.address("check", draft), {"pmo_only": ["need", "who", "nothing"]})
    work = WorkRequest.objects.get(pk=draft.pk)
    only = work.answers.filter(is_pmo_only=True).values_list("slug", flat=True)
    assert set(only) == {"need", "who"}
    page = Asker(sponsor).client.get(work.get_absolute_url()).content.decode()
    assert "plant managers" not in page
    assert "Supplier delays" not in page


def test_without_the_wish_no_tick_counts(ana, draft):
    ana.client.post(ana.address("check", draft), {"pmo_only": ["who"]})
    assert not Answer.objects.filter(is_pmo_only=True).exists()


def test_ticks_survive_a_missing_answer(ana, draft):
    ana.answer(draft, "people", delicate="on")
    Answer.objects.filter(work=draft, slug="limit").delete()
    page = ana.client.post(ana.address("check", draft), {"pmo_only": ["who"]})
    assert page.status_code == 422
    assert 'value="who" form="send" checked' in page.content.decode()
