"""The whole path in a browser: a need comes in, is mapped to a tier, and its promises tick."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from intake.models import WorkRequest
from notifications.models import OutboxMessage
from sla.models import ClockEvent
from sla.services.sweep import sweep
from tests.factories.intake import NEED

ANSWERS = {
    "who": {"who": "The three plant managers"},
    "decision": {"decision": "How many trucks to book for the week"},
    "decider": {"decider": "The capacity call", "rhythm": "week"},
    "limit": {"limit": "time"},
    "success": {"different": "We book only trucks that leave full"},
    "when": {"when": "none"},
}


@pytest.fixture(params=["page", "page_without_javascript"])
def any_page(request):
    return request.getfixturevalue(request.param)


def fill(page, answers):
    for name, value in answers.items():
        control = page.locator(f"main [name={name}]")
        if control.first.get_attribute("type") == "radio":
            page.locator(f"main [name={name}][value={value}]").check()
        elif value is True:
            control.check()
        else:
            control.fill(value)


def go_on(page, name="Continue"):
    send(page, page.locator("main").get_by_role("button", name=name, exact=True))


def send(page, button):
    """Press a button that sends its form, and wait until the page that answers is there."""
    boosted = "button => 'htmx' in window && !!button.closest('[hx-boost=true], [hx-post]')"
    if not button.evaluate(boosted):
        with page.expect_event("domcontentloaded"):
            button.click()
        return
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        button.click()
    expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)


def ask(page):
    """The full lane, from the start page to the confirmation."""
    page.goto("/ask/")
    page.locator("main").get_by_role("link", name="Start").first.click()
    fill(page, {"need": NEED})
    go_on(page)
    fill(page, {"kind": "better"})
    go_on(page)
    draft = page.url.split("/ask/")[1].split("/")[0]
    for slug, answers in ANSWERS.items():
        page.goto(f"/ask/{draft}/{slug}/")
        fill(page, answers)
        go_on(page)
    page.goto(f"/ask/{draft}/check/")
    go_on(page, "Send to the PMO")
    expect(page.locator("main")).to_contain_text("PMO-0001")


def act(page, name):
    page.goto(f"/triage/PMO-0001/{name}/")


def current():
    return WorkRequest.objects.get()


def test_from_a_need_to_a_result(any_page, sign_in, requester, analyst, service):
    page = any_page
    sign_in(page, requester)
    ask(page)
    assert current().state == "new"

    sign_in(page, analyst)
    page.goto("/triage/")
    page.get_by_role("link", name="PMO-0001").first.click()
    act(page, "claim")
    go_on(page, "Claim")
    act(page, "ask")
    fill(page, {"question_1": "Which suppliers are late most often?", "blocks": True})
    go_on(page, "Send the questions")
    assert current().clock("proposal").state == "paused"

    sign_in(page, requester)
    page.goto("/requests/PMO-0001/")
    expect(page.locator("main")).to_contain_text("Our clock is paused")
    page.goto("/requests/PMO-0001/conversation/")
    page.get_by_label("Which suppliers are late most often?").fill("The two in the north")
    go_on(page, "Send answers")
    assert current().clock("proposal").state == "running"

    sign_in(page, analyst)
    act(page, "reframe")
    fill(page, {"text": "Buyers need to know of a late supplier on Thursday, to book less."})
    go_on(page, "Send for confirmation")
    sign_in(page, requester)
    page.goto("/requests/PMO-0001/need/")
    fill(page, {"reply": "yes"})
    go_on(page, "Send your answer")
    assert current().need.startswith("Buyers")

    sign_in(page, analyst)
    page.goto(f"/triage/PMO-0001/propose/?service={service.slug}")
    page.get_by_label("Silver · standard").check()
    fill(page, {"why": "Deep enough to book by."})
    go_on(page, "Send the proposal")
    sign_in(page, requester)
    page.goto("/requests/PMO-0001/proposal/")
    assert page.locator("main input[type=radio]:checked").count() == 0
    page.get_by_label("Silver · standard").check()
    go_on(page, "Choose this tier")
    assert current().state == "blueprint"
    go_on(page, "Take the standard as it is")
    work = current()
    assert (work.state, work.tier.level) == ("running", "silver")

    late = work.clock("delivery").due_at + timedelta(hours=1)
    for _ in range(2):
        sweep(now=late)
    breach = ClockEvent.objects.get(clock__metric="delivery", kind="breach")
    assert breach.due_at == work.clock("delivery").due_at
    told = OutboxMessage.objects.filter(kind="clock_breach", payload__event_id=breach.pk)
    assert told.get().recipient == analyst

    sign_in(page, analyst)
    for _ in range(work.blueprint.criteria.count()):
        page.goto("/triage/PMO-0001/")
        send(page, page.get_by_role("button", name=re.compile("^Tick")).first)
    act(page, "hand-over")
    go_on(page, "Hand it over")
    sign_in(page, requester)
    page.goto("/requests/PMO-0001/result/")
    fill(page, {"difference": "clearly", "sentence": "Trucks leave full since May."})
    go_on(page, "Send your answer")
    expect(page.locator("main")).to_contain_text("Trucks leave full since May.")
    work = current()
    assert work.state == "done"
    assert work.closed_at <= timezone.now()
