"""Asking in a browser: the quick lane, errors, two windows, and pages that everybody can use."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import expect

from intake.models import WorkRequest
from intake.services import discovery, triage
from tests.factories.intake import FULL, NEED, make_draft
from tests.factories.intake import QUICK as SMALL

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NARROW = {"width": 320, "height": 800}


@pytest.fixture(params=["page", "page_without_javascript"])
def any_page(request, sign_in, requester, policies):
    page = request.getfixturevalue(request.param)
    sign_in(page, requester)
    return page


@pytest.fixture
def own_page(page, sign_in, requester, policies):
    sign_in(page, requester)
    return page


@pytest.fixture
def draft(requester, policies, berlin):
    return make_draft(requester, berlin("2026-03-02 10:00"))


def press(page, name="Continue"):
    page.locator("main").get_by_role("button", name=name, exact=True).click()


def is_fine(page):
    """No barrier by the rules of axe in either theme, and no sideways scroll on a narrow screen."""
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        found = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}})
        assert not found.response["violations"], (page.url, theme, found.generate_report())
    page.set_viewport_size(NARROW)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"], page.url
    page.set_viewport_size({"width": 1280, "height": 900})


def test_a_small_ask_from_the_first_word_to_the_confirmation(any_page):
    any_page.goto("/ask/")
    any_page.get_by_role("link", name="Start").click()
    any_page.get_by_label("What is going on that made you come to us?").fill(SMALL["need"]["need"])
    press(any_page)
    any_page.get_by_label("I have a question").check()
    press(any_page)
    expect(any_page.get_by_label("Date", exact=True)).to_be_hidden()
    any_page.get_by_label("By a date").check()
    expect(any_page.get_by_label("Date", exact=True)).to_be_visible()
    any_page.get_by_label("No fixed date").check()
    any_page.get_by_label("Who will use it?").fill("Our team")
    press(any_page)
    press(any_page, "Send to the PMO")
    expect(any_page.locator("h1")).to_have_text("We have your request")
    expect(any_page.locator("main")).to_contain_text("you have your answer")
    any_page.reload()
    any_page.go_back()
    expect(any_page.locator("main")).to_contain_text("This request was sent on")
    assert WorkRequest.objects.received().count() == 1


def test_an_empty_question_brings_the_person_to_what_is_missing(any_page, draft):
    draft.answers.filter(slug="decision").delete()
    any_page.goto(f"/ask/{draft.draft_key}/decision/")
    press(any_page)
    expect(any_page).to_have_title(re.compile("^Error: What decision will this help"))
    expect(any_page.locator(".error-summary")).to_be_focused()
    any_page.locator(".error-summary a").click()
    expect(any_page.locator("#id_decision")).to_be_focused()
    expect(any_page.get_by_label("What makes it hard to say?")).to_be_hidden()
    any_page.get_by_label("I am not sure yet. Help me find it.").check()
    any_page.get_by_label("What makes it hard to say?").fill("Two people decide")
    press(any_page)
    expect(any_page).not_to_have_title(re.compile("^Error"))


def test_two_windows_keep_both_texts_until_one_is_chosen(any_page, draft):
    other = any_page.context.new_page()
    for window in (any_page, other):
        window.goto(f"/ask/{draft.draft_key}/who/")
    for window, text in ((other, "Our buyers"), (any_page, "Our planners")):
        window.locator("[name=who]").fill(text)
        press(window)
    expect(any_page.locator("h1")).to_have_text("This answer was changed in another window")
    expect(any_page.locator("main")).to_contain_text("Our buyers")
    any_page.get_by_role("button", name=re.compile("Keep this one.*Typed in this window")).click()
    assert draft.answers.get(slug="who").value["who"] == "Our planners"


def test_words_typed_in_the_first_question_survive_a_closed_tab(own_page):
    own_page.goto("/ask/")
    own_page.get_by_role("link", name="Start").click()
    box = own_page.get_by_label("What is going on that made you come to us?")
    box.press_sequentially("Trucks leave empty")
    expect(own_page.locator("#save-status")).to_have_text(re.compile(r"^Saved \d\d:\d\d$"))
    again = own_page.context.new_page()
    own_page.close(run_before_unload=False)
    again.goto("/ask/")
    expect(again.get_by_role("main")).to_contain_text("Continue Trucks leave empty (saved")
    again.get_by_role("link", name="Continue Trucks leave empty").click()
    box = again.get_by_label("What is going on that made you come to us?")
    expect(box).to_have_value("Trucks leave empty")
    # Going on at once, while it may still be saving, is no conflict with oneself.
    box.fill("Trucks leave empty every single week.")
    box.blur()
    press(again)
    expect(again.get_by_role("heading", level=1)).to_have_text("Which of these is closest?")


def test_typing_goes_on_without_a_connection_and_is_kept_once_it_is_back(own_page, draft):
    own_page.goto(f"/ask/{draft.draft_key}/who/")
    line, box = own_page.locator("#save-status"), own_page.get_by_label("Who will use the result?")
    own_page.context.set_offline(True)
    box.fill("The buyers of all five plants")
    expect(line).to_have_text("Not saved. We try again. Your text is safe on this screen.")
    own_page.context.set_offline(False)
    expect(line).to_have_text(re.compile(r"^Saved \d\d:\d\d$"), timeout=10_000)
    assert draft.answers.get(slug="who").get("who") == "The buyers of all five plants"


def test_an_answer_is_changed_from_the_check_page(
    page_without_javascript, sign_in, requester, draft
):
    page = page_without_javascript
    sign_in(page, requester)
    page.goto(f"/ask/{draft.draft_key}/check/")
    page.get_by_role("link", name="Change Which limit hurts most").click()
    page.get_by_label("Risk", exact=True).check()
    press(page)
    expect(page).to_have_url(re.compile("/check/$"))
    expect(page.get_by_role("main")).to_contain_text("Risk")
    for kept in ("The three plant managers", "How many trucks to book", "trucks that leave full"):
        expect(page.get_by_role("main")).to_contain_text(kept)


def test_the_eight_answers_with_four_left_for_the_talk(
    page_without_javascript, sign_in, requester, analyst, draft, berlin
):
    page = page_without_javascript
    sign_in(page, requester)
    for short in ("What people do", "What it causes", "How it is decided", "Sooner, or in"):
        page.goto(f"/ask/{draft.draft_key}/")
        page.get_by_role("link", name=short).click()
        page.get_by_role("button", name="Do this with us").click()
    page.goto(f"/ask/{draft.draft_key}/check/")
    expect(page.get_by_text("We will find out together")).to_have_count(4)
    press(page, "Send to the PMO")
    expect(page.get_by_role("heading", level=1)).to_contain_text("We have your request")
    work, at = WorkRequest.objects.get(pk=draft.pk), berlin("2026-03-02 12:00")
    triage.claim(work, actor=analyst, at=at)
    talk = {"length": 25, "place": "Room 4", "people": "", "actor": analyst, "at": at}
    discovery.plan(work, slots=[berlin("2026-03-03 12:00")], **talk)
    page.goto(f"/requests/{work.reference}/discovery/1/")
    for words in ("people do about it today", "does it cause", "decided today", "in more depth"):
        expect(page.get_by_role("main")).to_contain_text(words)


def test_words_posted_after_the_session_ended_come_back(
    page_without_javascript, sign_in, requester, draft
):
    page = page_without_javascript
    sign_in(page, requester)
    page.goto(f"/ask/{draft.draft_key}/who/")
    page.get_by_label("Who will use the result?").fill("The buyers of all five plants")
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    press(page)
    kept = page.get_by_role("main").get_by_label("What you typed")
    expect(kept.first).to_have_value("The buyers of all five plants")
    page.get_by_role("main").get_by_role("link", name="Sign in").click()
    page.get_by_label("Mail address").fill(requester.email)
    page.get_by_label("Password").fill("correct horse")
    page.locator("main").get_by_role("button", name="Sign in").click()
    press(page, "Send it again")
    page.goto(f"/ask/{draft.draft_key}/check/")
    expect(page.get_by_role("main")).to_contain_text("The buyers of all five plants")


def test_the_sentence_follows_what_is_typed(own_page, draft):
    own_page.goto(f"/ask/{draft.draft_key}/success/")
    own_page.get_by_label("A number that would show it").fill("late surprises per month")
    own_page.get_by_label("Today it is").fill("6")
    own_page.get_by_label("It should become").fill("2")
    expect(own_page.locator("#sentence")).to_contain_text(
        "We will know when late surprises per month goes from 6 to 2."
    )
    expect(own_page.get_by_label("It should become")).to_be_focused()


def test_every_page_of_asking_is_open_to_everybody(own_page, requester, berlin):
    own_page.goto("/ask/")
    is_fine(own_page)
    own_page.get_by_role("link", name="Start").click()
    is_fine(own_page)
    press(own_page)
    is_fine(own_page)
    answers = FULL | {"when": {"when": "urgent", "date": ""}, "need": {"need": NEED}}
    address = f"/ask/{make_draft(requester, berlin('2026-03-02 10:00'), answers).draft_key}/"
    for slug in ("", "check/", "delete/", "kind/", "success/", "when/", "urgent/", "depth/"):
        own_page.goto(address + slug)
        is_fine(own_page)
    own_page.goto(f"{address}check/")
    press(own_page, "Send to the PMO")
    is_fine(own_page)
    own_page.locator(".error-summary a").click()
    press(own_page)
    is_fine(own_page)
    own_page.locator("[name=waits]").fill("Whether to stop")
    own_page.locator("[name=happens]").fill("We lose a day")
    press(own_page)
    press(own_page, "Send to the PMO")
    is_fine(own_page)
