"""The background work of the embedded default, in one process."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from pmo_portal import tether
from pmo_portal.celery import run_embedded
from pmo_portal.environment import stop


class Command(BaseCommand):
    help = "Send notices and sweep clocks, without Redis. Ends on SIGTERM or Ctrl-C."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.REDIS_URL:
            stop("REDIS_URL is set. Run celery's own worker and beat: docs/running.md shows how.")
        tether.follow()
        run_embedded()
