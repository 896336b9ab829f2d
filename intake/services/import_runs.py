"""An import on the page: kept, begun, worked on batch by batch, and taken back."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO, Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import F, ProtectedError

from accounts.models import User
from accounts.policies import require
from audit.services import record
from intake import policies
from intake.importing.batches import batches, last_line, word_set
from intake.importing.columns import MappingError, places
from intake.importing.csv_file import CsvFile, UnreadableFileError, open_csv
from intake.importing.dates import Order
from intake.importing.rows import CLOSED, OPEN, Old, Reading, Refused
from intake.models import ImportedRequest, ImportRun, RefusedRow, WorkRequest
from intake.services.importing import Checked, Terms, add_batch, check
from intake.states import Lane
from intake.states import State as RequestState
from notifications.models import OutboxMessage
from sla.models import Subject

LEASE = timedelta(minutes=2)
LOOKED_AT = 500
SHOWN = 20
# As an import leaves it: any act on a request raises its version.
UNTOUCHED = 1
State = ImportRun.State
Now = Callable[[], datetime]


class TouchedError(Exception):
    """Something has happened on a request that this import brought in."""


class UnderWayError(Exception):
    """This import was begun already."""


def keep(content: IO[bytes], *, name: str, actor: User, at: datetime) -> ImportRun:
    """Keep a file that can be read. Raise UnreadableFileError, with nothing kept."""
    require(policies.can_import(actor))
    run = ImportRun(
        file_name=name[:200], stored_name=f"{secrets.token_hex(24)}.csv", by=actor, uploaded_at=at
    )
    run.path.parent.mkdir(parents=True, exist_ok=True)
    with run.path.open("xb") as target:
        run.path.chmod(0o600)
        while chunk := content.read(1 << 20):
            target.write(chunk)
    try:
        file = open_csv(run.path)
        _require_rows(file)
    except UnreadableFileError:
        run.path.unlink()
        raise
    run.encoding, run.columns, run.lines = file.encoding, file.header, file.lines
    run.save()
    return run


def _require_rows(file: CsvFile) -> None:
    if next(file.rows(), None) is None:
        raise UnreadableFileError("The file has no row below the names of its columns.")


@dataclass
class Outlook:
    """What the first rows of a file would become."""

    checked: Checked
    refused: list[Refused]
    rows: int

    @property
    def shown(self) -> list[Old]:
        return self.checked.new[:SHOWN]

    @property
    def first_refused(self) -> list[Refused]:
        return self.refused[:SHOWN]


def look(run: ImportRun, terms: dict[str, Any], *, actor: User, at: datetime) -> Outlook:
    """Read the first rows and change nothing. Raise MappingError or UnreadableFileError."""
    olds, refused = next(batches(_found(run, terms, at)), ([], []))
    checked = check(olds, _terms(terms, actor))
    return Outlook(checked, refused + checked.refused, len(olds) + len(refused))


def _found(run: ImportRun, terms: dict[str, Any], at: datetime) -> Iterator[Old | Refused]:
    file = open_csv(run.path, encoding=run.encoding)
    return _reading(terms, at).read_all(file.rows(), places(terms["mapping"], file.header))


def _reading(terms: dict[str, Any], at: datetime) -> Reading:
    opened = word_set(terms["open"])
    return Reading(
        at=at,
        zone=ZoneInfo(settings.TIME_ZONE),
        source=terms["source"],
        requester=terms["requester"],
        received_at=at if terms["received_now"] else None,
        dates=Order(terms["dates"]),
        open_words=OPEN | opened,
        closed_words=(CLOSED | word_set(terms["closed"])) - opened,
    )


def _terms(terms: dict[str, Any], actor: User) -> Terms:
    return Terms(
        source=terms["source"],
        actor=actor,
        lane=Lane(terms["lane"]),
        makes_departments=terms["makes_departments"],
    )


@transaction.atomic
def begin(run: ImportRun, terms: dict[str, Any], *, actor: User, at: datetime) -> None:
    """Let the worker bring the file in. Raise UnderWayError when that was asked before."""
    require(policies.can_import(actor))
    waiting = ImportRun.objects.filter(pk=run.pk, state=State.MAPPING)
    if not waiting.update(state=State.RUNNING, terms=terms, started_at=at, by=actor):
        raise UnderWayError
    record("intake.import_begun", run, actor=actor, at=at, source=terms["source"], lines=run.lines)


def is_touched(run: ImportRun) -> bool:
    """Whether anything has happened on a request of this import."""
    return WorkRequest.objects.filter(imported__run=run).exclude(**_UNTOUCHED).exists()


_UNTOUCHED = {"version": UNTOUCHED, "state": RequestState.NEW}


@transaction.atomic
def undo(run: ImportRun, *, actor: User, at: datetime) -> None:
    """Let the worker take back what an import brought in. Raise TouchedError."""
    require(policies.can_import(actor))
    if is_touched(run):
        raise TouchedError
    ended = ImportRun.objects.filter(pk=run.pk, state__in=(State.DONE, State.FAILED))
    if ended.update(state=State.UNDOING, place=0, lease_until=None):
        record("intake.import_undone", run, actor=actor, at=at, count=run.new)


def work_on_next(*, now: Now) -> bool:
    """Work one import off. Return False when none waits."""
    at = now()
    run = ImportRun.objects.to_work_on(at).select_related("by").first()
    if run is None:
        return False
    mine = ImportRun.objects.to_work_on(at).filter(pk=run.pk)
    if not mine.update(lease_until=at + LEASE):
        return True
    try:
        if run.state == State.UNDOING:
            _take_back(run, now)
        else:
            _bring_in(run, now)
    except (MappingError, UnreadableFileError) as error:
        _end(run, State.FAILED, now(), problem=error.reason)
    except FileNotFoundError:
        _end(run, State.FAILED, now(), problem="The file is gone. Upload it again.")
    except PermissionDenied:
        _end(run, State.FAILED, now(), problem=f"{run.by.name} may no longer import.")
    return True


def _end(run: ImportRun, state: str, at: datetime, *, problem: str = "") -> None:
    ImportRun.objects.filter(pk=run.pk).update(
        state=state, ended_at=at, lease_until=None, problem=problem[:300]
    )


def _bring_in(run: ImportRun, now: Now) -> None:
    """Go on after the last line dealt with; the rows before it are read for their doubles only."""
    begun = run.started_at or now()
    for olds, refused in batches(_found(run, run.terms, begun)):
        if last_line(olds, refused) > run.place:
            _bring_in_batch(run, olds, refused, now())
    _end(run, State.DONE, now())


@transaction.atomic
def _bring_in_batch(run: ImportRun, olds: list[Old], refused: list[Refused], at: datetime) -> None:
    done = add_batch(olds, _terms(run.terms, run.by), at=at)
    keys = [old.key for old in done.new]
    brought = WorkRequest.objects.filter(import_key__in=keys).values_list("pk", flat=True)
    ImportedRequest.objects.bulk_create([ImportedRequest(run=run, work_id=pk) for pk in brought])
    rows = sorted(refused + done.refused, key=lambda row: row.line)
    RefusedRow.objects.bulk_create(
        [
            RefusedRow(run=run, line=row.line, reason=row.reason, is_finished=row.is_finished)
            for row in rows
        ]
    )
    finished = sum(row.is_finished for row in rows)
    run.place = last_line(olds, refused)
    ImportRun.objects.filter(pk=run.pk).update(
        place=run.place,
        lease_until=at + LEASE,
        new=F("new") + len(done.new),
        known=F("known") + len(done.known),
        finished=F("finished") + finished,
        refused=F("refused") + len(rows) - finished,
    )


def _take_back(run: ImportRun, now: Now) -> None:
    """Remove what nobody has touched; a request that was touched meanwhile stays."""
    after = 0
    while pks := _next_of(run, after):
        after = pks[-1]
        # Something points at one of them: they stay, and the report says how many.
        with suppress(ProtectedError):
            _remove(run, pks, now())
    left = run.requests.count()
    words = f"{left} stayed, because something had happened on them." if left else ""
    _end(run, State.UNDONE, now(), problem=words)
    run.path.unlink(missing_ok=True)


def _next_of(run: ImportRun, after: int) -> list[int]:
    found = run.requests.filter(work_id__gt=after).order_by("work_id")
    return list(found.values_list("work_id", flat=True)[:LOOKED_AT])


@transaction.atomic
def _remove(run: ImportRun, pks: list[int], at: datetime) -> None:
    untouched = WorkRequest.objects.filter(pk__in=pks, **_UNTOUCHED)
    works = list(untouched.select_for_update(of=("self",)))
    found = [work.pk for work in works]
    OutboxMessage.objects.filter(
        about__in=[work.about for work in works], status=OutboxMessage.Status.DUE
    ).update(status=OutboxMessage.Status.STALE)
    if connection.vendor == "sqlite":
        _forget_words(found)
    WorkRequest.objects.filter(pk__in=found).delete()
    Subject.objects.filter(pk__in=[work.subject_id for work in works]).delete()
    ImportRun.objects.filter(pk=run.pk).update(place=F("place") + len(pks), lease_until=at + LEASE)


def _forget_words(pks: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany("DELETE FROM intake_search WHERE rowid = %s", [(pk,) for pk in pks])
