"""The frame of every page: policy, title, skip link, masthead by role, theme, weight."""

import gzip
import re
from pathlib import Path

import django_htmx
import django_include_bootstrap
import pytest
from django.conf import settings
from django.contrib.messages.storage.base import Message
from django.template.loader import render_to_string
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import Role, User
from pmo_portal.templatetags.frame import links_for
from tests.factories.accounts import PersonFactory
from tests.pages import page_of

STATIC = settings.BASE_DIR / "static"
SIGN_IN = "/sign-in/"


# The policy and the skeleton


def test_no_script_style_or_frame_from_elsewhere_is_allowed(client: Client) -> None:
    policy = client.get(SIGN_IN).headers["Content-Security-Policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";") if rule.strip())
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == rules["connect-src"] == "'self'"
    assert rules["frame-ancestors"] == rules["base-uri"] == rules["object-src"] == "'none'"
    assert "unsafe" not in policy


@pytest.mark.django_db
def test_sign_in_has_title_skip_link_landmarks_and_one_heading(client: Client) -> None:
    page = page_of(client.get(SIGN_IN))
    assert page.title == "Sign in – PMO front door"
    assert page.having("html", lang="en")
    first_link = next(attrs for tag, attrs in page.tags if tag == "a")
    assert first_link["href"] == "#main"
    assert len(page.having("main", id="main")) == len(page.having("h1")) == 1
    assert len(page.having("div", **{"aria-live": "polite"})) == 1
    assert len(page.having("footer")) == len(page.having("header")) == 1
    assert len(page.ids) == len(set(page.ids))


@pytest.mark.django_db
def test_pages_carry_no_inline_script_style_or_handler(client: Client, analyst: User) -> None:
    assert page_of(client.get(SIGN_IN)).forbidden == []
    assert page_of(client.post(SIGN_IN, {})).forbidden == []
    client.force_login(analyst)
    assert page_of(client.get("/sign-out/")).forbidden == []


@pytest.mark.django_db
def test_the_footer_offers_a_person_to_talk_to(client: Client) -> None:
    page = page_of(client.get(SIGN_IN))
    assert page.having("a", href=f"tel:{settings.PMO_PHONE}")
    assert page.having("a", href=f"mailto:{settings.PMO_MAIL}")


# The masthead


def words_for(*roles: Role) -> list[str]:
    return [link.words for link in links_for(PersonFactory(roles=list(roles)))]


def test_visitors_see_the_way_in() -> None:
    assert [link.words for link in links_for(None)] == [
        "Home", "Services", "How it works", "Help", "Sign in",
    ]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "words"),
    [
        (Role.REQUESTER, "Home, Services, My requests, Help"),
        (Role.ANALYST, "Triage, My work, Pilots, Board, Insights, Services, Reviews"),
        (Role.LEAD, "Triage, My work, Pilots, Board, Insights, Services, Reviews"),
        (Role.SPONSOR, "Reviews, Results, Board, Insights, Services"),
        (Role.ADMINISTRATOR, "Manage"),
    ],
)
def test_each_role_sees_its_links(role: Role, words: str) -> None:
    assert ", ".join(words_for(role)) == words


@pytest.mark.django_db
def test_several_roles_see_each_link_once_in_the_order_of_the_roles() -> None:
    words = words_for(Role.ADMINISTRATOR, Role.SPONSOR, Role.REQUESTER, Role.ANALYST)
    assert len(words) == len(set(words))
    assert words[:5] == ["Home", "Services", "My requests", "Help", "Triage"]
    assert words[-1] == "Manage"


@pytest.mark.django_db
def test_the_link_of_this_page_is_marked_and_missing_pages_have_none(client: Client) -> None:
    page = page_of(client.get(SIGN_IN))
    current = page.having("a", **{"aria-current": "page"})
    assert [link["href"] for link in current] == [SIGN_IN]
    assert all(link["href"] for link in page.having("a"))


@pytest.mark.django_db
def test_the_person_menu_signs_out_by_post(client: Client, requester: User) -> None:
    client.force_login(requester)
    page = page_of(client.get("/sign-out/"))
    assert page.having("form", method="post", action="/sign-out/")
    assert client.get("/sign-out/").wsgi_request.user.is_authenticated
    client.post("/sign-out/")
    assert "_auth_user_id" not in client.session


@pytest.mark.django_db
def test_the_frame_costs_the_session_and_the_person_only(
    client: Client, analyst: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(analyst)
    with django_assert_num_queries(2):  # session, person with roles
        client.get("/sign-out/")


# The theme


@pytest.mark.django_db
def test_a_visitors_theme_is_kept_in_a_cookie(client: Client) -> None:
    assert "data-bs-theme" not in page_of(client.get(SIGN_IN)).having("html")[0]
    answer = client.post("/theme/", {"theme": "dark", "next": SIGN_IN})
    assert answer.headers["Location"] == SIGN_IN
    assert page_of(client.get(SIGN_IN)).having("html", **{"data-bs-theme": "dark"})


@pytest.mark.django_db
def test_a_persons_theme_is_kept_on_the_account(client: Client, requester: User) -> None:
    client.force_login(requester)
    client.post("/theme/", {"theme": "light", "next": "/sign-out/"})
    requester.refresh_from_db()
    assert requester.theme == "light"
    assert page_of(client.get("/sign-out/")).having("html", **{"data-bs-theme": "light"})


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example", "javascript:1"])
def test_choosing_a_theme_never_leads_away(client: Client, address: str) -> None:
    answer = client.post("/theme/", {"theme": "dark", "next": address})
    assert answer.headers["Location"] == "/"


@pytest.mark.django_db
def test_an_unknown_theme_changes_nothing(client: Client) -> None:
    assert "theme" not in client.post("/theme/", {"theme": "neon"}).cookies


def test_the_theme_is_changed_by_post_only(client: Client) -> None:
    assert client.get("/theme/").status_code == 405


def test_dark_by_choice_and_dark_by_device_are_the_same_colours() -> None:
    css = (STATIC / "css" / "theme.css").read_text()
    chosen = re.search(r'\[data-bs-theme="dark"\] \{(.*?)\}', css, re.DOTALL)
    device = re.search(r":root:not\(\[data-bs-theme\]\) \{(.*?)\}", css, re.DOTALL)
    assert chosen is not None
    assert device is not None
    assert chosen[1].split() == device[1].split()


# Notices, and what a page weighs


def test_a_notice_shows_its_words_and_never_markup() -> None:
    html = render_to_string(
        "components/notices.html", {"messages": [Message(25, "<b>Claimed</b>")]}
    )
    assert "notice-success" in html
    assert "&lt;b&gt;Claimed" in html


def packed(*files: Path) -> int:
    return sum(len(gzip.compress(file.read_bytes(), 6)) for file in files)


def test_the_style_sheets_of_any_page_stay_under_45_kb_packed() -> None:
    bootstrap = Path(django_include_bootstrap.__file__).parent / "static/css/bootstrap.min.css"
    everywhere = [STATIC / "css" / name for name in ("theme.css", "parts.css")]
    of_some_pages = set((STATIC / "css").glob("*.css")) - set(everywhere)
    heaviest = max((packed(sheet) for sheet in of_some_pages), default=0)
    assert packed(bootstrap, *everywhere) + heaviest <= 45 * 1024


def test_the_scripts_stay_under_35_kb_packed() -> None:
    htmx = Path(django_htmx.__file__).parent / "static/django_htmx/htmx-2.min.js"
    assert packed(htmx, *(STATIC / "js").glob("*.js")) <= 35 * 1024


def test_the_typeface_stays_under_30_kb_and_brings_its_licence() -> None:
    fonts = STATIC / "fonts"
    assert (fonts / "source-sans-3-latin.woff2").stat().st_size <= 30 * 1024
    assert "SIL OPEN FONT LICENSE" in (fonts / "LICENSE-source-sans-3.txt").read_text()


@pytest.mark.django_db
def test_a_page_asks_for_at_most_eight_files(client: Client) -> None:
    page = page_of(client.get(SIGN_IN))
    linked = {attrs["href"] for attrs in page.having("link")}
    scripts = {attrs["src"] for attrs in page.having("script")}
    assert 1 + len(linked) + len(scripts) <= 8
    assert all(str(address).startswith("/static/") for address in linked | scripts)
