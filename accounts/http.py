"""The request of a signed-in person, as our views see it."""

from typing import TYPE_CHECKING, TypeGuard

from django.http import HttpRequest

from accounts.models import User

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails


class PortalRequest(HttpRequest):
    """A request behind `login_required`, with htmx details; for annotations only."""

    user: User
    htmx: "HtmxDetails"


def is_person(user: object) -> TypeGuard[User]:
    """Tell a signed-in person from a visitor."""
    return isinstance(user, User) and user.is_authenticated
