"""What must be there before the first page: tables, cache table, and something to begin with."""

from io import StringIO
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import OperationalError

from pmo_portal.environment import stop


class Command(BaseCommand):
    help = (
        "Bring the database up to date, and fill an empty one: with the demo organisation where "
        "that is allowed, else with the starting promises and services. Harmless to repeat."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write("Preparing the database")
        try:
            call_command("migrate", interactive=False, verbosity=0)
            call_command("createcachetable", verbosity=0)
        except OperationalError as error:
            stop(f"the database does not answer: {str(error).strip()}")
        if settings.DEMO_ALLOWED:
            call_command("make_demo", if_empty=True, stdout=self.stdout)
        call_command("make_starter", stdout=StringIO())
