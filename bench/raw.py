"""Raw SQL below it all: the limit's queue and submission without any Django, on one connection."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from typing import Any

from bench.cpu import of_processes
from bench.rounds import percentile
from bench.servers import connect

PAGE = 50
QUEUE = """
    SELECT a.id, a.title, r.username, d.name, p.username, t.name, a.received_at, c.due_at
    FROM limit_ask a
    JOIN auth_user r ON r.id = a.requester_id
    JOIN limit_department d ON d.id = a.department_id
    JOIN limit_clock c ON c.ask_id = a.id
    LEFT JOIN auth_user p ON p.id = a.analyst_id
    LEFT JOIN limit_tier t ON t.id = a.tier_id
    WHERE a.state = 'open' ORDER BY a.queue_at, a.id LIMIT %s
"""
SUBMIT = """
    WITH ask AS (
        INSERT INTO limit_ask (title, text, state, requester_id, department_id, received_at,
                               queue_at)
        VALUES ('Late', 'Late', 'open', 1, 1, now(), now() + interval '1 day') RETURNING id
    ), clock AS (
        INSERT INTO limit_clock (ask_id, due_at, next_event_at)
        SELECT id, now() + interval '1 day', now() + interval '1 day' FROM ask
    )
    INSERT INTO limit_notice (key, to_id, created_at) SELECT 'raw:' || id, 1, now() FROM ask
"""


def measure(database: str, *, total: int) -> dict[str, dict[str, float]]:
    """Milliseconds and the database's processor time of each, one after the other."""
    connection = connect(database)
    with connection.cursor() as cursor:

        def queue() -> None:
            cursor.execute(QUEUE, [PAGE])
            cursor.fetchall()

        def submit() -> None:
            cursor.execute(SUBMIT)

        pid = connection.get_backend_pid()
        return {"queue": _timed(queue, pid, total), "submit": _timed(submit, pid, total)}


def _timed(act: Callable[[], Any], pid: int, total: int) -> dict[str, float]:
    act()
    waits = []
    used = of_processes([pid])[pid]
    for _ in range(total):
        begun = time.perf_counter()
        act()
        waits.append((time.perf_counter() - begun) * 1000)
    cpu = (of_processes([pid])[pid] - used) * 1000 / total
    return {"wait": median(waits), "p95": percentile(waits, 0.95), "cpu": cpu}
