"""From a row of the old queue to a request that can be brought in, or the reason why not."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parseaddr
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from intake.importing.csv_file import Row
from intake.importing.dates import Order, UnclearDateError, read_moment

LONGEST_TEXT = 20_000
TITLE_LENGTH = 120
NAME_LENGTH = 120
EMAIL_LENGTH = 254
KEY_LENGTH = 80
CLOSED = frozenset(
    {"closed", "done", "resolved", "cancelled", "canceled", "rejected", "declined", "complete"}
    | {"completed", "finished", "fixed", "withdrawn", "duplicate", "won't do", "wontfix"}
)
OPEN = frozenset(
    {"open", "new", "reopened", "to do", "todo", "backlog", "in progress", "pending", "waiting"}
    | {"on hold", "assigned", "accepted", "submitted", "received", "planned", "in review", ""}
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2028\u2029\ufeff\ufffd]")
_LONE_SURROGATES = re.compile(r"[\ud800-\udfff]")


@dataclass
class RefusedError(Exception):
    """This row can't be brought in; `reason` says what to mend in it, unless it is finished."""

    reason: str
    is_finished: bool = False


@dataclass(frozen=True)
class Old:
    """A request of the old queue, ready to be brought in."""

    line: int
    key: str
    title: str
    ask: str
    email: str
    name: str
    received_at: datetime
    department: str = ""
    reference: str = ""


@dataclass(frozen=True)
class Refused:
    line: int
    reason: str
    cells: Sequence[str] = ()
    is_finished: bool = False


@dataclass(frozen=True)
class Reading:
    """How rows are to be read. `at` is the moment of the import: nothing is received later.

    `requester` (a mail address) and `received_at` stand in where a row says nothing.
    """

    at: datetime
    zone: ZoneInfo
    source: str
    requester: str = ""
    received_at: datetime | None = None
    dates: Order = Order.ASK
    open_words: frozenset[str] = OPEN
    closed_words: frozenset[str] = CLOSED
    _seen: dict[str, int] = field(default_factory=dict)

    def read_all(self, rows: Iterable[Row], places: Mapping[str, int]) -> Iterator[Old | Refused]:
        """Read rows one after the other; a request that the file holds twice is refused."""
        for row in rows:
            try:
                yield self._once(self.read(row, places))
            except RefusedError as refused:
                yield Refused(row.line, refused.reason, row.cells, refused.is_finished)

    def read(self, row: Row, places: Mapping[str, int]) -> Old:
        """Read one row; raise RefusedError."""
        if row.fault:
            raise RefusedError(_with_lines(row))
        cells = {name: clean(row.cells[place]) for name, place in places.items()}
        self._require_open(cells.get("state", ""))
        title, ask = words(cells.get("title", ""), cells.get("body", ""))
        email, name = self._person(cells.get("requester", ""), cells.get("name", ""))
        return Old(
            line=row.line,
            key=self._key(cells, email),
            title=title,
            ask=ask,
            email=email,
            name=name,
            received_at=self._received(cells.get("received", "")),
            department=_one_line(cells.get("department", "")),
            reference=_one_line(cells.get("reference", "")),
        )

    def _once(self, old: Old) -> Old:
        first = self._seen.setdefault(old.key, old.line)
        if first != old.line:
            what = f"reference {old.reference}" if old.reference else "request"
            raise RefusedError(f"The same {what} stands on line {first}.")
        return old

    def _require_open(self, state: str) -> None:
        """Only open work comes in; what was finished there has no promise to keep here."""
        word = _one_line(state).casefold()
        if word in self.closed_words:
            raise RefusedError(f"It is finished: {state!r} in the old queue.", is_finished=True)
        if word not in self.open_words:
            raise RefusedError(f"Is {state!r} open or closed? Name it with --open or --closed.")

    def _person(self, written: str, name: str) -> tuple[str, str]:
        """The requester's mail address in lower case, and their name as far as it is known."""
        given, address = parseaddr(_one_line(written))
        if not written and self.requester:
            address = self.requester
        if not address or "@" not in address:
            raise RefusedError(_no_address(written))
        try:
            validate_email(address)
        except ValidationError as error:
            raise RefusedError(f"{address!r} is no mail address.") from error
        if len(address) > EMAIL_LENGTH:
            raise RefusedError("The mail address is too long.")
        return address.lower(), (_one_line(name) or given or name_from(address))[:NAME_LENGTH]

    def _received(self, written: str) -> datetime:
        if not written:
            if self.received_at is None:
                raise RefusedError("It does not say when it was received.")
            return self.received_at
        try:
            moment = read_moment(written, zone=self.zone, order=self.dates)
        except UnclearDateError as error:
            raise RefusedError(error.reason) from error
        if moment > self.at:
            raise RefusedError(f"It was received in the future: {written}.")
        return moment

    def _key(self, cells: Mapping[str, str], email: str) -> str:
        """What recognises the request in a later import: its reference, else all it says."""
        reference = _one_line(cells.get("reference", ""))
        key = f"{self.source}/{reference}"
        if reference and len(key) <= KEY_LENGTH:
            return key
        said = (reference, cells.get("title", ""), cells.get("body", ""), email)
        digest = hashlib.sha256("\x1f".join((self.source, *said)).encode()).hexdigest()
        return f"sha256/{digest}"


def clean(text: str) -> str:
    """Without control characters, which no page can show and PostgreSQL partly refuses."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return _LONE_SURROGATES.sub("", _CONTROLS.sub(" ", unified)).strip()


def words(title: str, body: str) -> tuple[str, str]:
    """The title for lists, and all that was said, in the requester's own words.

    Raise RefusedError when nothing was said or more than fits.
    """
    title = _one_line(title)
    said = body if not title or body.startswith(title) else f"{title}\n\n{body}".strip()
    if not said:
        raise RefusedError("It asks for nothing: there are no words in it.")
    if len(said) > LONGEST_TEXT:
        raise RefusedError(f"The text has {len(said):,} characters; {LONGEST_TEXT:,} fit.")
    return shortened(title or said.split("\n", 1)[0]), said


def shortened(text: str) -> str:
    """At most as long as a title may be, cut between words."""
    line = _one_line(text)
    if len(line) <= TITLE_LENGTH:
        return line
    kept = line[: TITLE_LENGTH - 2]
    return (kept.rsplit(" ", 1)[0] if " " in kept else kept).rstrip(",;:") + " …"


def name_from(address: str) -> str:
    """ana.silva@example.org is called Ana Silva until she says otherwise."""
    local = re.sub(r"[._\-+\d]+", " ", address.split("@", 1)[0]).strip()
    return local.title() if local else address


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _no_address(written: str) -> str:
    if not written:
        return "It does not say who asks."
    return f"{written!r} is no mail address, and the portal knows people by theirs."


def _with_lines(row: Row) -> str:
    span = f" (lines {row.line} to {row.last_line})" if row.last_line > row.line else ""
    return f"{row.fault}{span}"
