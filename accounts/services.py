"""Making people and giving them roles."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import Group

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
