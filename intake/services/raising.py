"""A request that the PMO writes down for somebody who would rather talk."""

from django.db import transaction

from accounts.models import User
from accounts.policies import require
from accounts.services import make_acquaintances
from intake import policies


class LeftError(Exception):
    """The person has left the organisation."""


@transaction.atomic
def requester_at(email: str, *, actor: User) -> User:
    """The person at this address; somebody unknown gets an account to claim later, as in an import.

    Raise LeftError for whoever can't sign in any more.
    """
    require(policies.can_raise_for_others(actor))
    address = email.strip().lower()
    name = address.partition("@")[0].replace(".", " ").replace("_", " ").title()
    person = make_acquaintances({address: name})[address]
    if not person.is_active:
        raise LeftError
    return person
