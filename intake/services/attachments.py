"""Files on a request: refused or kept whole, and gone from the disk when they are removed.

An act with files of its own calls `receive` before its transaction and `add` inside it; files alone
are `attach`ed.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from accounts.policies import require
from audit.services import record
from intake import policies
from intake.models import Attachment, Message, WorkRequest
from intake.uploads import kinds, store
from intake.uploads.checks import Upload, clean_name, problem
from intake.uploads.limits import MOST_IN_QUESTION, MOST_IN_REQUEST

# A file without a row may belong to an act that is still on its way.
ORPHAN_AGE = timedelta(days=1)
BATCH = 500


@dataclass
class RefusedFilesError(Exception):
    """Not taken: one sentence for each thing that is wrong. Nothing was saved."""

    problems: list[str]


@dataclass(frozen=True)
class Received:
    """A file that was checked and is on the disk, to be added in the act it belongs to."""

    name: str
    content_type: str
    stored: store.Stored


def receive(uploads: Sequence[Upload]) -> list[Received]:
    """Check and store files, before any transaction: all or none.

    Raise RefusedFilesError, or NoRoomError when the disk is full. What no act adds afterwards is
    removed after a day.
    """
    problems = [words for upload in uploads if (words := problem(upload))]
    if len(uploads) > MOST_IN_QUESTION:
        problems.append(_too_many())
    if problems:
        raise RefusedFilesError(problems)
    received: list[Received] = []
    try:
        for upload in uploads:
            name = clean_name(upload.name)
            kind = kinds.CONTENT_TYPES[kinds.extension_of(name)]
            received.append(Received(name, kind, store.write(upload.file)))
    except OSError:
        drop(received)
        raise
    return received


def drop(received: Iterable[Received]) -> None:
    """Take files from the disk again that no row will know."""
    store.remove(file.stored.stored_name for file in received)


def attach(
    work: WorkRequest,
    uploads: Sequence[Upload],
    *,
    actor: User,
    at: datetime,
    question: str = "",
    message: Message | None = None,
    is_internal: bool = False,
) -> list[Attachment]:
    """Check, store and add files to a request: all or none of them.

    The same file at the same place again is the one that is there. Raise RefusedFilesError or
    NoRoomError.
    """
    require(policies.can_attach(actor, work, is_internal=is_internal))
    received = receive(uploads)
    try:
        return add(
            work,
            received,
            actor=actor,
            at=at,
            question=question,
            message=message,
            is_internal=is_internal,
        )
    except Exception:
        drop(received)
        raise


@transaction.atomic
def add(
    work: WorkRequest,
    received: Sequence[Received],
    *,
    actor: User,
    at: datetime,
    question: str = "",
    message: Message | None = None,
    is_internal: bool = False,
) -> list[Attachment]:
    """Add received files in the transaction of the act that they belong to."""
    require(policies.can_attach(actor, work, is_internal=is_internal))
    # Two people adding at once must not pass the limit together.
    WorkRequest.objects.select_for_update(of=("self",)).get(pk=work.pk)
    there = list(work.attachments.all())
    place = [a for a in there if a.question == question and a.message_id == _id(message)]
    new, doubles = _told_apart(received, {(a.sha256, a.name) for a in place})
    _require_room(len(there) + len(new), len(place) + len(new) if question else 0)
    transaction.on_commit(partial(drop, doubles))
    rows = [
        Attachment(
            work=work,
            message=message,
            question=question,
            uploader=actor,
            name=file.name,
            size=file.stored.size,
            content_type=file.content_type,
            sha256=file.stored.sha256,
            stored_name=file.stored.stored_name,
            is_internal=is_internal,
            created_at=at,
        )
        for file in new
    ]
    for row in rows:
        row.save(force_insert=True)
        _record("intake.file_added", row, actor=actor, at=at)
    return rows


def bring(work: WorkRequest, note: Message, *, actor: User, at: datetime) -> None:
    """Put a copy of each public file of another request to an internal note.

    What belongs to an answer for the PMO only stays behind, and so does what is over the limit.
    """
    files = work.attachments.public().exclude(pk__in=kept_with_pmo(work).values("pk"))
    room = MOST_IN_REQUEST - note.work.attachments.count()
    for file in list(files.order_by("pk"))[: max(room, 0)]:
        with suppress(FileNotFoundError), store.open_file(file.stored_name) as content:
            received = [Received(file.name, file.content_type, store.write(content))]
            add(note.work, received, actor=actor, at=at, message=note, is_internal=True)


def kept_with_pmo(work: WorkRequest) -> QuerySet[Attachment]:
    """The files of answers that are for the PMO only."""
    only = work.answers.filter(is_pmo_only=True).values("slug")
    return work.attachments.filter(question__in=only).exclude(question="")


def _told_apart(
    received: Iterable[Received], known: set[tuple[str, str]]
) -> tuple[list[Received], list[Received]]:
    """What is new here, and what is there already under the same name."""
    new: list[Received] = []
    doubles: list[Received] = []
    for file in received:
        key = (file.stored.sha256, file.name)
        (doubles if key in known else new).append(file)
        known.add(key)
    return new, doubles


def _id(message: Message | None) -> int | None:
    return message.pk if message else None


def _require_room(in_request: int, in_question: int) -> None:
    if in_question > MOST_IN_QUESTION:
        raise RefusedFilesError([_too_many()])
    if in_request > MOST_IN_REQUEST:
        words = f"A request holds up to {MOST_IN_REQUEST} files. Remove one before you add another"
        raise RefusedFilesError([words])


def _too_many() -> str:
    return f"Add up to {MOST_IN_QUESTION} files here"


@transaction.atomic
def remove(attachment: Attachment, *, actor: User, at: datetime) -> None:
    """Take a file away; its name stays in the history."""
    require(policies.can_remove_file(actor, attachment))
    _record("intake.file_removed", attachment, actor=actor, at=at)
    transaction.on_commit(partial(store.remove, [attachment.stored_name]))
    attachment.delete()


def _record(action: str, attachment: Attachment, *, actor: User, at: datetime) -> None:
    record(
        action,
        attachment.work,
        actor=actor,
        at=at,
        is_internal=attachment.is_internal,
        file=attachment.name,
        sha256=attachment.sha256,
    )


def remove_orphans(*, at: datetime) -> int:
    """Remove files that have had no row for a day; return how many. Harmless when repeated."""
    paths, removed = list(store.older_than(at - ORPHAN_AGE)), 0
    for start in range(0, len(paths), BATCH):
        batch = paths[start : start + BATCH]
        names = [path.name for path in batch]
        rows = Attachment.objects.filter(stored_name__in=names)
        removed += store.sweep(batch, known=set(rows.values_list("stored_name", flat=True)))
    return removed
