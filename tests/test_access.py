"""Every address of the portal has a rule: who gets in, and that a stranger learns nothing.

An address without a line here fails the test, so none can be forgotten.
"""

import re

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from intake.states import State
from tests.factories.intake import bring_to, make_draft

pytestmark = pytest.mark.django_db

OPEN_TO_ALL = {200, 302, 400, 405, 415, 422}


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
        "file": "1",
        "need": "1",
        "criterion": "1",
        "person": "1",
        "part": "trigger",
        "pilot": "1",
        "step": "1",
        "comment": "1",
        "a": "1",
        "b": "1",
        "pk": "1",
        "absence": "1",
        "outcome": "accuracy",
        "reading": "1",
        "n": "1",
        "month": "2026-03",
        "name": "decline",
        "act": "note",
        "view": "1",
        "problem": "1",
        "run": "1",
        "figure": "kept",
        "uid": "MQ",
        "token": "1",
    }


def filled(route, world):
    """The address with real values, so that only permission can hide what is there."""
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda match: world[match[1]], route)


def is_private(route):
    """Whether the address holds something that belongs to a request or a draft."""
    return any(
        part in route
        for part in (
            "<reference",
            ":reference",
            "draft",
            ":key",
            ":absence",
            "outcomes/",
            "improvements/",
            "contacts/",
            "stories/",
            "tokens/<",
        )
    )


MANAGED = (
    "paths/",
    "cadence/new/",
    "cadence/<",
    "pilots/",
    "triage/",
    "problems/",
    "manage/",
    "board/",
    "my-work/",
    "reviews/",
)
PROGRAMS = ("api/v1/",)
# Not there at all without a secret of its own.
TOKENED = ("metrics",)
PERSONAL = (*MANAGED, "requests/", "ask/", "waiting/", "account/")


def answers_to(client, route, world, data=None):
    """What a reader and a writer get at this address."""
    address = filled(route, world)
    return client.get(address), client.post(address, data or {})


def test_another_requester_learns_nothing_of_what_is_not_theirs(client, world, outsider):
    wrong = []
    for name, route in ROUTES:
        client.force_login(outsider)  # again each time, since one address signs out
        is_closed = is_private(route) or route.startswith(MANAGED)
        is_closed |= route in TOKENED
        allowed = {403, 404, 405} if is_closed else OPEN_TO_ALL | {410}
        for answer in answers_to(client, route, world):
            leaks = is_private(route) and "Supplier" in answer.content.decode(errors="ignore")
            if answer.status_code not in allowed or leaks:
                wrong.append((name, answer.status_code, leaks))
    assert not wrong


def test_a_visitor_is_asked_to_sign_in_where_something_belongs_to_somebody(client, world):
    wrong = []
    for name, route in ROUTES:
        answer = client.get(filled(route, world))
        if route.startswith(PROGRAMS):
            if answer.status_code not in {401, 405}:
                wrong.append((name, answer.status_code))
            continue
        is_closed = is_private(route) or route.startswith(PERSONAL)
        allowed = {302, 405} if is_closed else OPEN_TO_ALL | {404, 410}
        leads_in = not is_closed or answer.status_code == 405 or "/sign-in/" in answer["Location"]
        if answer.status_code not in allowed or not leads_in:
            wrong.append((name, answer.status_code))
    assert not wrong


@pytest.mark.parametrize("role", ["requester", "analyst", "lead", "sponsor", "administrator"])
def test_nothing_is_a_server_error_for_anybody(client, world, role, request):
    client.force_login(request.getfixturevalue(role))
    routes = [(name, route) for name, route in ROUTES if name != "account_logout"]
    forged = {"version": "x", "seen": "9" * 30, "state": "done", "token": "x"}
    wrong = [
        (name, answer.status_code)
        for name, route in routes
        for answer in answers_to(client, route, world, forged)
        if answer.status_code >= 500
    ]
    assert not wrong
