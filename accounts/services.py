"""Making people, giving them roles, and what they set for themselves."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models.functions import Lower

from accounts.journal import note
from accounts.models import Department, Role, StandIn, User
from accounts.policies import require


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


@transaction.atomic
def change_account(person: User, *, actor: User, at: datetime, **changes: Any) -> list[str]:
    """Set what a person may set for themselves; return the names of what changed."""
    require(person == actor)
    changed = {name: value for name, value in changes.items() if getattr(person, name) != value}
    if not changed:
        return []
    was = {name: str(getattr(person, name) or "") for name in changed}
    for name, value in changed.items():
        setattr(person, name, value)
    person.save(update_fields=list(changed))
    now = {name: str(value or "") for name, value in changed.items()}
    note("accounts.changed", person, actor=actor, at=at, was=was, to=now)
    return list(changed)


@dataclass(frozen=True)
class AbsenceOverlapsError(Exception):
    """Somebody stands in on some of these days already."""

    other: StandIn


@transaction.atomic
def add_stand_in(
    person: User, *, stand_in: User, starts_on: date, ends_on: date, actor: User, at: datetime
) -> StandIn:
    """Let somebody act for a person on these days, both included.

    One stand-in a day: AbsenceOverlapsError names the one that is there already.
    """
    require(person == actor and stand_in.is_active)
    User.objects.select_for_update().get(pk=person.pk)
    taken = StandIn.objects.filter(person=person).select_related("stand_in")
    if other := taken.overlapping(starts_on, ends_on).first():
        raise AbsenceOverlapsError(other)
    added = StandIn.objects.create(
        person=person, stand_in=stand_in, starts_on=starts_on, ends_on=ends_on
    )
    _note_stand_in("accounts.stand_in_added", added, actor=actor, at=at)
    return added


@transaction.atomic
def remove_stand_in(absence: StandIn, *, actor: User, at: datetime) -> None:
    """Take back an absence, whether it has begun or not."""
    require(absence.person == actor)
    _note_stand_in("accounts.stand_in_removed", absence, actor=actor, at=at)
    absence.delete()


def _note_stand_in(action: str, absence: StandIn, *, actor: User, at: datetime) -> None:
    note(
        action,
        absence.person,
        actor=actor,
        at=at,
        stand_in=absence.stand_in.name,
        starts_on=absence.starts_on.isoformat(),
        ends_on=absence.ends_on.isoformat(),
    )
