"""The queue worked off by keyboard, and the ways out of it (ux.md 9, checks 13 to 19)."""

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from intake.models import WorkRequest
from intake.services import triage
from intake.states import State
from notifications.channels import email
from notifications.models import OutboxMessage
from notifications.registry import context_for
from sla.models import ClockCommand
from tests.factories.intake import make_draft, make_work

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def at():
    return timezone.now() - timedelta(hours=2)


@pytest.fixture
def works(requester, policies, at):
    """Three received requests, an hour ago, in the order in which their promises fall due."""
    return [make_work(requester, at + timedelta(minutes=n)) for n in range(3)]


@pytest.fixture
def desk(page, sign_in, analyst, works):
    """The queue in front of an analyst."""
    sign_in(page, analyst)
    page.goto("/triage/")
    return page


def keys(page, *pressed):
    for key in pressed:
        page.keyboard.press(key)


def fresh(work):
    return WorkRequest.objects.get(pk=work.pk)


def test_a_request_is_claimed_and_asked_back_by_keys_alone(
    desk, sign_in, works, requester, analyst
):
    first, second, _ = works
    keys(desk, "2")
    expect(desk.locator(".views [aria-current=page]")).to_contain_text("Mine")
    keys(desk, "9")
    expect(desk.locator(".views [aria-current=page]")).to_contain_text("All open")
    keys(desk, "j", "Enter")
    expect(desk.locator(".queue-detail")).to_have_attribute("data-reference", first.reference)
    expect(desk.locator("#detail-title")).to_be_focused()
    keys(desk, "c")
    expect(desk.locator("#live")).to_contain_text(f"{first.reference} claimed")
    expect(desk.locator("#detail-title")).to_be_focused()
    keys(desk, "i")
    question = desk.get_by_label("Question 1", exact=True)
    expect(question).to_be_focused()
    desk.keyboard.type("jjcd? Which suppliers are late most often?")
    expect(question).to_have_value("jjcd? Which suppliers are late most often?")
    for _ in range(5):
        keys(desk, "Tab")
        if desk.evaluate("document.activeElement.name") == "blocks":
            break
    keys(desk, "Space", "Control+Enter")
    expect(desk.locator(".queue-detail")).to_have_attribute("data-reference", second.reference)
    expect(desk.locator("#live")).to_contain_text(
        f"{first.reference} asked. Now {second.reference}"
    )
    expect(desk.locator("#detail-title")).to_be_focused()

    assert fresh(first).analyst == analyst
    assert first.holds.get().is_blocking
    assert ClockCommand.objects.filter(clock=fresh(first).clock("proposal"), type="pause").exists()
    sign_in(desk, requester)
    desk.goto(f"/requests/{first.reference}/")
    expect(desk.locator("main")).to_contain_text("Our clock is paused")


def press(page, name):
    with page.expect_event("domcontentloaded"):
        page.locator("main").get_by_role("button", name=name, exact=True).click()


def test_an_answer_lets_the_clock_go_on(
    page_without_javascript, sign_in, requester, analyst, policies, at
):
    page, work = page_without_javascript, make_work(requester, at)
    asked = ["Which suppliers are late most often?"]
    triage.ask(work, questions=asked, blocks=True, actor=analyst, at=at + timedelta(minutes=5))
    assert fresh(work).clock("proposal").state == "paused"
    sign_in(page, requester)
    page.goto(f"/requests/{work.reference}/conversation/")
    page.get_by_label(asked[0]).fill("The two in the north")
    press(page, "Send answers")
    assert fresh(work).clock("proposal").state == "running"
    page.goto(f"/requests/{work.reference}/history/")
    expect(page.locator("main")).to_contain_text(re.compile("clock.* (goes|went) on", re.I))
    sign_in(page, analyst)
    page.goto("/triage/?view=answers")
    expect(page.locator("main tbody")).to_contain_text(work.reference)


def test_letters_are_letters_in_a_field_and_nothing_once_keys_are_off(desk, works, analyst):
    desk.goto(f"/triage/{works[0].reference}/reply/?view=all")
    box = desk.get_by_label("Your message")
    box.focus()
    desk.keyboard.type("jjcd")
    expect(box).to_have_value("jjcd")
    assert fresh(works[0]).state == State.NEW
    desk.goto("/account/")
    desk.get_by_label("Letter keys in triage").uncheck()
    press(desk, "Save")
    desk.goto("/triage/?view=all")
    keys(desk, "j", "j", "c", "d", "?")
    expect(desk.locator(".queue-detail, dialog[open]")).to_have_count(0)
    assert {fresh(work).state for work in works} == {State.NEW}


def test_nothing_is_declined_without_an_alternative(
    page_without_javascript, sign_in, requester, analyst, policies, at
):
    page, work = page_without_javascript, make_work(requester, at)
    sign_in(page, analyst)
    page.goto(f"/triage/{work.reference}/decline/")
    page.get_by_label("Explain it in your own words").fill("No.")
    press(page, "Decline the request")
    summary = page.locator(".error-summary")
    for words in ("Select a reason", "at least 40 characters", "Enter what they can do instead"):
        expect(summary).to_contain_text(words)
    expect(page.get_by_label("Explain it in your own words")).to_have_value("No.")
    assert fresh(work).state == State.NEW
    page.locator("main input[name=reason]").first.check()
    explanation = "The weekly capacity call answers this already, with the same data."
    page.get_by_label("Explain it in your own words").fill(explanation)
    page.get_by_label("What can they do instead?").fill("Join the capacity call on Mondays.")
    press(page, "Decline the request")
    assert fresh(work).state == State.DECLINED

    told = mail_of(OutboxMessage.objects.get(kind="request_declined"))
    sign_in(page, requester)
    page.goto(f"/requests/{work.reference}/")
    read = page.locator("main").text_content()
    for words in (explanation, "Join the capacity call on Mondays.", "look again"):
        assert words in told
        assert words in read


def mail_of(message):
    context = context_for(message)
    assert context is not None
    return " ".join(email.render(message, context).body.split())


def test_parked_until_tomorrow_it_is_back_in_the_morning(
    page_without_javascript, sign_in, requester, analyst, policies, at
):
    page, work = page_without_javascript, make_work(requester, at)
    tomorrow = timezone.localdate() + timedelta(days=1)
    sign_in(page, analyst)
    page.goto(f"/triage/{work.reference}/park/")
    page.get_by_label("Until a day").fill(tomorrow.isoformat())
    page.get_by_label("Why is it parked?").fill("The new plan is out then.")
    press(page, "Park it")
    assert not work.subject.clocks.filter(state="running").exists()
    sign_in(page, requester)
    page.goto(f"/requests/{work.reference}/")
    expect(page.locator("main")).to_contain_text("Parked until")

    morning = datetime.combine(tomorrow, time(7), BERLIN)
    assert triage.wake_due(today=tomorrow, at=morning) == 1
    sign_in(page, analyst)
    page.goto("/triage/?view=returned")
    expect(page.locator("main tbody")).to_contain_text(work.reference)


def test_a_merged_request_is_a_door_to_the_kept_one(
    page_without_javascript, sign_in, requester, outsider, analyst, lead, policies, at
):
    page, kept = page_without_javascript, make_work(requester, at)
    joined = make_work(outsider, at + timedelta(minutes=1))
    sign_in(page, analyst)
    page.goto(f"/triage/{joined.reference}/merge/?into={kept.reference}")
    page.locator("main textarea[name=words]").fill("Both are about the same late suppliers.")
    press(page, "Join them")
    told = OutboxMessage.objects.filter(recipient=outsider, kind="request_merged")
    assert told.count() == 1

    sign_in(page, outsider)
    page.goto(f"/requests/{joined.reference}/")
    expect(page.locator("main")).to_contain_text(kept.reference)
    assert kept.reference in page.url
    assert kept.participants.filter(person=outsider).exists()

    sign_in(page, lead)
    page.goto(f"/triage/{joined.reference}/undo-merge/")
    page.locator("main textarea[name=reason]").fill("They differ after all.")
    press(page, "Take it out again")
    assert fresh(joined).state == State.CLAIMED


def test_a_confirmation_can_be_opened_again_and_sends_nothing(own_draft, page, requester):
    page.goto(f"/ask/{own_draft.draft_key}/check/")
    press(page, "Send to the PMO")
    sent = page.url
    reference = page.locator("main h1").text_content()
    page.reload()
    expect(page.locator("main h1")).to_have_text(reference)
    page.go_back()
    page.goto(sent)
    expect(page.locator("main h1")).to_have_text(reference)
    assert WorkRequest.objects.filter(requester=requester).count() == 1


@pytest.fixture
def own_draft(page, sign_in, requester, policies, at):
    sign_in(page, requester)
    return make_draft(requester, at)
