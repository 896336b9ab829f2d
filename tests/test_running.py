"""The portal as real processes: it starts with one command, works, and leaves nothing behind."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import uuid
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener, urlopen

import psycopg2
import pytest
from django.core.management import call_command

from pmo_portal.environment import BAD_SETTING, BASE_DIR

PATIENCE = 300  # seconds; for a machine that is busy
MARK = "STARTED_BY_TEST"
OWED = """
import time
from django.utils import timezone
from accounts.services import make_person
from notifications.models import OutboxMessage
from notifications.services import enqueue
person = make_person("ana@example.org", "Ana Silva", at=timezone.now())
enqueue("of_no_kind", to=person, about="a-test", key="a-test", at=timezone.now())
owed = OutboxMessage.objects.filter(kind="of_no_kind")
while owed.get().status == "due":
    time.sleep(0.1)
print(owed.get().status)
"""
SWEPT = """
import time
from audit.models import Heartbeat
while not Heartbeat.objects.filter(name="sweep").exists():
    time.sleep(0.1)
print("swept")
"""


class Portal:
    """`manage.py start` on a free port, and all processes that came of it."""

    def __init__(self, environment, *arguments):
        self.mark = uuid.uuid4().hex
        self.port = str(free_port())
        self.environment = environment | {MARK: self.mark}
        self.output = Path(environment["DATA_DIR"]) / f"{self.mark}.log"
        arguments = arguments or ("--port", self.port)
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "start", *arguments],
                cwd=BASE_DIR,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    @property
    def said(self):
        return self.output.read_text()

    def wait_for(self, words):
        deadline = time.monotonic() + PATIENCE
        while words not in self.said:
            assert self.process.poll() is None, self.said
            assert time.monotonic() < deadline, self.said
            time.sleep(0.05)

    def wait_until_it_answers(self):
        self.wait_for(f"The portal is at http://127.0.0.1:{self.port}\n")

    def get(self, path):
        return urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10)

    def ask(self, code):
        """Run code in Django's shell on the portal's database, and return what it prints."""
        command = [sys.executable, "manage.py", "shell", "--no-imports", "--command", code]
        return subprocess.run(
            command,
            cwd=BASE_DIR,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        ).stdout.strip()

    def processes(self):
        """Return the commands that run, by process id, of this start and all that it started."""
        mark = f"{MARK}={self.mark}".encode()
        return {pid: command for pid, command in all_processes(mark) if command}

    def end(self, number):
        """Send the signal, wait for the end, and return the exit code."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)

    def kill(self):
        for pid in self.processes():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()

    def wait_until_none_is_left(self):
        deadline = time.monotonic() + PATIENCE
        while left := self.processes():
            assert time.monotonic() < deadline, left
            time.sleep(0.05)


def all_processes(mark):
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (folder / "environ").read_bytes():
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                yield int(folder.name), command
        except OSError:
            continue  # it has ended meanwhile


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def own_database():
    """The address of a PostgreSQL database that only these tests use, or nothing on SQLite."""
    given = os.environ.get("DATABASE_URL", "")
    if not given.startswith("postgres"):
        yield given
        return
    name = f"running_{uuid.uuid4().hex[:8]}"
    server = given.rpartition("/")[0]
    connection = psycopg2.connect(f"{server}/postgres".replace("postgres://", "postgresql://"))
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
        yield f"{server}/{name}"
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
    connection.close()


@pytest.fixture(scope="module")
def environment(own_database, tmp_path_factory):
    """A data folder and database of these tests alone."""
    return os.environ | {
        "DATABASE_URL": own_database,
        "DATA_DIR": str(tmp_path_factory.mktemp("portal")),
        "DEMO_ALLOWED": "yes",
        "DEMO_PASSWORD": "walk right in",
        "SWEEP_INTERVAL": "1",
        "OUTBOX_INTERVAL": "1",
        "DJANGO_SETTINGS_MODULE": "pmo_portal.settings",
    }


@pytest.fixture(scope="module")
def portal(environment):
    """A portal that serves while the tests of this module run."""
    portal = Portal(environment)
    try:
        portal.wait_until_it_answers()
        yield portal
        portal.end(signal.SIGTERM)
        portal.wait_until_none_is_left()
    finally:
        portal.kill()


@pytest.fixture
def start(portal):
    """Return a function that starts one more portal on the same data; it is ended for sure."""
    started = []

    def start(*arguments):
        started.append(Portal(portal.environment, *arguments))
        return started[-1]

    yield start
    for one in started:
        one.kill()


def test_it_says_who_may_sign_in_and_they_can(portal):
    names = ("requester", "outsider", "analyst", "lead", "sponsor", "admin")
    assert [name for name in names if f"\n  {name}@demo.example " not in portal.said] == []
    assert "\npassword walk right in\n" in portal.said
    browser = build_opener(HTTPCookieProcessor())
    address = f"http://127.0.0.1:{portal.port}/sign-in/"
    page = browser.open(address).read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
    given = {"login": "analyst@demo.example", "password": "walk right in"}
    answer = browser.open(address, urlencode(given | {"csrfmiddlewaretoken": token}).encode())
    assert answer.url != address
    assert "Dana Reyes" in answer.read().decode()


def test_its_style_sheets_are_kept_by_browsers_for_good(portal):
    page = portal.get("/sign-in/").read().decode()
    sheets = re.findall(r'<link rel="stylesheet" href="([^"]+)"', page)
    assert sheets
    for sheet in sheets:
        answer = portal.get(sheet)
        assert answer.headers["Content-Type"].startswith("text/css")
        assert "immutable" in answer.headers["Cache-Control"]


def test_a_notice_that_is_owed_is_dealt_with_by_the_worker(portal):
    assert portal.ask(OWED) == "dead", portal.said


def test_the_clocks_are_swept_by_the_worker(portal):
    assert portal.ask(SWEPT) == "swept", portal.said


def test_a_taken_port_is_refused_with_another_to_choose(portal, start):
    second = start("--port", portal.port)
    assert second.process.wait(PATIENCE) == BAD_SETTING
    assert second.said == (
        f"PMO Front Door can't start: port {portal.port} is taken. "
        f"Choose another: make run PORT={int(portal.port) + 1}\n"
    )
    assert portal.get("/healthz").status == 200


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1"])
def test_a_port_that_is_none_is_refused(port, capsys):
    with pytest.raises(SystemExit) as stopped:
        call_command("start", port=port)
    assert stopped.value.code == BAD_SETTING
    assert "It must be a whole number from 1 to 65535." in capsys.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_asked_to_stop_it_ends_with_all_it_started(start, number):
    portal = start()
    portal.wait_until_it_answers()
    assert len(portal.processes()) > len(["start", "web", "worker"])
    assert portal.end(number) == 0
    assert portal.said.endswith("Stopped.\n")
    assert "Traceback" not in portal.said
    assert portal.processes() == {}


def test_killed_outright_it_still_leaves_no_process_behind(start):
    portal = start()
    portal.wait_until_it_answers()
    portal.end(signal.SIGKILL)
    portal.wait_until_none_is_left()


def test_stopped_while_it_prepares_it_ends_quietly(start):
    portal = start()
    portal.wait_for("Preparing the database")
    assert portal.end(signal.SIGINT) == 0
    assert "Traceback" not in portal.said
    portal.wait_until_none_is_left()


def test_when_a_process_dies_the_others_end_and_it_says_so(start):
    portal = start()
    portal.wait_until_it_answers()
    workers = [pid for pid, command in portal.processes().items() if " worker" in command]
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
    assert portal.process.wait(PATIENCE) == BAD_SETTING
    assert portal.said.endswith("one of its processes ended. The lines above say why.\n")
    portal.wait_until_none_is_left()


def test_the_embedded_worker_refuses_to_run_beside_redis(settings, capsys):
    settings.REDIS_URL = "redis://127.0.0.1:6379/0"
    with pytest.raises(SystemExit) as stopped:
        call_command("worker")
    assert stopped.value.code == BAD_SETTING
    assert "Run celery's own worker and beat" in capsys.readouterr().err
