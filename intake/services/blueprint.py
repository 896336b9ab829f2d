"""Writing a blueprint together: starting it, changing a part, agreeing to it, talking about it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from accounts.policies import require
from audit.services import record
from intake import policies
from intake.blueprints import starting
from intake.blueprints.parts import NUMBERS, Content, Contents, Part, all_problems, problems
from intake.models import (
    BlueprintPart,
    BlueprintVersion,
    PartComment,
    PartLock,
    Proposal,
    Side,
    WorkRequest,
)
from intake.services.lifecycle import lock
from intake.services.notices import owe, their_side

# After this a person who left the form open is no longer named as writing in it.
FORGOTTEN = timedelta(minutes=30)
Source = BlueprintVersion.Source
TICKS = ("requester_by", "requester_at", "pmo_by", "pmo_at")
COPIED = ("part", "content", "written_by", "written_at", *TICKS)


class NoOpenVersionError(Exception):
    """There is no text to work on: none was begun, or it was signed."""


class AlreadyStartedError(Exception):
    """A version is being written; two at once would be two truths."""


@dataclass
class PartChangedError(Exception):
    """The part has another text than the one that was read."""

    current: BlueprintPart


@dataclass(frozen=True)
class NotCompleteError(Exception):
    """What is still missing, in sentences."""

    problems: tuple[str, ...]


def current_parts(version: BlueprintVersion) -> dict[str, BlueprintPart]:
    """The newest text of every part."""
    rows = version.parts.select_related("written_by", "requester_by", "pmo_by")
    return {row.part: row for row in rows.order_by("edition")}


def contents(version: BlueprintVersion) -> dict[str, Content]:
    """What the version says, part by part."""
    return {part: row.content for part, row in current_parts(version).items()}


def fingerprint(said: Contents) -> str:
    """Tell one text from any other."""
    document = json.dumps({part: said.get(part, {}) for part in Part.values}, sort_keys=True)
    return hashlib.sha256(document.encode()).hexdigest()


def open_version_of(work: WorkRequest) -> BlueprintVersion:
    """The version that is being written; raise NoOpenVersionError when there is none."""
    version = work.blueprint_versions.open().first()
    if version is None:
        raise NoOpenVersionError
    return version


def standard_of(work: WorkRequest, *, owner: User | None) -> dict[str, Content]:
    """The standard blueprint of the tier that was chosen, filled in for this request."""
    assert work.tier is not None
    tier, standard = work.tier, work.tier.version.blueprint
    return starting.of_standard(
        starting.Standard(
            trigger=standard.trigger,
            handoffs=standard.handoffs,
            promises=standard.promises,
            exit_criteria=standard.exit_criteria,
            measures=standard.measures,
            tier_promise=tier.promise,
            exactness=tier.exactness,
            tier_days=tier.first_result_days,
        ),
        requester=work.requester.name,
        owner=owner.name if owner else "the PMO",
    )


def sources_for(work: WorkRequest, reader: User) -> list[WorkRequest]:
    """Requests of the same service whose blueprint this person may see and copy."""
    seen = WorkRequest.objects.visible_to(reader).filter(
        service=work.service_id, blueprint_versions__signed_at__isnull=False
    )
    return list(seen.exclude(pk=work.pk).distinct().order_by("-id")[:20])


def write_version(
    work: WorkRequest,
    said: Mapping[str, Content],
    *,
    source: str,
    actor: User,
    at: datetime,
    reason: str = "",
) -> BlueprintVersion:
    """Save a new version with these texts, written by `actor`."""
    version = _next_version(work, source=source, actor=actor, at=at, reason=reason)
    BlueprintPart.objects.bulk_create(
        BlueprintPart(
            version=version, part=part, content=said[part], written_by=actor, written_at=at
        )
        for part in Part.values
    )
    return version


def _next_version(
    work: WorkRequest, *, source: str, actor: User, at: datetime, reason: str
) -> BlueprintVersion:
    newest = work.blueprint_versions.aggregate(newest=Max("number"))["newest"] or 0
    return BlueprintVersion.objects.create(
        work=work, number=newest + 1, source=source, reason=reason, opened_by=actor, opened_at=at
    )


def follow_version(
    old: BlueprintVersion, *, source: str, actor: User, at: datetime, reason: str = ""
) -> BlueprintVersion:
    """Open the next version with the texts of this one; ticks stay with unchanged words."""
    version = _next_version(old.work, source=source, actor=actor, at=at, reason=reason)
    BlueprintPart.objects.bulk_create(
        BlueprintPart(version=version, **{name: getattr(row, name) for name in COPIED})
        for row in current_parts(old).values()
    )
    return version


@transaction.atomic
def start(
    work: WorkRequest,
    *,
    source: str,
    actor: User,
    at: datetime,
    copied_from: WorkRequest | None = None,
) -> BlueprintVersion:
    """Begin the first version: from the standard, from another request, or from a blank page."""
    work = lock(work)
    require(policies.can_shape(actor, work))
    if work.blueprint_versions.exists():
        raise AlreadyStartedError
    said = _starting_texts(work, source, copied_from, actor)
    version = write_version(work, said, source=source, actor=actor, at=at)
    named = copied_from.reference if copied_from else ""
    record("intake.blueprint_begun", work, actor=actor, at=at, source=source, copied_from=named)
    return version


def _starting_texts(
    work: WorkRequest, source: str, copied_from: WorkRequest | None, actor: User
) -> dict[str, Content]:
    if source == Source.STANDARD:
        return standard_of(work, owner=work.analyst)
    if source == Source.BLANK:
        return starting.blank()
    require(copied_from is not None and copied_from in sources_for(work, actor))
    assert copied_from is not None
    return contents(copied_from.blueprint_versions.signed()[0])


@transaction.atomic
def begin_editing(work: WorkRequest, part: str, *, actor: User, at: datetime) -> None:
    """Tell the others that this person is writing in the part; whoever came first stays named."""
    work = lock(work)
    require(policies.can_shape(actor, work))
    open_version_of(work)
    held = PartLock.objects.filter(work=work, part=part)
    held.filter(since__lt=at - FORGOTTEN).delete()
    if not held.exists():
        PartLock.objects.create(work=work, part=part, person=actor, since=at)


@transaction.atomic
def stop_editing(work: WorkRequest, part: str, *, actor: User) -> None:
    """Leave the part without a change."""
    PartLock.objects.filter(work=work, part=part, person=actor).delete()


def locks_on(work: WorkRequest, *, now: datetime) -> dict[str, PartLock]:
    """Who is writing where, as far as it was not forgotten."""
    held = work.part_locks.filter(since__gte=now - FORGOTTEN).select_related("person")
    return {lock.part: lock for lock in held}


@transaction.atomic
def edit(
    work: WorkRequest, part: str, content: Content, *, seen: int, actor: User, at: datetime
) -> BlueprintPart:
    """Give a part another text; both ticks go. Raise PartChangedError if `seen` is not current.

    A text that both had agreed, or that somebody has signed, stays: the change opens a new version.
    """
    work = lock(work)
    require(policies.can_shape(actor, work))
    version = open_version_of(work)
    was = current_parts(version)[part]
    stop_editing(work, part, actor=actor)
    if was.pk != seen:
        raise PartChangedError(was)
    if was.content == content:
        return was
    if version.agreed_at or version.signatures.exists():
        version = _replace(version, part, actor=actor, at=at)
        was = current_parts(version)[part]
    now = BlueprintPart.objects.create(
        version=version, part=part, edition=was.edition + 1, content=content,
        written_by=actor, written_at=at,
    )  # fmt: skip
    _tell_of_change(work, was, now, actor=actor, at=at)
    return now


def _replace(
    version: BlueprintVersion, part: str, *, actor: User, at: datetime
) -> BlueprintVersion:
    version.replaced_at = at
    version.save(update_fields=["replaced_at"])
    reason = f"Part {NUMBERS[part]} changed after version {version.number} was ready to sign"
    return follow_version(version, source=Source.CHANGE, actor=actor, at=at, reason=reason)


def _tell_of_change(
    work: WorkRequest, was: BlueprintPart, now: BlueprintPart, *, actor: User, at: datetime
) -> None:
    """Record it, and write to the other side if somebody had agreed to the words before."""
    record(
        "intake.part_changed", work, actor=actor, at=at, number=now.number, part=now.part,
        version=now.version.number,
    )  # fmt: skip
    if was.requester_at or was.pmo_at:
        people = [person for person in both_sides(work) if person != actor]
        owe("blueprint_changed", work, to=people, at=at, event=now.pk, part=now.pk, was=was.pk)


def both_sides(work: WorkRequest) -> list[User]:
    """Who hears of the blueprint: the requester's side, and the contact in the PMO."""
    return their_side(work) + ([work.analyst] if work.analyst else [])


def side_of(person: User, work: WorkRequest) -> str:
    """For which side this person agrees; empty for others."""
    if policies.is_of(person, work):
        return Side.REQUESTER
    return Side.PMO if policies.can_triage(person, work) else ""


@transaction.atomic
def agree(work: WorkRequest, part: str, *, seen: int, actor: User, at: datetime) -> BlueprintPart:
    """Tick a part for one's side. Raise NotCompleteError while it lacks something."""
    work = lock(work)
    require(policies.can_shape(actor, work))
    version = open_version_of(work)
    row = current_parts(version)[part]
    if row.pk != seen:
        raise PartChangedError(row)
    if missing := problems(part, row.content):
        raise NotCompleteError(tuple(missing))
    if tick(row, side_of(actor, work), actor=actor, at=at):
        record("intake.part_agreed", work, actor=actor, at=at, number=row.number, part=part)
        note_agreement(work, version, at=at)
    return row


def tick(row: BlueprintPart, side: str, *, actor: User, at: datetime) -> bool:
    """Set one side's tick; False if it was there."""
    if getattr(row, f"{side}_at") is not None:
        return False
    setattr(row, f"{side}_by", actor)
    setattr(row, f"{side}_at", at)
    row.save(update_fields=[f"{side}_by", f"{side}_at"])
    return True


def note_agreement(work: WorkRequest, version: BlueprintVersion, *, at: datetime) -> None:
    """Once both sides have ticked every part, tell both that the version is ready to sign."""
    parts = current_parts(version).values()
    ready = all(row.is_agreed for row in parts) and not all_problems(contents(version))
    if version.agreed_at or not ready:
        return
    version.agreed_at = at
    version.save(update_fields=["agreed_at"])
    people = both_sides(work)
    owe("blueprint_ready", work, to=people, at=at, event=version.pk, version=version.pk)


@transaction.atomic
def comment(
    work: WorkRequest,
    part: str,
    *,
    text: str,
    actor: User,
    at: datetime,
    thread: PartComment | None = None,
) -> PartComment:
    """Remark on a part, or answer a remark."""
    work = lock(work)
    require(policies.can_comment(actor, work) and bool(text))
    if thread is not None:
        thread = work.blueprint_comments.get(pk=thread.pk, part=part, thread=None)
    said = PartComment.objects.create(
        work=work, part=part, thread=thread, text=text, by=actor, at=at
    )
    record("intake.part_commented", work, actor=actor, at=at, number=NUMBERS[part], part=part)
    people = [person for person in both_sides(work) if person != actor]
    owe("part_commented", work, to=people, at=at, event=said.pk, comment=said.pk)
    return said


@transaction.atomic
def resolve(work: WorkRequest, thread: PartComment, *, actor: User, at: datetime) -> PartComment:
    """Say that nothing is left to talk about; twice is once."""
    work = lock(work)
    require(policies.can_comment(actor, work))
    thread = work.blueprint_comments.get(pk=thread.pk, thread=None)
    if thread.resolved_at is None:
        thread.resolved_by, thread.resolved_at = actor, at
        thread.save(update_fields=["resolved_by", "resolved_at"])
        number = NUMBERS[thread.part]
        record("intake.comment_resolved", work, actor=actor, at=at, number=number)
    return thread


def proposer_of(work: WorkRequest) -> User:
    """Who offered the standard for the PMO: they sign it by offering it."""
    offered: Proposal | None = work.current_proposal()
    if offered is not None:
        return offered.proposed_by
    assert work.analyst is not None
    return work.analyst
