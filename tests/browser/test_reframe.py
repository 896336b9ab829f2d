"""Solution language in a browser, without script: acceptance checks 9 and 10."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_ask import is_fine, press

NEED = "What is going on that made you come to us?"


@pytest.fixture
def plain_page(page_without_javascript, sign_in, requester, policies):
    sign_in(page_without_javascript, requester)
    return page_without_javascript


def write(page, need):
    page.goto("/ask/need/")
    page.get_by_label(NEED).fill(need)
    press(page)
    page.get_by_label("Something should work better or differently").check()
    press(page)


def test_a_dashboard_leads_to_a_look_behind_it_with_three_ways_on(plain_page):
    write(plain_page, "We need a dashboard for the steering group")
    expect(plain_page.locator("h1")).to_have_text("Let us look behind this")
    expect(plain_page.locator("mark")).to_have_text("need a dashboard")
    plain_page.get_by_text("Why do I see this?").click()
    expect(plain_page.locator("main")).to_contain_text("Rule S1")
    names = ("Use this sentence", "Write it myself", "Keep my words and continue")
    boxes = [plain_page.get_by_role("button", name=name).bounding_box() for name in names]
    assert len({box["height"] for box in boxes if box}) == 1
    plain_page.get_by_label("Who looks at it").fill("The steering group, on Mondays")
    plain_page.get_by_label("What would they do then").fill("decide who gets people")
    press(plain_page, "Show the sentence")
    expect(plain_page.locator("#sentence")).to_contain_text(
        "The steering group needs to decide who gets people, on Mondays."
    )
    press(plain_page, "Keep my words and continue")
    expect(plain_page).to_have_url(re.compile(r"/ask/[\w-]{36}/$"))


def test_a_need_is_not_looked_behind(plain_page):
    write(plain_page, "Sponsors hear about delays two weeks after they happen")
    expect(plain_page).to_have_url(re.compile(r"/ask/[\w-]{36}/$"))


def test_the_page_is_fine_for_everybody_and_the_sentence_follows_the_typing(
    page, sign_in, requester, policies
):
    sign_in(page, requester)
    write(page, "We need a dashboard for the steering group")
    # Continue waits for a save that is under way, so the next page may take a moment.
    expect(page.get_by_label("Who looks at it")).to_be_visible()
    is_fine(page)
    page.get_by_label("Who looks at it").press_sequentially("Buyers")
    expect(page.locator("#sentence")).to_contain_text("Buyers need to ‹what they would do›")


def test_the_labelled_sets_are_run_on_the_page_of_the_rules(
    page_without_javascript, sign_in, administrator
):
    page = page_without_javascript
    sign_in(page, administrator)
    page.goto("/manage/rules/")
    rows = {
        cells[0].split()[0]: cells[1:]
        for row in page.locator("table tbody tr").all()
        if (cells := row.locator("th, td").all_inner_texts())
    }
    assert rows["design"][:3] == ["80", "1.00", "1.00"]
    assert rows["plain"][:3] == ["70", "1.00", "1.00"]
    others = {name: rows[name] for name in ("hard", "fresh", "blind-4", "blind-5")}
    assert all(cells[1] == "1.00" for cells in others.values())
    assert [cells[2] for cells in others.values()] == ["1.00", "0.80", "0.93", "0.90"]


def test_the_page_of_the_rules_is_fine_for_everybody(page, sign_in, administrator):
    sign_in(page, administrator)
    for address in ("/manage/rules/?text=We need a dashboard", "/manage/rules/edit/"):
        page.goto(address)
        is_fine(page)
