"""The whole portal with one command: database, web and background work."""

import errno
import os
import signal
import socket
import time
from contextlib import suppress
from http import HTTPStatus
from http.client import HTTPConnection
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connections

from accounts.models import User
from pmo_portal import tether
from pmo_portal.crew import Crew
from pmo_portal.environment import stop, text

HOST = "127.0.0.1"
DEMO_PEOPLE = [
    f"{name}@demo.example"
    for name in ("requester", "outsider", "analyst", "lead", "sponsor", "admin")
]
CELERY = ("-m", "celery", "-A", "pmo_portal")


class Command(BaseCommand):
    help = "Prepare the database, then serve the portal until Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", default="8000")

    def handle(self, *args: Any, port: str, **options: Any) -> None:
        refuse_port_in_use(port)
        # A shell that starts us in the background lets Ctrl-C's signal be ignored.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        was_asked = True
        with suppress(KeyboardInterrupt):
            was_asked = self.serve(port)
        self.stdout.write("Stopped.")
        if not was_asked:
            stop("one of its processes ended. The lines above say why.")

    def serve(self, port: str) -> bool:
        """Return True when it was asked to stop, False when a process ended by itself."""
        self.address = f"{HOST}:{port}"
        os.environ["BIND"] = self.address
        os.environ["BASE_URL"] = text("BASE_URL", f"http://{self.address}")
        os.environ["DATA_DIR"] = str(settings.DATA_DIR)
        call_command("prepare", stdout=self.stdout)
        if not settings.DEBUG:
            call_command("collectstatic", interactive=False, verbosity=0)
        self.sign_ins = demo_sign_ins()
        connections.close_all()
        with tether.hold(settings.DATA_DIR / f"port-{port}.lock"):
            return crew().run(once_started=self.greet)

    def greet(self) -> None:
        """Say where the portal is, as soon as it answers."""
        while not answers(self.address):
            time.sleep(0.2)
        lines = [
            "",
            f"The portal is at http://{self.address}",
            *self.sign_ins,
            "Ctrl-C stops it.",
            "",
        ]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()


def refuse_port_in_use(port: str) -> None:
    if not port.isdigit() or not 0 < int(port) < 65_536:
        stop(f"PORT is {port!r}. It must be a whole number from 1 to 65535.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, int(port)))
        except OSError as error:
            taken = error.errno == errno.EADDRINUSE
            why = "is taken" if taken else f"can't be used ({error.strerror})"
            stop(f"port {port} {why}. Choose another: make run PORT={int(port) % 65_535 + 1}")


def demo_sign_ins() -> list[str]:
    """Return the lines that tell how to sign in, for those demo people that exist."""
    names = dict(User.objects.filter(email__in=DEMO_PEOPLE).values_list("email", "name"))
    people = [f"  {email:<24}{names[email]}" for email in DEMO_PEOPLE if email in names]
    return ["Sign in as", *people, f"password {settings.DEMO_PASSWORD}"] if people else []


def crew() -> Crew:
    """Web and worker; with Redis, beat is a process of its own."""
    crew = Crew()
    crew.add("web", "-m", "gunicorn", "pmo_portal.wsgi")
    if settings.REDIS_URL:
        crew.add("worker", *CELERY, "worker", "--queues", "celery")
        crew.add("mailer", *CELERY, "worker", "--queues", "outbox", "--hostname", "mailer@%h")
        crew.add("beat", *CELERY, "beat")
    else:
        crew.add("worker", "manage.py", "worker")
    return crew


def answers(address: str) -> bool:
    asked = HTTPConnection(address, timeout=2)
    try:
        asked.request("GET", "/healthz")
        return asked.getresponse().status == HTTPStatus.OK
    except OSError:
        return False
    finally:
        asked.close()
