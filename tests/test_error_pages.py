"""Error pages stand without the database, and no typed words are lost."""

import re
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.test import Client, override_settings
from django.urls import include, path

from accounts.models import User
from pmo_portal import errors
from tests.pages import Page, page_of

SIGN_IN = "/sign-in/"


def broken(request: HttpRequest) -> HttpResponse:
    raise ValueError("a fault of ours")


def away(request: HttpRequest) -> HttpResponse:
    raise OperationalError("the server has gone away")


def refused(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


def written(request: HttpRequest) -> HttpResponse:
    """A page for signed-in people that answers with what it was sent."""
    if not request.user.is_authenticated:
        return HttpResponse(status=302, headers={"Location": f"{SIGN_IN}?next=/written/"})
    return HttpResponse(f"got {request.POST.get('need', 'nothing')}")


urlpatterns = [
    path("broken/", broken),
    path("away/", away),
    path("refused/", refused),
    path("written/", written),
    path("", include("pmo_portal.urls")),
]
handler403, handler404 = errors.permission_denied, errors.not_found
handler500 = errors.server_error


# Error pages


@pytest.fixture
def odd_pages() -> Iterator[Client]:
    with override_settings(ROOT_URLCONF="tests.test_error_pages"):
        yield Client(raise_request_exception=False)


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/nowhere/", 404, "There is no page at this address"),
        ("/refused/", 403, "You do not have access to this page"),
        ("/broken/", 500, "Something went wrong on our side"),
        ("/away/", 503, "The front door is closed for a moment"),
    ],
)
def test_error_pages_need_no_database(
    odd_pages: Client, address: str, status: int, words: str
) -> None:
    response = odd_pages.get(address)  # without django_db, a query here would fail the test
    page = page_of(response)
    assert response.status_code == status
    assert words in response.content.decode()
    assert page.forbidden == []
    assert page.title.endswith(" – PMO front door")
    assert page.having("a", href=f"tel:{settings.PMO_PHONE}")
    assert page.having("a", href="/")


def test_the_number_on_the_error_page_is_the_one_in_the_log(odd_pages: Client) -> None:
    response = odd_pages.get("/broken/", headers={"X-Request-ID": "call-me-4711"})
    assert "call-me-4711" in response.content.decode()


def test_a_number_with_markup_is_not_taken_over(odd_pages: Client) -> None:
    response = odd_pages.get("/broken/", headers={"X-Request-ID": "<b>bold</b>"})
    assert "<b>" not in response.content.decode()


def test_an_absent_database_says_when_to_come_back(odd_pages: Client) -> None:
    assert odd_pages.get("/away/").headers["Retry-After"] == "60"


@pytest.mark.parametrize("name", ["400", "403", "404", "429", "500", "503", "csrf"])
def test_error_pages_keep_the_colours_and_the_tone(name: str) -> None:
    html = render_to_string(f"errors/{name}.html", {"theme": "dark", "number": "abc"})
    assert Page(html).having("html", **{"data-bs-theme": "dark"})
    plain = re.sub(r"<[^>]*>", " ", html.split("<main")[1]).lower()
    assert not re.search(r"!|\b(please|sorry|oops|invalid|forbidden|unfortunately)\b", plain)


def test_a_nul_in_the_address_is_refused_kindly(client: Client) -> None:
    response = client.get("/sign-in/?next=%00")
    assert response.status_code == 400
    assert "We could not read what was sent" in response.content.decode()


# No words are lost


@pytest.mark.django_db
def test_text_sent_after_the_session_ended_is_shown_and_comes_back(
    odd_pages: Client, requester: User
) -> None:
    text = "Supplier delays reach us too late"
    shown = odd_pages.post("/written/", {"need": text, "then": "continue"})
    assert shown.status_code == 403
    assert text in shown.content.decode()
    assert f"{SIGN_IN}?next=%2Fwritten%2F" in shown.content.decode()
    odd_pages.force_login(requester)
    back = odd_pages.get("/written/")
    assert page_of(back).having("input", name="need", value=text)
    assert odd_pages.post("/written/", {"need": text}).content.decode() == f"got {text}"
    assert odd_pages.get("/written/").content.decode() == "got nothing"


@pytest.mark.django_db
def test_kept_text_can_be_dropped(odd_pages: Client, requester: User) -> None:
    odd_pages.post("/written/", {"need": "Supplier delays reach us"})
    odd_pages.force_login(requester)
    answer = odd_pages.post("/written/", {"need": "Supplier delays", "forget_kept_text": "yes"})
    assert answer.headers["Location"] == "/written/"
    assert odd_pages.get("/written/").content.decode() == "got nothing"


@pytest.mark.django_db
def test_passwords_and_tokens_are_never_kept(odd_pages: Client) -> None:
    odd_pages.post(
        "/written/", {"need": "late again", "password1": "hush", "csrfmiddlewaretoken": "t"}
    )
    assert odd_pages.session["kept_text"]["fields"] == [["need", "late again"]]


@pytest.mark.django_db
def test_more_than_any_form_takes_is_not_kept(odd_pages: Client) -> None:
    odd_pages.post("/written/", {"need": "a " * 30_000})
    assert odd_pages.session["kept_text"]["fields"] == []


@pytest.mark.django_db
def test_a_stale_token_shows_our_own_text_and_no_strangers(requester: User) -> None:
    with override_settings(ROOT_URLCONF="tests.test_error_pages"):
        client = Client(enforce_csrf_checks=True)
        client.force_login(requester)
        sent = {"need": "Supplier delays reach us"}
        ours = client.post("/written/", sent, headers={"Origin": "http://testserver"})
        theirs = client.post("/written/", sent, headers={"Origin": "https://evil.example"})
        token = page_of(ours).having("input", name="csrfmiddlewaretoken")[0]["value"]
        again = client.post(
            "/written/",
            sent | {"csrfmiddlewaretoken": token or ""},
            headers={"Origin": "http://testserver"},
        )
    assert ours.status_code == theirs.status_code == 403
    assert "Supplier delays" in ours.content.decode()
    assert "Supplier delays" not in theirs.content.decode()
    assert again.content.decode() == "got Supplier delays reach us"
