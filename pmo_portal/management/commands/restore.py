"""Bring a backup back."""

from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from intake.models import WorkRequest
from pmo_portal import backup


class Command(BaseCommand):
    help = "Put a backup in place of what is here. Stop the portal first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--replace", action="store_true", help="although there are requests")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["replace"] and _holds_requests():
            raise CommandError("This database holds requests. --replace throws them away.")
        try:
            manifest = backup.bring_back(options["file"])
        except (backup.BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        # A backup of an older version is brought to this one, its guards included.
        call_command("migrate", verbosity=0)
        self.stdout.write(f"Back to {manifest['made_at']}.")


def _holds_requests() -> bool:
    try:
        return WorkRequest.objects.exists()
    except DatabaseError:
        # No tables yet.
        return False
