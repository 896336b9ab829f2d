"""A backup taken with data in it is brought back elsewhere, whole, by two commands."""

import os
import subprocess
import sys
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from pmo_portal.environment import BASE_DIR

FILL = """
from io import BytesIO
from django.utils import timezone
from accounts.services import make_person
from intake.models import Attachment
from intake.uploads import store
from notifications.services import enqueue
from tests.factories.intake import make_work
at = timezone.now()
ana = make_person("ana@example.org", "Ana Silva", at=at)
work = make_work(ana, at)
kept = store.write(BytesIO(b"a plan"))
Attachment.objects.create(work=work, uploader=ana, name="plan.txt", size=6, created_at=at,
    content_type="text/plain", sha256=kept.sha256, stored_name=kept.stored_name)
"""
LOOK = """
from audit.models import Entry
from intake.models import Attachment, WorkRequest
from intake.uploads import store
from notifications.models import OutboxMessage
from sla.models import Clock
work = WorkRequest.objects.get()
file = store.open_file(Attachment.objects.get().stored_name).read().decode()
owed = sorted(OutboxMessage.objects.values_list("key", "status"))
print(work.reference, work.title, file, owed, Clock.objects.count(), Entry.objects.count())
"""


class Elsewhere:
    """A database and a folder of their own, used by `manage.py` as a process."""

    def __init__(self, folder, name):
        folder.mkdir()
        self.environment = {
            name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ
        }
        self.environment |= {
            "DATA_DIR": str(folder),
            "SECRET_KEY": "only-for-the-test-of-backups-0123456789-abcdefghij",
            "BASE_URL": "http://127.0.0.1",
            "ENV_FILE": os.devnull,
            "DJANGO_SETTINGS_MODULE": "pmo_portal.settings",
        }
        self.name = ""
        if connection.vendor == "postgresql":
            self.name = name
            parts = urlsplit(os.environ["DATABASE_URL"])
            self.environment["DATABASE_URL"] = urlunsplit(parts._replace(path=f"/{name}"))
            self._ask(f'CREATE DATABASE "{name}"')

    def run(self, *arguments):
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=BASE_DIR,
            env=self.environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout.strip()

    def drop(self):
        if self.name:
            self._ask(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')

    def _ask(self, sql):
        parts = urlsplit(os.environ["DATABASE_URL"])
        there = psycopg2.connect(urlunsplit(parts._replace(path="/postgres")))
        there.autocommit = True
        with there.cursor() as cursor:
            cursor.execute(sql)
        there.close()


@pytest.fixture
def two_places(tmp_path):
    mark = f"{os.getpid()}_{tmp_path.name[-6:]}"
    places = [Elsewhere(tmp_path / name, f"backup_{name}_{mark}") for name in ("here", "there")]
    yield places
    for place in places:
        place.drop()


def test_what_was_backed_up_is_there_again_and_duties_go_on(two_places, tmp_path):
    here, there = two_places
    target = tmp_path / "portal.tar.gz"
    here.run("migrate", "-v0")
    here.run("shell", "--no-imports", "-c", FILL)
    before = here.run("shell", "--no-imports", "-c", LOOK)
    assert "Supplier delays" in before
    assert "a plan" in before
    assert "'due'" in before
    assert "bytes." in here.run("backup", str(target))
    assert target.stat().st_mode & 0o077 == 0
    # Into an empty place: nothing has to be prepared there.
    assert "Back to" in there.run("restore", str(target))
    assert there.run("shell", "--no-imports", "-c", LOOK) == before


@pytest.mark.django_db
def test_nothing_is_thrown_away_unasked(work, tmp_path):
    with pytest.raises(CommandError, match="--replace throws them away"):
        call_command("restore", str(tmp_path / "portal.tar.gz"))


@pytest.mark.django_db
def test_what_is_no_backup_says_so(tmp_path):
    other = tmp_path / "other.tar.gz"
    other.write_bytes(b"no archive")
    with pytest.raises(CommandError, match="is no backup of this portal"):
        call_command("restore", str(other))
    with pytest.raises(CommandError, match="is there already"):
        call_command("backup", str(other))
    with pytest.raises(CommandError, match="no folder"):
        call_command("backup", str(tmp_path / "no" / "x.tar.gz"))
