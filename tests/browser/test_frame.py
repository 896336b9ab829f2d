"""The frame in a real browser: access rules, focus, failure, no script, 320 pixels."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django import forms
from django.http import HttpRequest, HttpResponse
from django.template import Context, RequestContext, Template
from django.urls import include, path
from playwright.sync_api import Browser, Page, expect

from accounts.forms import PortalForm
from pmo_portal import errors

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.browser.test_frame"),
]
LAUNCH = ["--no-sandbox", "--disable-gpu", "--disable-sync", "--no-first-run", "--disable-quic"]
LAUNCH += ["--disable-background-networking", "--disable-component-update"]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class Reply(PortalForm):
    text = forms.CharField(
        label="Your reply",
        widget=forms.Textarea,
        max_length=40,
        error_messages={"required": "Enter your reply"},
    )


PAGE = """{% extends "base.html" %}{% block title %}Request{% endblock title %}{% block main %}
<h1>Request</h1><h2>Rows</h2>
<ul>
  <li id="row-1"><form action="/close/" method="post" hx-post="/close/"
    hx-target="#row-1" hx-swap="delete">
    {% csrf_token %}<button>Close the first</button></form></li>
  <li id="row-2"><a href="/panel/" hx-get="/panel/" hx-target="#panel">Open the second</a></li>
</ul>
<div id="panel"></div>
<form id="reply" action="/reply/" method="post" hx-post="/reply/" hx-swap="outerHTML" novalidate>
  {% csrf_token %}{% load crispy_forms_tags %}{% crispy form %}<button>Send</button></form>
<form action="/fail/" method="post" hx-post="/fail/">{% csrf_token %}
  <input aria-label="Note" name="note" value="my long note"><button>Save</button></form>
<form action="/gone/" method="post" hx-post="/gone/">{% csrf_token %}<button>Pay</button></form>
{% endblock main %}"""
FORM = """<form id="reply" method="post" hx-post="/reply/" hx-swap="outerHTML">
{% load crispy_forms_tags %}{% crispy form %}<button>Send</button></form>"""


def work(request: HttpRequest) -> HttpResponse:
    return HttpResponse(Template(PAGE).render(RequestContext(request, {"form": Reply()})))


def panel(request: HttpRequest) -> HttpResponse:
    return HttpResponse(
        '<section data-announce="Panel open"><h2 data-focus>Second request</h2></section>'
    )


def reply(request: HttpRequest) -> HttpResponse:
    form = Reply(request.POST)
    html = Template(FORM).render(Context({"form": form}))
    return HttpResponse(html, status=200 if form.is_valid() else 422)


def fail(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=500)


def close(request: HttpRequest) -> HttpResponse:
    return HttpResponse("")


def gone(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=302, headers={"Location": "/sign-in/?next=/work/"})


def shown_error(request: HttpRequest, name: str) -> HttpResponse:
    return errors.error_page(request, f"{name}.html", 200, number="abc-123")


urlpatterns = [
    path("work/", work),
    path("panel/", panel),
    path("reply/", reply),
    path("fail/", fail),
    path("close/", close),
    path("gone/", gone),
    path("errors/<str:name>/", shown_error),
    path("", include("pmo_portal.urls")),
]


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    return {"executable_path": "/usr/bin/chromium", "args": LAUNCH}


@pytest.fixture
def at(page: Page, live_server: Any) -> Page:
    """A page that stands on the work page; what the console complains about fails the test."""
    page.set_default_timeout(5000)
    page.goto(f"{live_server.url}/work/")
    return page


def focused(page: Page) -> str:
    words: str = page.evaluate("document.activeElement.textContent.trim()")
    return words


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("address", ["/sign-in/", "/work/", "/errors/404/", "/errors/500/"])
def test_pages_keep_every_access_rule_in_both_themes(
    page: Page, live_server: Any, address: str, theme: str
) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.context.add_cookies([{"name": "theme", "value": theme, "url": live_server.url}])
    page.goto(live_server.url + address)
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}})
    assert found.response["violations"] == []
    assert complaints == []


@pytest.mark.parametrize("address", ["/sign-in/", "/work/", "/errors/404/", "/errors/503/"])
def test_nothing_scrolls_sideways_at_320_pixels(page: Page, live_server: Any, address: str) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(live_server.url + address)
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_the_error_summary_has_the_focus_and_leads_to_its_field(
    page: Page, live_server: Any
) -> None:
    page.goto(f"{live_server.url}/sign-in/")
    page.get_by_role("button", name="Sign in").click()
    assert page.title().startswith("Error: ")
    assert focused(page).startswith("There is a problem")
    page.get_by_role("link", name="Enter your password").click()
    assert page.evaluate("document.activeElement.id") == "id_password"


def test_an_opened_panel_takes_the_focus_and_is_heard(at: Page) -> None:
    at.get_by_role("link", name="Open the second").click()
    expect(at.locator("h2:focus")).to_have_text("Second request")
    expect(at.locator("#live")).to_have_text("Panel open")


def test_a_refused_form_comes_back_with_the_focus_on_its_summary(at: Page) -> None:
    at.get_by_role("button", name="Send").click()
    at.wait_for_selector(".error-summary")
    assert focused(at).startswith("There is a problem")
    assert at.locator("#reply [aria-busy]").count() == 0


def test_a_failure_keeps_the_text_and_offers_to_try_again(at: Page) -> None:
    at.get_by_label("Note").fill("words that took an hour")
    at.get_by_role("button", name="Save").click()
    at.wait_for_selector(".failure")
    assert "Your text is still here" in focused(at)
    assert at.get_by_label("Note").input_value() == "words that took an hour"
    assert at.get_by_role("button", name="Save").get_attribute("aria-disabled") is None
    with at.expect_request("**/fail/"):
        at.get_by_role("button", name="Try again").click()


def test_a_session_that_ended_does_not_replace_the_page(at: Page) -> None:
    at.get_by_role("button", name="Pay").click()
    at.wait_for_selector(".failure")
    assert "You are signed out" in at.locator(".failure").inner_text()
    assert at.get_by_role("heading", name="Request", exact=True).is_visible()


def test_when_the_item_in_hand_goes_the_next_one_has_the_focus(at: Page) -> None:
    at.get_by_role("button", name="Close the first").click()
    expect(at.locator("a:focus")).to_have_text("Open the second")
    expect(at.locator("#row-1")).to_have_count(0)


def test_letters_are_counted_from_three_quarters_on(at: Page) -> None:
    field = at.get_by_label("Your reply")
    field.fill("a" * 29)
    assert at.locator(".counter").inner_text() == ""
    field.fill("a" * 30)
    assert at.locator(".counter").inner_text() == "10 characters left"
    field.fill("a" * 43)
    assert at.locator(".counter").inner_text() == "3 characters too many"
    assert field.input_value() == "a" * 43


def test_without_script_the_frame_signs_in_and_changes_colours(
    browser: Browser, live_server: Any
) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{live_server.url}/sign-in/")
    page.get_by_role("button", name="Dark").click()
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    assert page.title().startswith("Error: ")
    page.get_by_role("link", name="Enter your mail address").click()
    assert page.url.endswith("#id_login")


def test_on_a_phone_the_menu_opens_without_script(browser: Browser, live_server: Any) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto(f"{live_server.url}/sign-in/")
    link = page.get_by_role("navigation").get_by_role("link", name="Sign in")
    assert not link.is_visible()
    page.locator(".menu summary").click()
    assert link.is_visible()
