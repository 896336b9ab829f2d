"""The demo organisation, for trying the portal out."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.moment import database_now
from pmo_portal.demo.organisation import is_empty, make_organisation

REFUSED = (
    "The demo organisation is for trying the portal out, and everybody knows its password. "
    "DEMO_ALLOWED=yes allows it in this installation."
)
IN_USE = "This installation is in use. The demo organisation is made in an empty one only."


class Command(BaseCommand):
    help = "Make the demo organisation: its people, and four months of their requests."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing where somebody has begun"
        )

    def handle(self, *args: Any, if_empty: bool = False, **options: Any) -> None:
        if not (settings.DEBUG or settings.DEMO_ALLOWED):
            raise CommandError(REFUSED)
        if not is_empty():
            if if_empty:
                return
            raise CommandError(IN_USE)
        self.stdout.write("Making the demo organisation, four months of it")
        made = make_organisation(database_now(), told=self._tell)
        self._end_line()
        self.stdout.write(f"Made {made.people} people and {made.requests} requests")

    def _tell(self, number: int, of: int) -> None:
        """Show how far it is, where somebody watches."""
        if self.stdout.isatty():
            self.stdout.write(f"\r  {number * 100 // of} %", ending="")
            self.stdout.flush()

    def _end_line(self) -> None:
        if self.stdout.isatty():
            self.stdout.write("\r       \r", ending="")
