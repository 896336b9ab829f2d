"""Fetching mail from an IMAP mailbox. A mail is marked as seen once it was taken in."""

import imaplib
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

TIMEOUT = 15  # seconds for each answer of the server
BATCH = 50


class MailboxError(Exception):
    """The mailbox can't be reached, or does not let us in."""


@dataclass(frozen=True)
class Fetched:
    """One new mail by its number there; without `raw` it is larger than we take."""

    number: str
    key: str
    raw: bytes | None


class Mailbox:
    """An open mailbox."""

    def __init__(self, connection: imaplib.IMAP4) -> None:
        self.connection = connection
        self.validity = _first(connection.response("UIDVALIDITY")[1])

    def new(self, *, most_bytes: int) -> Iterator[Fetched]:
        """The mails that nobody has seen, oldest first, at most a batch."""
        _, found = self.connection.uid("SEARCH", "UNSEEN", "UNDELETED")
        for number in _first(found).split()[:BATCH]:
            key = f"imap:{self.validity}:{number}"
            size = self._size(number)
            raw = self._read(number) if size <= most_bytes else None
            yield Fetched(number, key, raw)

    def _size(self, number: str) -> int:
        _, answer = self.connection.uid("FETCH", number, "(RFC822.SIZE)")
        said = re.search(r"RFC822\.SIZE (\d+)", _first(answer))
        return int(said[1]) if said else 0

    def _read(self, number: str) -> bytes:
        _, answer = self.connection.uid("FETCH", number, "(BODY.PEEK[])")
        parts = [part[1] for part in answer if isinstance(part, tuple)]
        return parts[0] if parts else b""

    def mark_seen(self, number: str) -> None:
        self.connection.uid("STORE", number, "+FLAGS", "(\\Seen)")


@contextmanager
def opened(url: str) -> Iterator[Mailbox]:
    """Open the mailbox that a URL names; raise MailboxError when that fails."""
    parts = urlsplit(url)
    try:
        connection = _connect(parts.scheme, parts.hostname or "", parts.port)
        connection.login(unquote(parts.username or ""), unquote(parts.password or ""))
        folder = unquote(parts.path.strip("/")) or "INBOX"
        status, _ = connection.select(f'"{folder}"')
        if status != "OK":
            raise MailboxError(f"there is no folder {folder}")
    except (OSError, imaplib.IMAP4.error) as error:
        # The words of the server, never the URL: it holds the password.
        raise MailboxError(str(error)[:200]) from error
    try:
        yield Mailbox(connection)
    except (OSError, imaplib.IMAP4.error) as error:
        raise MailboxError(str(error)[:200]) from error
    finally:
        _leave(connection)


def _connect(scheme: str, host: str, port: int | None) -> imaplib.IMAP4:
    # Without a context of ours, imaplib would believe any certificate.
    checked = ssl.create_default_context()
    if scheme == "imaps":
        return imaplib.IMAP4_SSL(host, port or 993, ssl_context=checked, timeout=TIMEOUT)
    connection = imaplib.IMAP4(host, port or 143, timeout=TIMEOUT)
    if "STARTTLS" in connection.capabilities:
        connection.starttls(checked)
    return connection


def _leave(connection: imaplib.IMAP4) -> None:
    try:
        connection.logout()
    except (OSError, imaplib.IMAP4.error):
        connection.shutdown()


def _first(answer: object) -> str:
    """The first line of an answer, as text."""
    found = answer[0] if isinstance(answer, list) and answer else b""
    if isinstance(found, tuple):
        found = found[0]
    return found.decode("ascii", errors="replace") if isinstance(found, bytes) else ""
