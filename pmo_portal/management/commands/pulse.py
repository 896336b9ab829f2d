"""Whether the clocks are being swept: for health checks and monitors."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.moment import database_now
from audit.models import Heartbeat

MISSED = 3  # intervals


class Command(BaseCommand):
    help = "Fail when the clocks have not been swept for three intervals."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        last = Heartbeat.objects.filter(name="sweep").first()
        if last is None:
            raise CommandError("The clocks have never been swept.")
        age = database_now() - last.at
        said = f"The clocks were last swept {age.total_seconds():.0f} s ago."
        if age > MISSED * timedelta(seconds=settings.SWEEP_INTERVAL):
            raise CommandError(said)
        self.stdout.write(said)
