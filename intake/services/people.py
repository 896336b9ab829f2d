"""Who takes part in a request, and who else may see it."""

from contextlib import suppress
from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.policies import require
from audit.services import record
from intake import policies
from intake.models import Answer, Participant, WorkRequest
from intake.services.lifecycle import lock, save
from intake.services.notices import owe

DEPARTMENT = "department"


class AlreadyPartError(Exception):
    """The person is on this request already."""


@transaction.atomic
def add(work: WorkRequest, *, person: User, part: str, actor: User, at: datetime) -> Participant:
    """Let a person take part, and tell them. Raise AlreadyPartError when they do already."""
    work = lock(work)
    require(policies.can_change_people(actor, work))
    if policies.is_of(person, work):
        raise AlreadyPartError
    participant, is_new = Participant.objects.get_or_create(
        work=work, person=person, defaults={"part": part, "added_at": at, "added_by": actor}
    )
    if not is_new:
        raise AlreadyPartError
    save(work)
    told = {"person": person.name, "part": participant.get_part_display()}
    record("intake.person_added", work, actor=actor, at=at, **told)
    owe("added_to_request", work, to=[person], at=at, event=participant.pk, by=actor.pk)
    return participant


@transaction.atomic
def remove(work: WorkRequest, participant: Participant, *, actor: User, at: datetime) -> None:
    """Let a person no longer take part; they see the request no more."""
    work = lock(work)
    require(policies.can_change_people(actor, work))
    found = work.participants.select_related("person").filter(pk=participant.pk).first()
    if found is None:
        return
    found.delete()
    save(work)
    told = {"person": found.person.name, "part": found.get_part_display()}
    record("intake.person_removed", work, actor=actor, at=at, **told)


@transaction.atomic
def show_to_department(work: WorkRequest, *, shown: bool, actor: User, at: datetime) -> None:
    """Say whether the people of the requester's department may see the request too."""
    work = lock(work)
    require(policies.can_change_people(actor, work))
    if work.is_for_department == shown:
        return
    work.is_for_department = shown
    save(work, "is_for_department")
    record("intake.audience_changed", work, actor=actor, at=at, department=shown)


def invite(work: WorkRequest, answer: Answer, *, actor: User, at: datetime) -> None:
    """Let those whom the question names take part, once the request is sent.

    Whoever the directory doesn't know by one name stays a name in the answer, for the analyst to
    find.
    """
    for row in answer.get("people") or []:
        person = _named(str(row["name"]))
        if person:
            with suppress(AlreadyPartError):
                add(work, person=person, part=row["part"], actor=actor, at=at)
    if answer.get("visible") == DEPARTMENT:
        show_to_department(work, shown=True, actor=actor, at=at)
    work.refresh_from_db(fields=["version", "is_for_department"])


def _named(said: str) -> User | None:
    """The one active person of this name or mail address; None where there is none, or several."""
    people = User.objects.filter(is_active=True)
    by = {"email__iexact": said} if "@" in said else {"name__iexact": said}
    found = list(people.filter(**by)[:2])
    return found[0] if len(found) == 1 else None
