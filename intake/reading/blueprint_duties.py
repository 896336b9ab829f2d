"""What blueprints ask of a person: parts to agree to, and versions to sign."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from accounts.waiting import Duty, register
from intake.blueprints.parts import NUMBERS, problems
from intake.models import BlueprintPart, BlueprintVersion, WorkRequest
from intake.services import signing
from intake.services.blueprint import current_parts, side_of

MOST = 30


def of_blueprints(person: User, reader: User, now: datetime) -> Iterator[Duty]:
    """One line for each version that waits for the person; a stand-in reads it and can't sign."""
    theirs = Q(requester=person) | Q(analyst=person) | Q(participants__person=person)
    works = WorkRequest.objects.visible_to(reader).open().filter(theirs)
    versions = BlueprintVersion.objects.open().filter(work__in=works)
    related = versions.select_related("work__requester", "work__raised_by", "work__analyst")
    for version in related.order_by("opened_at")[:MOST]:
        yield from _of_version(person, version)


def _of_version(person: User, version: BlueprintVersion) -> Iterator[Duty]:
    parts = current_parts(version)
    lacking = [row for row in parts.values() if problems(row.part, row.content)]
    is_next = version.agreed_at is not None or version.signatures.exists()
    if is_next and not lacking and signing.side_to_sign(person, version.work, version):
        yield _to_sign(version)
    elif side := side_of(person, version.work):
        unticked = [row for row in parts.values() if getattr(row, f"{side}_at") is None]
        if waiting := [row for row in unticked if row not in lacking]:
            yield _to_agree(version, waiting)


def _to_sign(version: BlueprintVersion) -> Duty:
    work = version.work
    return Duty(
        what=f"Sign version {version.number}",
        about=work.title or work.reference,
        why="The blueprint is written, and your signature is needed.",
        address=reverse("intake:blueprint_sign", args=[work.reference]),
        action=f"Read and sign version {version.number}",
        since=version.agreed_at or version.opened_at,
        reference=work.reference,
    )


def _to_agree(version: BlueprintVersion, rows: Sequence[BlueprintPart]) -> Duty:
    work = version.work
    numbers = ", ".join(str(number) for number in sorted(NUMBERS[row.part] for row in rows))
    noun = "part" if len(rows) == 1 else "parts"
    return Duty(
        what=f"Agree to {noun} {numbers}",
        about=work.title or work.reference,
        why="Both sides agree to each part of the blueprint.",
        address=reverse("intake:blueprint", args=[work.reference]),
        action="Open the blueprint",
        since=max(row.written_at for row in rows),
        reference=work.reference,
    )


def register_all() -> None:
    register("blueprints", of_blueprints)
