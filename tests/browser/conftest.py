"""A real Chromium for the tests of this folder. Without one they are left out, and it is said."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, WebError

from accounts.models import User

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), "")
REQUIRED = bool(os.environ.get("BROWSER_REQUIRED"))  # as in CI, where none may be left out
MISSING = "Left out: no Chromium was found. Install one, or name it: make test CHROMIUM=/path/to/it"
WAIT = 10_000  # milliseconds


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)
        if item.get_closest_marker("browser") and not CHROMIUM and not REQUIRED:
            item.add_marker(pytest.mark.skip(reason=MISSING))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    if not CHROMIUM:
        pytest.fail(MISSING)
    args = ["no-sandbox", "disable-gpu", "disable-background-networking", "disable-sync"]
    args += ["disable-component-update", "no-first-run", "disable-quic"]
    flags = [f"--{arg}" for arg in args]
    return browser_type_launch_args | {"executable_path": CHROMIUM, "args": flags}


@pytest.fixture(scope="session")
def base_url(live_server: Any) -> str:
    """Let `page.goto("/sign-in/")` mean the portal under test."""
    return str(live_server.url)


@pytest.fixture
def new_context(
    new_context: Callable[..., BrowserContext], base_url: str
) -> Iterator[Callable[..., BrowserContext]]:
    """Every browser is watched: no outside address, no breach of the content policy, no error."""
    faults: list[str] = []

    def on_request(request: Request) -> None:
        if not request.url.startswith((base_url, "data:", "blob:")):
            faults.append(f"asked an outside address: {request.url}")

    def on_console(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            faults.append(message.text)

    def on_error(error: WebError) -> None:
        faults.append(str(error.error))

    def watched(**kwargs: Any) -> BrowserContext:
        context = new_context(**kwargs)
        context.set_default_timeout(WAIT)
        context.on("request", on_request)
        context.on("console", on_console)
        context.on("weberror", on_error)
        return context

    yield watched
    assert not faults


@pytest.fixture
def page_without_javascript(new_context: Callable[..., BrowserContext]) -> Page:
    return new_context(java_script_enabled=False).new_page()


@pytest.fixture
def sign_in(base_url: str) -> Callable[[Page, User], None]:
    """Return `sign_in(page, person)`, which gives that page's browser a session of the person."""

    def sign_in(page: Page, person: User) -> None:
        client = Client()
        client.force_login(person)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": base_url}
        page.context.add_cookies([cookie])

    return sign_in
