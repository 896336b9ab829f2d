"""Choosing, agreeing, signing and trying, in a browser and for both sides."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from intake.models import WorkRequest
from intake.services import blueprint, escalation, pilots
from intake.states import State
from sla.services import sweep
from tests.factories.blueprint import agree_all, begin, bring_to_blueprint, change
from tests.factories.intake import bring_to, make_work
from tests.factories.pilots import look, make_pilot

LONG_AGO = timedelta(days=40)


@pytest.fixture
def brought(requester, analyst, silver):
    """A request on its way to a state, begun long enough ago for what follows."""

    def bring(state):
        at = timezone.now() - LONG_AGO
        work = make_work(requester, at)
        if state == State.BLUEPRINT:
            return bring_to_blueprint(work, analyst=analyst, tier=silver, at=at)
        return bring_to(state, work, analyst=analyst, tier=silver, at=at)

    return bring


def press(page, name):
    page.locator("main").get_by_role("button", name=name).first.click()
    page.wait_for_load_state()


def test_a_tier_is_chosen_knowingly(page_without_javascript, sign_in, requester, brought, silver):
    page, work = page_without_javascript, brought(State.PROPOSED)
    sign_in(page, requester)
    page.goto(f"/requests/{work.reference}/proposal/")
    assert page.locator("main input[type=radio]:checked").count() == 0
    expect(page.locator("main")).to_contain_text(
        "By choosing Silver you wait 5 working days longer"
    )
    page.get_by_label("Silver · standard").check()
    page.get_by_label("Why this one?").fill("Soon enough for us")
    press(page, "Choose this tier")
    offered = work.proposals.get()
    assert (offered.chosen, offered.suggested) == (silver, silver)
    assert offered.choice_reason == "Soon enough for us"
    press(page, "Take the standard as it is")
    assert WorkRequest.objects.get().state == State.RUNNING


def test_an_edit_takes_both_ticks_and_shows_its_words(page, sign_in, requester, analyst, brought):
    work = brought(State.BLUEPRINT)
    begin(work, analyst, timezone.now())
    address = f"/requests/{work.reference}/blueprint/"
    for person in (requester, analyst):
        sign_in(page, person)
        page.goto(address)
        press(page, "Agree to part 2")
    expect(page.locator("#part-2")).to_contain_text("Ana Silva agrees")
    press(page, "Edit part 2")
    page.get_by_label("What is handed over").first.fill("plan and prices")
    press(page, "Save part 2")
    expect(page.locator("#part-2 .tick-given")).to_have_count(0)
    sign_in(page, requester)
    page.goto(address)
    expect(page.locator("#part-2")).to_contain_text("Look again before you agree")
    page.get_by_role("link", name="Show change of part 2").click()
    expect(page.locator("ins")).to_contain_text("added:")
    expect(page.locator("del")).to_contain_text("removed:")


def test_signing_waits_for_every_part_and_one_approver(page, sign_in, requester, analyst, brought):
    work = brought(State.BLUEPRINT)
    begin(work, analyst, timezone.now())
    change(work, "end", analyst, timezone.now(), rows=[])
    change(work, "people", analyst, timezone.now(), approver="Ana Silva and Dana Reyes")
    address = f"/requests/{work.reference}/blueprint/sign/"
    sign_in(page, requester)
    page.goto(address)
    expect(page.get_by_role("alert")).to_contain_text("Write at least one sentence")
    expect(page.get_by_role("alert")).to_contain_text("Name one approver. Two slow the decision")
    assert page.get_by_role("button", name="Agree to version").count() == 0
    change(work, "end", analyst, timezone.now(), rows=[{"text": "The range is agreed"}])
    change(work, "people", analyst, timezone.now(), approver="Ana Silva")
    agree_all(work, analyst, timezone.now())
    assert blueprint.open_version_of(work).agreed_at is not None
    for person in (requester, analyst):
        sign_in(page, person)
        page.goto(address)
        page.get_by_label("I have read version 1 and agree").check()
        press(page, "Agree to version 1")
    expect(page.locator("main")).to_contain_text("Version 1, in force")
    clocks = WorkRequest.objects.get().subject.clocks.filter(state="running")
    assert {"handoff", "delivery"} <= set(clocks.values_list("metric", flat=True))


def test_a_pilot_is_decided_by_the_lines_and_late_on_the_board(
    page, sign_in, requester, analyst, brought
):
    work, now = brought(State.RUNNING), timezone.now()
    make_pilot(work, analyst, now - timedelta(days=37))
    look(work, requester, now - timedelta(days=12), 4)
    pilots.tend(now)
    sweep.sweep(now=now)
    escalation.notify_all(now)
    sign_in(page, analyst)
    page.goto("/board/")
    late = page.get_by_role("row").filter(has_text="Pilot of Forecast check")
    expect(late).to_contain_text("Late by")
    sign_in(page, requester)
    page.goto(f"/requests/{work.reference}/pilot/decide/")
    expect(page.locator("main")).to_contain_text("By the lines you set: adapt")
    assert page.locator("main input[type=radio]:checked").count() == 0
    page.get_by_label("Keep: it goes on").check()
    page.get_by_label("What did we learn?").fill("Flags are read on Thursday")
    press(page, "Decide, in my name")
    expect(page.locator(".error-summary")).to_contain_text("in at least 40 characters")
    page.get_by_label("Why?").fill("Four surprises are few enough for all the plants we asked.")
    press(page, "Decide, in my name")
    expect(page.locator("main")).to_contain_text("Keep, decided by Ana Silva")
