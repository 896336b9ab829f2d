"""The least that a sweep can do: rows through Python between bare tables, in batches.

Run as `python -m bench.raw_sweep DATABASE`; the same lines in and out as `inside_sweep`.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import datetime, timedelta
from typing import Any

from psycopg2.extras import execute_values

from bench.cpu import of_processes
from bench.servers import ask, connect

BATCH = 200
STEP = timedelta(days=400)
MAKE = """
    CREATE TABLE raw_clock (id bigserial PRIMARY KEY, state text NOT NULL, subject bigint NOT NULL,
        target_seconds int NOT NULL, fired int NOT NULL, next_event_at timestamptz);
    CREATE TABLE raw_event (id bigserial PRIMARY KEY, clock_id bigint NOT NULL, cycle int NOT NULL,
        threshold text NOT NULL, due_at timestamptz NOT NULL, UNIQUE (clock_id, cycle, threshold));
    CREATE TABLE raw_notice (id bigserial PRIMARY KEY, key text NOT NULL UNIQUE,
        event text NOT NULL);
    INSERT INTO raw_clock (state, subject, target_seconds, fired, next_event_at)
        SELECT 'running', n, 28800, 0, timestamptz '2030-01-01' + n * interval '1 second'
        FROM generate_series(1, %s) n;
    CREATE INDEX raw_next ON raw_clock (next_event_at, id) WHERE next_event_at IS NOT NULL;
"""
CLAIM = """
    SELECT id, fired, next_event_at FROM raw_clock WHERE next_event_at <= %s
    ORDER BY next_event_at, id LIMIT %s FOR UPDATE SKIP LOCKED
"""
EVENTS = """
    INSERT INTO raw_event (clock_id, cycle, threshold, due_at) VALUES %s ON CONFLICT DO NOTHING
"""
NOTICES = "INSERT INTO raw_notice (key, event) VALUES %s ON CONFLICT DO NOTHING"
MOVE = """
    UPDATE raw_clock SET next_event_at = v.next, fired = v.fired
    FROM (VALUES %s) AS v (id, next, fired) WHERE raw_clock.id = v.id
"""


def make(database: str, clocks: int) -> None:
    """A database with so many running clocks, made anew."""
    ask("postgres", f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
    ask("postgres", f'CREATE DATABASE "{database}"')
    ask(database, MAKE, clocks)
    ask(database, "VACUUM (ANALYZE)")


def sweep(connection: Any, now: datetime) -> int:
    events = 0
    while found := _batch(connection, now):
        events += found
        if found < BATCH:
            break
    return events


def _batch(connection: Any, now: datetime) -> int:
    with connection, connection.cursor() as cursor:
        cursor.execute(CLAIM, [now, BATCH])
        due = cursor.fetchall()
        if due:
            keys = [f"threshold-{fired}" for _, fired, _ in due]
            rows = [(pk, 1, key, at) for (pk, _, at), key in zip(due, keys, strict=True)]
            execute_values(cursor, EVENTS, rows, page_size=BATCH)
            notices = [(f"{pk}:1:{key}", key) for (pk, _, _), key in zip(due, keys, strict=True)]
            execute_values(cursor, NOTICES, notices, page_size=BATCH)
            moved = [(pk, at + STEP, fired + 1) for pk, fired, at in due]
            execute_values(cursor, MOVE, moved, page_size=BATCH)
        return len(due)


def main() -> None:
    connection = connect(sys.argv[1])
    connection.autocommit = False
    backend = connection.get_backend_pid()
    print("ready", flush=True)
    for line in sys.stdin:
        moment = datetime.fromisoformat(line.strip())
        own, of_database = time.process_time(), of_processes([backend])[backend]
        begun = time.perf_counter()
        events = sweep(connection, moment)
        told = {
            "events": events,
            "wall": time.perf_counter() - begun,
            "cpu": time.process_time() - own + of_processes([backend])[backend] - of_database,
        }
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
