"""The people of the portal: invited, given roles, and who takes over when somebody leaves."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from accounts.models import Department, Role, User
from accounts.policies import require
from accounts.services import make_person
from audit.services import record
from intake.models import WorkRequest
from intake.services.lifecycle import lock, save
from intake.services.notices import owe, owe_requester
from notifications.services import enqueue

INVITATION, RESET = "invitation", "password_reset"


class LastAdministratorError(Exception):
    """Nobody could look after the portal any more."""


@dataclass(frozen=True)
class KnownAddressError(Exception):
    """Somebody has this mail address already."""

    person: User


@dataclass(frozen=True)
class NeedsSuccessorError(Exception):
    """What is open needs somebody: `asked` requests a requester, `worked` ones a contact."""

    asked: int
    worked: int


@dataclass(frozen=True)
class OwnRequestError(Exception):
    """Nobody works a request that they ask for themselves."""

    reference: str


@transaction.atomic
def invite(
    *,
    email: str,
    name: str,
    roles: Collection[Role],
    department: Department | None,
    sponsored: Collection[Department],
    actor: User,
    at: datetime,
) -> User:
    """Make a person and owe them a mail with which they choose a password.

    Somebody who is known by mail address only, from an import say, gets this account.
    """
    require(actor.is_administrator)
    known = User.objects.filter(email__iexact=email).first()
    if known and (known.has_usable_password() or not known.is_active):
        raise KnownAddressError(known)
    person = known or make_person(email, name, at=at)
    person.name, person.department, person.joined_at = name, department, person.joined_at or at
    person.save(update_fields=["name", "department", "joined_at"])
    person.give_roles(*roles)
    person.sponsored.set(sponsored)
    record("accounts.invited", person, actor=actor, at=at, to=_words(person))
    enqueue(INVITATION, to=person, about=f"person-{person.pk}", key=_key(INVITATION, at), at=at)
    return person


@transaction.atomic
def invite_again(person: User, *, actor: User, at: datetime) -> None:
    """Owe the invitation once more: links in mails do not hold for ever."""
    require(actor.is_administrator and person.is_active)
    record("accounts.invited", person, actor=actor, at=at)
    enqueue(INVITATION, to=person, about=f"person-{person.pk}", key=_key(INVITATION, at), at=at)


def forgot_password(email: str, *, at: datetime) -> None:
    """Owe a mail for a new password, if somebody who may sign in has this address."""
    person = User.objects.filter(email__iexact=email.strip(), is_active=True).first()
    if person and person.joined_at:
        minute = at.replace(second=0, microsecond=0)
        about, key = f"person-{person.pk}", _key(RESET, minute)
        enqueue(RESET, to=person, about=about, key=key, at=at)


@transaction.atomic
def choose_password(person: User, password: str, *, at: datetime) -> None:
    """Set the password of whoever holds the link of a mail; other sessions end with the old one."""
    person.set_password(password)
    person.save(update_fields=["password"])
    record("accounts.password_set", person, actor=person, at=at)


def _key(kind: str, at: datetime) -> str:
    return f"{kind}:{at:%Y%m%d%H%M%S}"


@transaction.atomic
def change(
    person: User,
    *,
    name: str,
    phone: str,
    roles: Collection[Role],
    department: Department | None,
    sponsored: Collection[Department],
    actor: User,
    at: datetime,
) -> None:
    """Set what an administrator sets of a person; raise LastAdministratorError."""
    require(actor.is_administrator)
    person = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if Role.ADMINISTRATOR not in roles:
        _require_another_administrator(person)
    was = _words(person)
    person.name, person.phone, person.department = name, phone, department
    person.save(update_fields=["name", "phone", "department"])
    person.give_roles(*roles)
    person.sponsored.set(sponsored)
    if (now := _words(person)) != was:
        record("accounts.changed", person, actor=actor, at=at, was=was, to=now)


def _words(person: User) -> dict[str, Any]:
    return {
        "name": person.name,
        "phone": person.phone,
        "department": str(person.department or ""),
        "roles": sorted(person.groups.values_list("name", flat=True)),
        "sponsored": sorted(person.sponsored.values_list("name", flat=True)),
    }


def _require_another_administrator(person: User) -> None:
    administrators = User.objects.holding(Role.ADMINISTRATOR)
    # Locked, so that two can't take the role from each other at once.
    held = set(administrators.select_for_update(of=("self",)).values_list("pk", flat=True))
    if held == {person.pk}:
        raise LastAdministratorError


def open_of(person: User) -> tuple[list[WorkRequest], list[WorkRequest]]:
    """The open requests that this person asked for, and those that they are the contact of."""
    going = WorkRequest.objects.open().filter(Q(requester=person) | Q(analyst=person))
    works = list(going.order_by("id"))
    asked = [work for work in works if work.requester_id == person.pk]
    return asked, [work for work in works if work.analyst_id == person.pk]


@transaction.atomic
def leave(
    person: User,
    *,
    requester: User | None,
    analyst: User | None,
    actor: User,
    at: datetime,
) -> None:
    """End a person's access and hand over what is open; nothing that they wrote is lost.

    Raise NeedsSuccessorError where open work has nobody to go to, LastAdministratorError,
    and OwnRequestError where one person would ask for a request and work it.
    """
    require(actor.is_administrator and person.pk != actor.pk)
    person = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    _require_another_administrator(person)
    asked, worked = open_of(person)
    if (asked and requester is None) or (worked and analyst is None):
        raise NeedsSuccessorError(len(asked), len(worked))
    for work in worked:
        assert analyst is not None
        _hand_to_analyst(work, analyst, actor=actor, at=at)
    for work in asked:
        assert requester is not None
        _hand_to_requester(work, requester, actor=actor, at=at)
    person.is_active = False
    person.save(update_fields=["is_active"])
    record("accounts.left", person, actor=actor, at=at, asked=len(asked), worked=len(worked))


def _hand_to_requester(work: WorkRequest, to: User, *, actor: User, at: datetime) -> None:
    work = lock(work)
    if work.analyst_id == to.pk:
        raise OwnRequestError(work.reference)
    was, work.requester = work.requester, to
    save(work, "requester")
    record("intake.requester_changed", work, actor=actor, at=at, was=was.name, to=to.name)
    owe("requester_changed", work, to=[to], at=at, event=f"{to.pk}:{work.version}")


def _hand_to_analyst(work: WorkRequest, to: User, *, actor: User, at: datetime) -> None:
    require(to.is_pmo)
    work = lock(work)
    if work.requester_id == to.pk:
        raise OwnRequestError(work.reference)
    was, work.analyst = work.analyst, to
    save(work, "analyst")
    had = {"was": was.name, "was_id": was.pk} if was else {"was": ""}
    record("intake.assigned", work, actor=actor, at=at, to=to.name, **had)
    owe_requester("request_claimed", work, at=at, event=f"{to.pk}:{work.version}")


@transaction.atomic
def come_back(person: User, *, actor: User, at: datetime) -> None:
    """Give a person who had left access again; their requests stay where they are."""
    require(actor.is_administrator)
    person.is_active = True
    person.save(update_fields=["is_active"])
    record("accounts.came_back", person, actor=actor, at=at)
