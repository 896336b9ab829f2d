"""Bring the requests of an old queue in from a CSV file."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.models import Role, User
from accounts.moment import database_now
from audit.services import name_source
from intake.importing.batches import batches, last_line, word_set
from intake.importing.columns import FIELDS, MappingError, places, read_mapping
from intake.importing.csv_file import CsvFile, UnreadableFileError, open_csv
from intake.importing.dates import Order, UnclearDateError, read_moment
from intake.importing.report import Preview, ProgressBar, RefusalReport, summary
from intake.importing.rows import CLOSED, OPEN, Old, Reading, Refused
from intake.services.importing import Terms, bring_in, check
from intake.states import Lane

NOW = "now"
HELP = f"""Bring the requests of an old queue in from a CSV file. Repeat it without doubles.

--map says which column holds what: {", ".join(FIELDS)}. Each request begins as received, with the
day it was asked; its promises run from the import. Nobody is sent a mail."""


class Command(BaseCommand):
    help = HELP

    def add_arguments(self, parser: ArgumentParser) -> None:
        add = parser.add_argument
        add("file", type=Path)
        add("--map", action="append", required=True, metavar="FIELD=COLUMN,…")
        add("--dry-run", action="store_true", help="show what would happen and change nothing")
        add("--by", default="", metavar="MAIL", help="who imports: an administrator or a lead")
        add("--requester", default="", metavar="MAIL", help="where a row does not say who asks")
        add("--received", default="", metavar="DATE", help="where a row has no date; or: now")
        add("--source", default="old queue", help="its name; with the reference it tells doubles")
        add("--lane", choices=Lane.values, default=Lane.CONSULT)
        add("--zone", default=settings.TIME_ZONE, help="of dates without an offset")
        add("--dates", choices=list(Order), default=Order.ASK, help="how to read 03/02/2026")
        add("--open", default="", metavar="WORD,…", help="further states that mean open")
        add("--closed", default="", metavar="WORD,…", help="further states that mean finished")
        add("--encoding", default="", help="when it can't be told from the file")
        add("--make-departments", action="store_true", help="make departments that are missing")
        add("--report", type=Path, metavar="FILE.csv", help="write the refused rows there")

    def handle(self, *args: Any, **options: Any) -> None:
        name_source("import")
        at = database_now()
        try:
            mapping = read_mapping(options["map"])
            file = open_csv(options["file"], wanted=mapping.values(), encoding=options["encoding"])
            found = reading(options, at).read_all(file.rows(), places(mapping, file.header))
        except (MappingError, UnreadableFileError, UnclearDateError) as error:
            raise CommandError(str(error)) from error
        terms = Terms(
            source=options["source"],
            actor=person(options["by"]),
            lane=Lane(options["lane"]),
            makes_departments=options["make_departments"],
        )
        self.run(file, found, terms, at, options)

    def run(
        self,
        file: CsvFile,
        found: Iterator[Old | Refused],
        terms: Terms,
        at: datetime,
        options: dict[str, Any],
    ) -> None:
        """Go through the file batch by batch; what was brought in stays, whatever happens then."""
        dry = options["dry_run"]
        bar = ProgressBar(sys.stderr, file.lines)
        preview = Preview() if dry else None
        with RefusalReport(options["report"], file.header) as report:
            try:
                for batch, refused in batches(found):
                    done = check(batch, terms) if dry else bring_in(batch, terms, at=at)
                    done.refused += refused
                    report.add(done)
                    bar.reach(last_line(batch, refused))
                    if preview:
                        preview.add(done)
            except KeyboardInterrupt as stopped:
                bar.end()
                self.stdout.write(summary(report, dry=dry))
                raise CommandError("Stopped. Run it again to go on.") from stopped
            bar.end()
        if preview:
            self.stdout.write(preview.text())
        self.stdout.write(summary(report, dry=dry))


def reading(options: dict[str, Any], at: datetime) -> Reading:
    """How rows are read; raise CommandError for an unknown zone."""
    try:
        zone = ZoneInfo(options["zone"])
    except (KeyError, ValueError, OSError) as error:
        raise CommandError(f"{options['zone']!r} is no IANA time zone.") from error
    order = Order(options["dates"])
    return Reading(
        at=at,
        zone=zone,
        source=options["source"],
        requester=options["requester"],
        received_at=received_at(options["received"], zone, order, at),
        dates=order,
        open_words=OPEN | word_set(options["open"]),
        closed_words=(CLOSED | word_set(options["closed"])) - word_set(options["open"]),
    )


def received_at(text: str, zone: ZoneInfo, order: Order, at: datetime) -> datetime | None:
    if not text:
        return None
    return at if text == NOW else min(read_moment(text, zone=zone, order=order), at)


def person(email: str) -> User:
    """Who imports: the person named, or the only administrator. Raise CommandError for nobody."""
    if email:
        named = User.objects.filter(email__iexact=email, is_active=True).first()
        if named is None or not named.has_role(Role.ADMINISTRATOR, Role.LEAD):
            raise CommandError(f"{email} is no administrator and no lead.")
        return named
    administrators = list(User.objects.holding(Role.ADMINISTRATOR)[:2])
    if len(administrators) != 1:
        raise CommandError("Say who imports: --by with the mail address of an administrator.")
    return administrators[0]
