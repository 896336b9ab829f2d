"""Signing in and out, with and without JavaScript."""

import re

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.utils.http import urlsafe_base64_encode
from playwright.sync_api import expect

SIGN_IN = re.compile("/sign-in/")


@pytest.fixture(params=["page", "page_without_javascript"])
def any_page(request):
    return request.getfixturevalue(request.param)


def test_a_person_signs_in_and_out(any_page, requester):
    any_page.goto("/sign-in/?next=/sign-out/")
    any_page.get_by_label("Mail address").fill(requester.email)
    any_page.get_by_label("Password").fill("correct horse")
    any_page.get_by_role("button", name="Sign in").click()
    expect(any_page).to_have_url(re.compile("/sign-out/"))
    any_page.locator("main").get_by_role("button", name="Sign out").click()
    any_page.goto("/sign-in/")
    expect(any_page.get_by_label("Password")).to_be_visible()


def test_a_wrong_password_is_answered_on_the_same_page(any_page, requester):
    any_page.goto("/sign-in/")
    any_page.get_by_label("Mail address").fill(requester.email)
    any_page.get_by_label("Password").fill("wrong horse")
    any_page.get_by_role("button", name="Sign in").click()
    expect(any_page).to_have_url(SIGN_IN)
    expect(any_page.get_by_label("Mail address")).to_have_value(requester.email)


def test_a_session_opens_the_pages_behind_the_door(page, sign_in, requester):
    sign_in(page, requester)
    page.goto("/sign-in/")
    expect(page).not_to_have_url(SIGN_IN)


def test_who_was_mailed_a_link_chooses_a_password_and_signs_in(page, requester):
    uid = urlsafe_base64_encode(str(requester.pk).encode())
    page.goto(f"/sign-in/reset/{uid}/{default_token_generator.make_token(requester)}/")
    page.get_by_label("New password").fill("a long walk home")
    page.get_by_label("The same again").fill("a long walk home")
    page.locator("main").get_by_role("button").click()
    page.get_by_label("Mail address").fill(requester.email)
    page.get_by_label("Password").fill("a long walk home")
    page.get_by_role("button", name="Sign in").click()
    expect(page).not_to_have_url(SIGN_IN)
