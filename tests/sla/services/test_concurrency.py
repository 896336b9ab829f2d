"""Several processes at once, some of them killed: every threshold is recorded exactly once."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest
from django.conf import settings
from django.db import connection, transaction

from sla.models import Clock, ClockEvent
from sla.services import clocks, verify
from sla.services.sweep import Run, sweep
from tests.factories.sla import make_subject, make_target
from tests.sla import sweeper
from tests.sla.moments import june

ROOT = Path(__file__).resolve().parents[3]
NUMBER = 1500
AFTERNOON = june("01 15:30")
Environment = dict[str, str]
on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="needs rows that are locked one by one"
)


class Worker:
    """One sweeping process, held at the start until `go`."""

    def __init__(self, environment: Environment, act: str = "sweep") -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.sla.sweeper", act, AFTERNOON.isoformat()],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.hears() == "ready"

    def hears(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def go(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def finish(self) -> int:
        """Return the number of events that it says it recorded."""
        recorded = int(self.hears())
        self.process.wait(timeout=30)
        return recorded


@pytest.fixture
def workers() -> Iterator[list[Worker]]:
    """Processes started by a test; none outlives it."""
    started: list[Worker] = []
    yield started
    for worker in started:
        if worker.process.poll() is None:
            worker.kill()


def environment(**more: str) -> Environment:
    return {"PATH": os.environ["PATH"], "SECRET_KEY": "k" * 50, "LOG_LEVEL": "ERROR", **more}


# On PostgreSQL, in the database of the tests


@pytest.fixture
def beside(transactional_db: None, tmp_path: Path) -> Environment:
    """The environment of a process that works on the tests' own database."""
    database = settings.DATABASES["default"]
    host, port = database["HOST"] or "127.0.0.1", database["PORT"] or 5432
    user = f"{database['USER']}:{database['PASSWORD']}".rstrip(":")
    url = f"postgres://{user}@{host}:{port}/{database['NAME']}"
    return environment(DATABASE_URL=url, DATA_DIR=str(tmp_path))


def assert_recorded_once() -> None:
    """Both thresholds of every clock, each once, and columns that say so."""
    told = Counter(ClockEvent.objects.values_list("clock", "threshold_key"))
    assert len(told) == 2 * NUMBER
    assert set(told.values()) == {1}
    assert set(Clock.objects.values_list("fired", flat=True)) == {2}
    assert list(verify.differences(now=AFTERNOON)) == []


@pytest.mark.postgresql
@on_postgresql
def test_case_70_workers_at_once_record_each_threshold_once(
    beside: Environment, workers: list[Worker]
) -> None:
    sweeper.populate(str(NUMBER))
    workers += [Worker(beside) for _ in range(3)]
    for worker in workers:
        worker.go()
    assert sum(worker.finish() for worker in workers) == 2 * NUMBER
    assert_recorded_once()


@pytest.mark.postgresql
@on_postgresql
def test_case_71_a_worker_killed_before_its_commit_leaves_nothing_behind(
    beside: Environment, workers: list[Worker]
) -> None:
    sweeper.populate(str(NUMBER))
    workers.append(Worker(beside, "stall"))
    workers[0].go()
    assert workers[0].hears() == "inserted"
    # Another one passes the locked rows by, and finds the rest.
    assert sweep(now=AFTERNOON) == 2 * (NUMBER - 50)
    workers[0].kill()
    wait_for(lambda: sweep(now=AFTERNOON) == 100)
    assert_recorded_once()


@pytest.mark.postgresql
@on_postgresql
@pytest.mark.parametrize("seed", range(3))
def test_workers_killed_at_random_lose_and_double_nothing(
    beside: Environment, workers: list[Worker], seed: int
) -> None:
    random = Random(seed)
    sweeper.populate(str(NUMBER))
    workers += [Worker(beside) for _ in range(3)]
    for worker in workers:
        worker.go()
    for victim in workers[:2]:
        time.sleep(random.uniform(0.01, 0.15))
        victim.kill()
    workers[2].process.wait(timeout=30)
    wait_for(lambda: sweep(now=AFTERNOON) == 0 and not due())
    assert_recorded_once()


def due() -> bool:
    return Clock.objects.filter(next_event_at__lte=AFTERNOON).exists()


def wait_for(condition: Callable[[], bool], seconds: float = 15) -> None:
    """The server notices a killed process a moment later."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.postgresql
@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_case_75_a_stop_that_waits_for_the_sweep_is_not_made_late_by_it() -> None:
    with transaction.atomic():
        clock = clocks.start(make_subject(), "proposal", target=make_target(), at=june("01 09:00"))
    sweep(now=june("01 16:30"))
    stopping = threading.Thread(target=stop_at, args=(clock, "01 16:59:59"))
    with transaction.atomic():
        Run(june("01 17:00:01")).next_batch(10)
        stopping.start()
        wait_for(somebody_waits)
    stopping.join(timeout=10)
    clock.refresh_from_db()
    assert (clock.outcome, clock.breached_at) == ("met", None)
    assert ClockEvent.objects.get(kind="breach").superseded_at is not None


def stop_at(clock: Clock, moment: str) -> None:
    try:
        with transaction.atomic():
            clocks.stop(clock.subject, metrics=["proposal"], at=june(moment))
    finally:
        connection.close()


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


# On SQLite, in a file of its own


@pytest.fixture
def embedded(tmp_path: Path) -> Environment:
    """The environment of a process with an embedded database that holds due clocks."""
    found = environment(DATA_DIR=str(tmp_path))
    for command in (["manage.py", "migrate"], ["-m", "tests.sla.sweeper", "populate", str(NUMBER)]):
        subprocess.run(
            [sys.executable, *command], cwd=ROOT, env=found, check=True, capture_output=True
        )
    return found


@pytest.mark.skipif(connection.vendor != "sqlite", reason="once is enough")
def test_several_processes_on_the_embedded_database_one_of_them_killed(
    embedded: Environment, workers: list[Worker], tmp_path: Path
) -> None:
    workers += [Worker(embedded) for _ in range(3)]
    for worker in workers:
        worker.go()
    time.sleep(0.05)
    workers[0].kill()
    for worker in workers[1:]:
        worker.finish()
    workers.append(Worker(embedded))
    workers[-1].go()
    workers[-1].finish()
    with sqlite3.connect(tmp_path / "portal.sqlite3") as database:
        query = "SELECT clock_id, threshold_key, count(*) FROM sla_clockevent GROUP BY 1, 2"
        told = database.execute(query).fetchall()
    assert len(told) == 2 * NUMBER
    assert {count for _, _, count in told} == {1}
