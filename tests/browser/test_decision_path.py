"""A path of five steps built by keyboard, with script and without (ux.md, check 12)."""

import re

import pytest
from playwright.sync_api import expect

from intake.models import PathStep
from tests.factories.intake import make_work

STEPS = [
    ("Notices a late supplier", "Buyer", "ask", "", "none"),
    ("Collects the dates", "Planner", "give", "2", "days"),
    ("Waits for cost data", "Controlling", "prepare", "10", "days"),
    ("Decides what to book", "Capacity call", "decide", "1", "days"),
    ("Books the trucks", "Planner", "carry-out", "1", "weeks"),
]


@pytest.fixture(params=["page", "page_without_javascript"])
def any_page(request):
    return request.getfixturevalue(request.param)


def choose(page, name, value):
    """Reach a radio button by its keys: focus its group, then press space."""
    page.locator(f"main form [name={name}][value='{value}']").focus()
    page.keyboard.press("Space")


def write_step(page, step, *, breaks=""):
    what, actor, role, number, unit = step
    for name, text in (("what", what), ("actor", actor), ("wait_number", number)):
        page.locator(f"main form [name={name}]").focus()
        page.keyboard.press("Control+A")
        page.keyboard.type(text)
    choose(page, "role", role)
    choose(page, "wait_unit", unit)
    choose(page, "pain", "5" if breaks else "2")
    choose(page, "breaks", "yes" if breaks else "no")
    if breaks:
        choose(page, "break_kind", breaks)
    page.get_by_role("button", name="Save the step").focus()
    page.keyboard.press("Enter")
    page.wait_for_load_state("networkidle")


def test_five_steps_by_keyboard_one_moved_and_one_broken(
    any_page, sign_in, requester, policies, berlin
):
    page = any_page
    work = make_work(requester, berlin("2026-03-02 10:00"))
    sign_in(page, requester)
    page.goto(f"/requests/{work.reference}/path/")
    for step in STEPS:
        page.get_by_role("link", name=re.compile("^Add (a|the first) step")).focus()
        page.keyboard.press("Enter")
        page.wait_for_load_state("networkidle")
        write_step(page, step, breaks="waits" if step[1] == "Controlling" else "")

    page.get_by_role("button", name="Move up step 4").focus()
    page.keyboard.press("Enter")
    moved = page.locator("#step-3")
    expect(moved).to_contain_text("Decides what to book")
    expect(moved).to_be_focused()

    listed = page.locator(".path-steps h3").all_text_contents()
    in_order = list(PathStep.objects.order_by("position").values_list("what", flat=True))
    assert [words.split(": ")[1] for words in listed] == in_order
    drawn = page.locator("svg.path-svg")
    boxes = drawn.locator(".path-title").all_text_contents()
    assert [box[:10] for box in boxes] == [
        f"{place}. {what}"[:10] for place, what in enumerate(in_order, start=1)
    ]
    assert drawn.locator(".path-box-broken").count() == 1
    assert drawn.locator("> title").text_content() == "How is this decided today?"
    summary = page.locator(".path-summary").text_content()
    assert summary in drawn.locator("> desc").text_content()
    assert "18 days are waiting" in summary
    assert "4 handoffs" in summary
    assert "The path breaks at step 4 (waits too long)" in summary
