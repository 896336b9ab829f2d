"""The embedded default: what goal 17 asks of SQLite, which has one writer at a time."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from bench import report
from bench.goals import MOST_QUERIES, Goal, Judged
from bench.servers import PORTAL, Site
from bench.sweep import Told, answer_of, sweeper

BATCH = 200
DRAFTS = 2
MAKE = """
    CREATE TABLE raw_clock (id INTEGER PRIMARY KEY, fired INT NOT NULL, next_event_at TEXT);
    CREATE TABLE raw_event (id INTEGER PRIMARY KEY, clock_id INT NOT NULL, cycle INT NOT NULL,
        threshold TEXT NOT NULL, due_at TEXT NOT NULL, UNIQUE (clock_id, cycle, threshold));
    CREATE TABLE raw_notice (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, event TEXT NOT NULL);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
    INSERT INTO raw_clock (fired, next_event_at)
        SELECT 0, datetime('2030-01-01', '+' || i || ' seconds') FROM n;
    CREATE INDEX raw_next ON raw_clock (next_event_at, id) WHERE next_event_at IS NOT NULL;
"""
DUE = """
    SELECT id, fired, next_event_at FROM raw_clock WHERE next_event_at <= ?
    ORDER BY next_event_at, id LIMIT ?
"""
EVENTS = "INSERT OR IGNORE INTO raw_event (clock_id, cycle, threshold, due_at) VALUES (?, 1, ?, ?)"
NOTICES = "INSERT OR IGNORE INTO raw_notice (key, event) VALUES (?, ?)"
MOVE = "UPDATE raw_clock SET fired = ?, next_event_at = NULL WHERE id = ?"


@dataclass
class Embedded(Site):
    """The portal on a SQLite file of its own."""

    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="pmo-bench-")))

    @property
    def environment(self) -> dict[str, str]:
        usual = super().environment
        del usual["DATABASE_URL"], usual["REDIS_URL"]
        return usual | {"DATA_DIR": str(self.folder)}

    def prepare(self) -> None:
        self.run("django", "migrate", "-v0")
        self.run("django", "createcachetable")
        self._fill()

    def _fill(self) -> None:
        options = [f"--requests={self.requests}", f"--open-share={self.open_share}"]
        self.run("django", "load_volume", *options, show=True)

    def ask(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with sqlite3.connect(self.folder / "portal.sqlite3", timeout=60) as connection:
            return connection.execute(sql, values).fetchall()

    def moment_of(self, due: int) -> datetime:
        """When so many clocks are due."""
        waiting = "SELECT next_event_at FROM sla_clock WHERE next_event_at IS NOT NULL"
        [[found]] = self.ask(f"{waiting} ORDER BY next_event_at, id LIMIT 1 OFFSET ?", due)
        return datetime.fromisoformat(found).replace(tzinfo=UTC)

    def sweeper(self) -> AbstractContextManager[subprocess.Popen[str]]:
        return sweeper(["bench.inside_sweep"], self.environment)


def embedded(requests: int, rounds: int) -> str:
    """Measure queries, sweeping beside raw SQLite, and two sweepers of which one is killed."""
    site = Embedded(PORTAL, requests, open_share=1.0)
    try:
        site.prepare()
        queries = site.look("bench.inside_portal", drafts=DRAFTS)["queries"]
        due = max(requests // (2 * rounds + 4), 20)
        portal, raw = _portal_rates(site, due, rounds), _raw_rates(site.folder, due, rounds)
        killed = _kill_one(site, due)
    finally:
        shutil.rmtree(site.folder, ignore_errors=True)
    rows = [
        ["portal", f"{due:,}", f"{median(portal):,.0f}"],
        ["raw SQLite", f"{due:,}", f"{median(raw):,.0f}"],
    ]
    return "\n\n".join(
        [
            report.goals_table(_judge(queries, median(portal) / median(raw))),
            report.table(("side", "due at a time", "events/s"), rows),
            killed,
        ]
    )


def _portal_rates(site: Embedded, due: int, rounds: int) -> list[float]:
    with site.sweeper() as process:
        _sweep(process, site.moment_of(20))
        told = [_sweep(process, site.moment_of(due)) for _ in range(rounds)]
    return [one["events"] / one["wall"] for one in told]


def _sweep(process: subprocess.Popen[str], moment: datetime) -> Told:
    print(moment.isoformat(), file=process.stdin, flush=True)
    return answer_of(process)


def _raw_rates(folder: Path, due: int, rounds: int) -> list[float]:
    connection = sqlite3.connect(folder / "raw.sqlite3", isolation_level=None)
    connection.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; {MAKE}")
    rates = []
    for _ in range(rounds):
        waiting = "SELECT next_event_at FROM raw_clock WHERE next_event_at IS NOT NULL ORDER BY 1"
        [moment] = connection.execute(f"{waiting} LIMIT 1 OFFSET ?", [due]).fetchone()
        begun, events = time.perf_counter(), 0
        while found := _raw_batch(connection, moment):
            events += found
        rates.append(events / (time.perf_counter() - begun))
    connection.close()
    return rates


def _raw_batch(connection: sqlite3.Connection, moment: str) -> int:
    connection.execute("BEGIN IMMEDIATE")
    due = connection.execute(DUE, [moment, BATCH]).fetchall()
    connection.executemany(EVENTS, [(pk, f"threshold-{fired}", at) for pk, fired, at in due])
    connection.executemany(NOTICES, [(f"{pk}:1:{fired}", str(fired)) for pk, fired, _ in due])
    connection.executemany(MOVE, [(fired + 1, pk) for pk, fired, _ in due])
    connection.execute("COMMIT")
    return len(due)


def _kill_one(site: Embedded, due: int) -> str:
    """Two sweepers at once, one killed midway, and a third: nothing twice, nothing missing."""
    moment = site.moment_of(due)
    [[before]] = site.ask("SELECT count(*) FROM sla_clockevent")
    with site.sweeper() as first, site.sweeper() as second, site.sweeper() as third:
        for process in (first, second):
            print(moment.isoformat(), file=process.stdin, flush=True)
        time.sleep(0.05)
        first.kill()
        answer_of(second)
        _sweep(third, moment)
    [[after]] = site.ask("SELECT count(*) FROM sla_clockevent")
    [[twice]] = site.ask(
        "SELECT count(*) FROM (SELECT 1 FROM sla_clockevent WHERE superseded_at IS NULL"
        " GROUP BY clock_id, cycle, threshold_key HAVING count(*) > 1)"
    )
    late = moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ")
    [[missing]] = site.ask("SELECT count(*) FROM sla_clock WHERE next_event_at < ?", late)
    words = f"{after - before:,} events, {twice} twice, {missing} missing"
    return f"Goal 13 on SQLite: two sweepers, one killed midway, another started: {words}."


def _judge(queries: dict[str, int], ratio: float) -> Sequence[Judged]:
    def given(*_: object) -> float:
        return 0.0

    counted = [
        Judged(Goal("17", f"queries: {page}", *MOST_QUERIES[page], given), queries[page])
        for page in MOST_QUERIES
        if page in queries
    ]
    swept = Goal("17", "events/s / raw SQLite through Python", 0.02, 0.02, given, True)
    return [*counted, Judged(swept, ratio)]
