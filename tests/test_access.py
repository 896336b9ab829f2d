"""Every address of the portal has a rule: who gets in, and that a stranger learns nothing.

An address without a line here fails the test, so none can be forgotten.
"""

import re

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from intake.states import State
from tests.factories.intake import bring_to, make_draft

pytestmark = pytest.mark.django_db

FOUND, ELSEWHERE, REFUSED, HIDDEN = {200}, {302}, {403, 405}, {404, 405}
OPEN_TO_ALL = FOUND | ELSEWHERE | {405, 400, 422}


def addresses(patterns=None, prefix="", names=""):
    """Every route as (full name, route), without those of libraries that we do not serve."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            space = f"{names}{entry.namespace}:" if entry.namespace else names
            yield from addresses(entry.url_patterns, route, space)
        elif isinstance(entry, URLPattern):
            yield f"{names}{entry.name}", route


ROUTES = sorted(set(addresses()))


@pytest.fixture
def world(work, silver, analyst, requester, berlin):
    """A request that has gone through everything, a draft, and the words that stand in routes."""
    at = berlin("2026-03-02 11:00")
    work = bring_to(State.CHECK, work, analyst=analyst, tier=silver, at=at)
    draft = make_draft(requester, at)
    return {
        "reference": work.reference,
        "draft": str(draft.draft_key),
        "key": str(draft.draft_key),
        "draft_key": str(draft.draft_key),
        "slug": silver.version.service.slug,
        "number": "1",
        "metric": "delivery",
        "question": "who",
        "hold": "1",
        "need": "1",
        "criterion": "1",
        "pk": "1",
        "n": "1",
        "month": "2026-03",
        "name": "decline",
    }


def filled(route, world):
    """The address with real values, so that only permission can hide what is there."""
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda match: world[match[1]], route)


def is_private(route):
    """Whether the address holds something that belongs to a request or a draft."""
    return any(part in route for part in ("<reference", ":reference", "draft", ":key"))


@pytest.mark.parametrize(("name", "route"), ROUTES, ids=[name for name, _ in ROUTES])
def test_another_requester_learns_nothing_of_what_is_not_theirs(
    client, world, outsider, name, route
):
    client.force_login(outsider)
    address = filled(route, world)
    for answer in (client.get(address), client.post(address, {})):
        if is_private(route):
            assert answer.status_code in {403, 404, 405}, (name, answer.status_code)
            assert "Supplier" not in answer.content.decode(errors="ignore")
        elif route.startswith(("triage/", "manage/", "board/", "my-work/")):
            assert answer.status_code in {403, 404, 405}, (name, answer.status_code)
        else:
            assert answer.status_code in OPEN_TO_ALL, (name, answer.status_code)


@pytest.mark.parametrize(("name", "route"), ROUTES, ids=[name for name, _ in ROUTES])
def test_a_visitor_is_asked_to_sign_in_where_something_belongs_to_somebody(
    client, world, name, route
):
    answer = client.get(filled(route, world))
    private = is_private(route) or route.startswith(
        ("triage/", "manage/", "board/", "my-work/", "requests/", "ask/", "waiting/", "account/")
    )
    if private:
        assert answer.status_code in {302, 405}, (name, answer.status_code)
        assert answer.status_code == 405 or "/sign-in/" in answer["Location"]
    else:
        assert answer.status_code in OPEN_TO_ALL | {404}, (name, answer.status_code)


@pytest.mark.parametrize(("name", "route"), ROUTES, ids=[name for name, _ in ROUTES])
def test_nothing_is_a_server_error_for_anybody(
    client, world, name, route, requester, analyst, lead, sponsor, administrator
):
    for person in (requester, analyst, lead, sponsor, administrator):
        client.force_login(person)
        address = filled(route, world)
        for answer in (
            client.get(address),
            client.post(address, {"version": "x", "seen": "9" * 30}),
        ):
            assert answer.status_code < 500, (name, person.name, answer.status_code)
