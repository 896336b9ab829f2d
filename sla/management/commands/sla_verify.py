"""`manage.py sla_verify [--repair]`: compare every open clock with its history."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from accounts.moment import database_now
from sla.services import verify


class Command(BaseCommand):
    help = "Rebuild every open clock from its commands and report what is stored otherwise."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--repair", action="store_true", help="store what the history says")

    def handle(self, *args: Any, **options: Any) -> None:
        now = database_now()
        wrong = set()
        for difference in verify.differences(now=now):
            self.stdout.write(str(difference))
            wrong.add(difference.clock_id)
            if options["repair"]:
                verify.repair(difference.clock_id, now=now)
        repaired = " and were repaired" if wrong and options["repair"] else ""
        self.stdout.write(f"{len(wrong)} clocks differ from their history{repaired}")
        if wrong and not options["repair"]:
            raise SystemExit(1)
