"""The masthead's links: which of them a person sees, by role (ux.md 4.3)."""

from typing import Any, NamedTuple

from django import template
from django.template import Context
from django.urls import NoReverseMatch, reverse

from accounts.http import is_person
from accounts.models import Role, User

register = template.Library()


class Link(NamedTuple):
    """One main link. `count` names the context variable beside it, `unit` what it counts."""

    words: str
    name: str
    count: str = ""
    unit: str = ""


HOME = Link("Home", "home")
SERVICES = Link("Services", "catalog:services")
HELP = Link("Help", "help")
BOARD = Link("Board", "board")
INSIGHTS = Link("Insights", "insights")
REVIEWS = Link("Reviews", "reviews")
VISITOR = (
    HOME,
    SERVICES,
    Link("How it works", "how_it_works"),
    HELP,
    Link("Sign in", "account_login"),
)
BY_ROLE = (
    (
        (Role.REQUESTER,),
        (
            HOME,
            SERVICES,
            Link("My requests", "intake:my_requests", "waiting_count", "waiting for you"),
            HELP,
        ),
    ),
    (
        (Role.ANALYST, Role.LEAD),
        (
            Link("Triage", "intake:queue", "unclaimed_count", "unclaimed"),
            Link("My work", "intake:my_work"),
            Link("Pilots", "catalog:pilots"),
            BOARD,
            INSIGHTS,
            SERVICES,
            REVIEWS,
        ),
    ),
    ((Role.SPONSOR,), (REVIEWS, Link("Results", "results"), BOARD, INSIGHTS, SERVICES)),
    ((Role.ADMINISTRATOR,), (Link("Manage", "manage"),)),
)


def links_for(person: User | None) -> list[Link]:
    """Return a person's main links, each once, in the order of the roles."""
    if person is None:
        return list(VISITOR)
    held = [links for roles, links in BY_ROLE if person.has_role(*roles)]
    return list(dict.fromkeys(link for links in held for link in links)) or [HOME, SERVICES, HELP]


def _address(link: Link) -> str:
    """Return where a link leads, or nothing for a page that this installation lacks."""
    try:
        return reverse(link.name)
    except NoReverseMatch:
        return ""


def _is_current(address: str, path: str) -> bool:
    return path == address if address == "/" else path.startswith(address)


@register.simple_tag(takes_context=True)
def main_links(context: Context) -> list[dict[str, Any]]:
    """List the masthead's links with their address, count and whether this page is theirs."""
    request = context.get("request")
    person = request.user if request and is_person(getattr(request, "user", None)) else None
    path = request.path if request else ""
    found = [(link, _address(link)) for link in links_for(person)]
    return [
        {
            "words": link.words,
            "address": address,
            "count": context.get(link.count) if link.count else None,
            "unit": link.unit,
            "current": _is_current(address, path),
        }
        for link, address in found
        if address
    ]
