"""Signing in: where it leads, and that it says nothing about who has an account."""

import re

import pytest
from allauth.account.forms import ResetPasswordForm
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from accounts.models import User
from tests.pages import Page, page_of

SIGN_IN = "/sign-in/"


@pytest.mark.django_db
def test_signing_in_leads_to_the_page_of_ones_role(client: Client, requester: User) -> None:
    answer = client.post(SIGN_IN, {"login": "ANA@example.org", "password": "correct horse"})
    assert answer.headers["Location"] == "/landing/"
    assert client.session["_auth_user_id"] == str(requester.pk)


@pytest.mark.django_db
def test_signing_in_from_a_link_returns_to_it(client: Client, requester: User) -> None:
    page = page_of(client.get(f"{SIGN_IN}?next=/sign-out/"))
    assert page.having("input", name="next", value="/sign-out/")
    sent = {"login": requester.email, "password": "correct horse", "next": "/sign-out/"}
    assert client.post(SIGN_IN, sent).headers["Location"] == "/sign-out/"


@pytest.mark.django_db
def test_a_wrong_password_and_an_unknown_address_read_the_same(
    client: Client, requester: User
) -> None:
    known = client.post(SIGN_IN, {"login": requester.email, "password": "wrong"})
    unknown = client.post(SIGN_IN, {"login": "nobody@example.org", "password": "wrong"})
    assert "The mail address or the password is wrong" in known.content.decode()
    assert without_secrets(known, requester.email) == without_secrets(unknown, "nobody@example.org")


def without_secrets(response: HttpResponse, address: str) -> str:
    """Return a page without what differs by nature: its token and the typed address."""
    return re.sub(r'value="\w{64}"', "", response.content.decode()).replace(address, "")


@pytest.mark.django_db
def test_an_empty_sign_in_says_what_to_enter_and_links_to_it(client: Client) -> None:
    response = client.post(SIGN_IN, {"login": "", "password": ""})
    page = page_of(response)
    assert page.title.startswith("Error: ")
    assert page.having("a", href="#id_login")
    assert page.having("a", href="#id_password")
    assert page.having("input", id="id_login", **{"aria-invalid": "true"})
    assert response.content.decode().count("Enter your mail address") == 2


@pytest.mark.django_db
def test_sign_in_fields_suit_password_managers_and_allow_any_paste(client: Client) -> None:
    page = page_of(client.get(SIGN_IN))
    assert page.having("input", id="id_login", autocomplete="username", type="email")
    assert page.having("input", id="id_password", autocomplete="current-password")
    assert "novalidate" in page.having("form", action=SIGN_IN)[0]
    assert not any("maxlength" in attrs or "required" in attrs for _, attrs in page.tags)


@pytest.mark.django_db
def test_pages_of_allauth_without_a_template_of_ours_stand_in_our_frame(rf: RequestFactory) -> None:
    context = {"form": ResetPasswordForm({"email": ""}), "messages": []}
    html = render_to_string("account/password_reset.html", context, rf.get("/"))
    page = Page(html)
    assert page.having("main", id="main")
    assert page.having("input", id="id_email", **{"aria-invalid": "true"})
    assert page.having("button", type="submit", **{"class": "btn btn-primary"})
    assert page.forbidden == []
