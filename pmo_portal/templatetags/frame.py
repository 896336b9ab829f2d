"""The masthead's links: which of them a person sees, by role (ux.md 4.3)."""

from typing import NamedTuple

from django import template
from django.template import Context
from django.urls import NoReverseMatch, reverse

from accounts.http import is_person
from accounts.models import Role, User

register = template.Library()
MANY = 6


class Link(NamedTuple):
    """One main link. `counted` names the context variable beside it, `unit` what it counts."""

    words: str
    name: str
    counted: str = ""
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
            Link("Pilots", "intake:pilots"),
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
    return path == address if address in {"", "/"} else path.startswith(address)


class Shown(NamedTuple):
    """A link as the masthead writes it."""

    words: str
    address: str
    number: int | None
    unit: str
    is_current: bool


class MainLinks(NamedTuple):
    """The links, and whether they are so many that they get a row of their own."""

    links: list[Shown]
    are_many: bool


@register.simple_tag(takes_context=True)
def main_links(context: Context) -> MainLinks:
    """Gather the masthead's links for whoever asks; those of missing pages are left out."""
    request = context.get("request")
    person = request.user if request and is_person(getattr(request, "user", None)) else None
    path = request.path if request else ""
    links = [_shown(link, path, context) for link in links_for(person)]
    found = [link for link in links if link.address]
    return MainLinks(found, len(found) > MANY or bool(person and person.is_pmo))


def _shown(link: Link, path: str, context: Context) -> Shown:
    address = _address(link)
    number = context.get(link.counted) if link.counted else None
    return Shown(link.words, address, number, link.unit, _is_current(address, path))
