"""The open pages in a browser: by everybody, without JavaScript, on a narrow screen."""

import re

import pytest
from django.core.cache import cache
from playwright.sync_api import expect

from catalog.services.starter import make_starter_catalog
from intake.services import triage
from notifications.models import OutboxMessage
from tests.browser.test_ask import is_fine
from tests.factories.intake import QUICK, make_draft, make_work

OPEN = [
    "/",
    "/how-it-works/",
    "/services/",
    "/services/?q=nothing+like+it",
    "/services/schedule-risk-signal/",
    "/promises/",
    "/glossary/",
    "/help/",
    "/accessibility/",
]


@pytest.fixture(autouse=True)
def starter(policies, berlin):
    cache.clear()
    make_starter_catalog(berlin("2026-01-02 09:00"))


@pytest.mark.parametrize("address", OPEN)
def test_every_open_page_is_open_to_everybody(page, address):
    page.goto(address)
    is_fine(page)


def test_a_visitor_finds_one_way_in_and_the_two_lanes(page_without_javascript):
    page = page_without_javascript
    page.goto("/")
    main = page.locator("main")
    expect(page.locator("h1")).to_have_text("Let us find the right approach together")
    expect(main.locator(".btn-primary")).to_have_count(1)
    expect(main.locator(".lane")).to_have_count(2)
    expect(main.locator(".lane").nth(0)).to_contain_text("8 minutes")
    expect(main.locator(".lane").nth(1)).to_contain_text("2 working days")
    main.get_by_role("link", name="Tell us what is going on").click()
    expect(page).to_have_url(re.compile(r"/sign-in/\?next=/ask/"))


def test_from_what_one_wants_to_achieve_to_asking_for_it(
    page_without_javascript, sign_in, requester
):
    page = page_without_javascript
    sign_in(page, requester)
    page.goto("/services/")
    page.get_by_label("What you want to achieve").select_option("options")
    page.get_by_label("First result within").select_option("3")
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".tile")).to_have_count(1)
    page.get_by_role("link", name="Leave the meeting with a decision").click()
    expect(page.get_by_role("table")).to_contain_text("Gold · deep dive")
    page.get_by_role("link", name="Ask for this").click()
    expect(page.locator("main")).to_contain_text("Decision pack")


def test_what_waits_stands_beside_the_headline(page, sign_in, requester, analyst, berlin):
    at = berlin("2026-03-02 10:00")
    work = make_work(requester, at)
    triage.ask(work, questions=["Which ledger?"], blocks=True, actor=analyst, at=at)
    make_draft(requester, at, QUICK)
    sign_in(page, requester)
    page.goto("/")
    is_fine(page)
    page.get_by_role("link", name="Answer it").click()
    expect(page.locator("main")).to_contain_text("Which ledger?")


def test_an_administrator_tries_a_notice_again_that_gave_up(
    page, sign_in, requester, administrator, berlin
):
    make_work(requester, berlin("2026-03-02 10:00"))
    OutboxMessage.objects.update(status="dead", last_error="SMTPRecipientsRefused: unknown")
    sign_in(page, administrator)
    page.goto("/manage/")
    is_fine(page)
    page.get_by_role("link", name="See which, and try again").click()
    is_fine(page)
    page.get_by_role("link", name="Request received").click()
    page.locator("main").get_by_role("button", name="Try again").click()
    expect(page.locator("main")).to_contain_text("It is tried again now")
    is_fine(page)
