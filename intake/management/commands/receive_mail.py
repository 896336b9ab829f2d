"""Mail comes in: piped by the mail server, or fetched from a mailbox."""

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import InterfaceError, OperationalError

from accounts.moment import database_now
from intake.mail_in.imap import MailboxError
from intake.mail_in.parsing import MOST_BYTES
from intake.services import mail_in, mailbox

TRY_AGAIN = 75  # EX_TEMPFAIL of sysexits.h: the mail server keeps the mail and tries again


class Command(BaseCommand):
    help = (
        "Take a reply in: one mail on standard input, as a mail server pipes it. With --imap, "
        "fetch what is new from the mailbox that IMAP_URL names."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--imap", action="store_true", help="fetch from IMAP_URL")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.REPLY_ADDRESS:
            raise CommandError("REPLY_ADDRESS is not set, so no mail was ever to be answered.")
        try:
            self._fetch() if options["imap"] else self._read()
        except (OperationalError, InterfaceError, OSError) as error:
            self.stderr.write(f"Not now: {error}")
            raise SystemExit(TRY_AGAIN) from error

    def _read(self) -> None:
        row = mail_in.receive(sys.stdin.buffer.read(MOST_BYTES + 1), at=database_now())
        self.stdout.write(str(row.get_outcome_display()))

    def _fetch(self) -> None:
        if not settings.IMAP_URL:
            raise CommandError("IMAP_URL is not set.")
        try:
            taken = mailbox.fetch(settings.IMAP_URL, now=database_now)
        except MailboxError as error:
            raise CommandError(f"The mailbox did not answer as it should: {error}") from error
        self.stdout.write(f"{taken} mails taken in.")
