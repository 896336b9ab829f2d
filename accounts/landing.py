"""Which page a person starts on: their choice among the pages of their roles (ux.md 3.2)."""

from typing import NamedTuple

from django.urls import NoReverseMatch, reverse

from accounts.models import Role, User


class Place(NamedTuple):
    """A page to start on, by URL name. Without roles it is for everybody."""

    name: str
    words: str
    roles: tuple[Role, ...] = ()


PMO = (Role.ANALYST, Role.LEAD)
PLACES = (
    Place("intake:queue", "Triage", PMO),
    Place("intake:my_work", "My work", PMO),
    Place("reviews", "Reviews", (*PMO, Role.SPONSOR)),
    Place("results", "Results", (*PMO, Role.SPONSOR)),
    Place("board", "Board", (*PMO, Role.SPONSOR)),
    Place("insights", "Insights", (*PMO, Role.SPONSOR)),
    Place("manage", "Manage", (Role.ADMINISTRATOR,)),
    Place("home", "Front door"),
    Place("intake:my_requests", "My requests"),
    Place("intake:waiting", "Waiting for me"),
    Place("catalog:services", "Services"),
)


def places_for(person: User) -> list[Place]:
    """The pages this person may choose; pages that this installation lacks are left out."""
    held = (place for place in PLACES if not place.roles or person.has_role(*place.roles))
    return [place for place in held if _exists(place.name)]


def start_of(person: User) -> str:
    """Return the URL name of the page after signing in.

    A choice that the person's roles no longer allow falls back to their strongest daily role.
    """
    if any(place.name == person.landing for place in places_for(person)):
        return person.landing
    if person.is_pmo:
        return "intake:queue"
    if person.is_sponsor:
        return "review_newest"
    return "manage" if person.is_administrator else "home"


def _exists(name: str) -> bool:
    try:
        reverse(name)
    except NoReverseMatch:
        return False
    return True
