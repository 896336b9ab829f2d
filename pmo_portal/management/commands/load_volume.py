"""Fill a database with invented requests, to measure and to try."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.moment import database_now
from intake.models import WorkRequest
from pmo_portal.volume.load import load, plan

MOST = 2_000_000


class Command(BaseCommand):
    help = "Fill a database with invented requests in all states. Never for a database in use."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--requests", type=number, required=True)
        parser.add_argument("--open-share", type=share, default=0.1, metavar="0…1")
        parser.add_argument("--seed", type=int, default=1, help="the same seed, the same requests")
        parser.add_argument("--add", action="store_true", help="although there are requests")

    def handle(self, *args: Any, **options: Any) -> None:
        if WorkRequest.objects.exists() and not options["add"]:
            raise CommandError("This database holds requests. --add puts more beside them.")
        self.begun = time.monotonic()
        planned = plan(
            requests=options["requests"],
            open_share=options["open_share"],
            seed=options["seed"],
            at=database_now(),
        )
        rows = load(planned, progress=self.tell)
        opened = WorkRequest.objects.open().count()
        took = time.monotonic() - self.begun
        self.stdout.write(
            f"{options['requests']:,} requests, {opened:,} open in all, "
            f"{rows:,} rows in {took:.0f} s, since {planned.start:%d %b %Y}."
        )

    def tell(self, done: int, rows: int) -> None:
        if sys.stderr.isatty():
            rate = done / max(time.monotonic() - self.begun, 0.001)
            sys.stderr.write(f"\r{done:,} requests, {rows:,} rows, {rate:,.0f} requests/s ")
            sys.stderr.flush()


def number(text: str) -> int:
    wanted = int(text)
    if not 1 <= wanted <= MOST:
        raise ArgumentTypeError(f"between 1 and {MOST:,}")
    return wanted


def share(text: str) -> float:
    wanted = float(text)
    if not 0.01 <= wanted <= 1:
        raise ArgumentTypeError("between 0.01 and 1")
    return wanted
