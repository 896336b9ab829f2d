"""A real Celery worker over Redis, killed in the middle of a sweep: every event once."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from sla.models import Clock, ClockEvent
from tests.sla import sweeper
from tests.sla.services.test_concurrency import ROOT, environment

NUMBER = 1500
THRESHOLDS = 5
REDIS_URL = os.environ.get("REDIS_URL", "")


@pytest.fixture
def beside(transactional_db: None, tmp_path: Path) -> dict[str, str]:
    """The environment of a worker on the tests' own database, with a queue of its own."""
    database = settings.DATABASES["default"]
    host, port = database["HOST"] or "127.0.0.1", database["PORT"] or 5432
    user = f"{database['USER']}:{database['PASSWORD']}".rstrip(":")
    url = f"postgres://{user}@{host}:{port}/{database['NAME']}"
    return environment(DATABASE_URL=url, REDIS_URL=REDIS_URL, DATA_DIR=str(tmp_path))


class CeleryWorker:
    """One worker process that listens to a queue of this test."""

    def __init__(self, given: dict[str, str], queue: str) -> None:
        command = ["celery", "-A", "pmo_portal", "worker", "-Q", queue, "--pool", "solo"]
        self.process = subprocess.Popen(
            [sys.executable, "-m", *command, "--without-gossip", "--without-mingle"],
            cwd=ROOT,
            env=given | {"DJANGO_SETTINGS_MODULE": "pmo_portal.settings"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


def ring(given: dict[str, str], queue: str) -> None:
    """Ask for a sweep, as the beat does."""
    code = (
        "import django; django.setup(); from sla.tasks import sweep_clocks; "
        f"sweep_clocks.apply_async(queue={queue!r})"
    )
    subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=given | {"DJANGO_SETTINGS_MODULE": "pmo_portal.settings"},
        check=True,
        capture_output=True,
    )


def recorded() -> int:
    return ClockEvent.objects.count()


def wait_until(condition, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.postgresql
@pytest.mark.skipif(
    connection.vendor != "postgresql" or not REDIS_URL, reason="needs PostgreSQL and Redis"
)
def test_a_celery_worker_killed_mid_sweep_and_another_one_record_every_event_once(
    beside: dict[str, str],
) -> None:
    sweeper.populate(str(NUMBER))
    queue = f"test-{os.getpid()}"
    first = CeleryWorker(beside, queue)
    second = None
    try:
        ring(beside, queue)
        wait_until(lambda: recorded() > 0)
        first.kill()
        at_death = recorded()
        assert at_death < NUMBER * THRESHOLDS
        second = CeleryWorker(beside, queue)
        ring(beside, queue)
        wait_until(lambda: not Clock.objects.filter(fired__lt=THRESHOLDS).exists())
    finally:
        first.kill()
        if second is not None:
            second.kill()
    told = Counter(ClockEvent.objects.values_list("clock", "threshold_key"))
    assert len(told) == NUMBER * THRESHOLDS
    assert set(told.values()) == {1}
