"""Making people and giving them roles."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db.models.functions import Lower

from accounts.models import Department, Role, User


def make_roles(**_: Any) -> None:
    """Make the groups that stand for roles; harmless when they exist."""
    known = set(Group.objects.values_list("name", flat=True))
    Group.objects.bulk_create(
        [Group(name=role) for role in Role if role not in known], ignore_conflicts=True
    )


def make_person(
    email: str,
    name: str,
    *roles: Role,
    at: datetime,
    department: Department | None = None,
    password: str | None = None,
    **details: Any,
) -> User:
    """Make a person who holds these roles. Without a password they can't sign in yet."""
    person = User(
        email=email.strip().lower(), name=name, department=department, joined_at=at, **details
    )
    person.set_password(password)
    person.save(force_insert=True)
    person.give_roles(*roles)
    return person


def make_acquaintances(names: Mapping[str, str]) -> dict[str, User]:
    """Return people by mail address in lower case, and make those nobody knows yet.

    `names` maps such addresses to names. New people have no sign-in; they can claim it later.
    """
    known = _people_at(names)
    missing = [
        User(email=email, name=name, password=make_password(None))
        for email, name in names.items()
        if email not in known
    ]
    made = User.objects.bulk_create(missing)
    role = Group.objects.get(name=Role.REQUESTER)
    holds = User.groups.through
    holds.objects.bulk_create([holds(user=person, group=role) for person in made])
    return known | {person.email: person for person in made}


def _people_at(addresses: Mapping[str, str]) -> dict[str, User]:
    people = User.objects.annotate(address=Lower("email")).filter(address__in=list(addresses))
    return {person.email.lower(): person for person in people.select_related("department")}
