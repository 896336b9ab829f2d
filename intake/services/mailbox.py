"""Taking in what is new in the mailbox for replies."""

from collections.abc import Callable
from datetime import datetime

from intake.mail_in import imap
from intake.mail_in.parsing import MOST_BYTES
from intake.services import mail_in


def fetch(url: str, *, now: Callable[[], datetime]) -> int:
    """Take in each new mail and mark it as seen; return how many there were.

    A mail that was taken in and not marked is taken in again, which changes nothing. Raise
    MailboxError when the mailbox can't be reached.
    """
    taken = 0
    with imap.opened(url) as box:
        for mail in box.new(most_bytes=MOST_BYTES):
            if mail.raw is None:
                mail_in.too_large(mail.key, at=now())
            else:
                mail_in.receive(mail.raw, at=now())
            box.mark_seen(mail.number)
            taken += 1
    return taken
