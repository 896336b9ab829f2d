"""`manage.py sweep [--loop]`: record what time has passed; needs neither broker nor beat."""

import logging
import signal
import threading
from argparse import ArgumentParser
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import Error, close_old_connections

from accounts.moment import database_now
from sla.services.corrections import apply_corrections
from sla.services.sweep import sweep

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Record every warning and breach that is due, once or in a loop."
    # Promises are watched even while a page is broken.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--loop", action="store_true", help="go on until stopped")
        parser.add_argument(
            "--interval", type=float, default=settings.SWEEP_INTERVAL, help="seconds in between"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["loop"]:
            loop(options["interval"])
        else:
            self.stdout.write(f"{sweep_now()} events recorded")


def sweep_now() -> int:
    now = database_now()
    apply_corrections(now=now)
    return sweep(now=now)


def loop(interval: float) -> None:
    """Sweep every `interval` seconds by the monotonic clock, until SIGTERM or SIGINT."""
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    due = monotonic()
    while not stopped.is_set():
        turn()
        due = max(due + interval, monotonic())
        stopped.wait(due - monotonic())


def turn() -> None:
    """One turn of the loop; a database that is away for a while ends it no more than a slow one."""
    close_old_connections()
    try:
        sweep_now()
    except Error:
        logger.exception("The sweep could not reach the database; it tries again.")
    finally:
        close_old_connections()
