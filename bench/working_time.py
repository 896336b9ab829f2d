"""Working time by itself: microseconds a call, beside the least that could do it.

A week of five windows with eight holidays; three months and ten years. The least is two bisections
on sorted lists that are there already. Public libraries are measured beside them where
BENCH_LIBRARIES names a Python that has workclock or worktimecalc; they are never installed here.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from bisect import bisect_right
from collections.abc import Callable
from datetime import UTC, datetime
from statistics import median
from typing import Any

from bench import report
from bench.goals import Goal, Judged
from bench.servers import ROOT
from sla.business_time import (
    WorkingCalendar,
    add_working_time,
    to_moment,
    working_spans,
    working_time_between,
)
from sla.calendar_document import compile_calendar

HOLIDAYS = (
    "2025-04-18",
    "2025-04-21",
    "2025-05-01",
    "2025-05-29",
    "2025-06-09",
    "2025-10-03",
    "2025-12-25",
    "2025-12-26",
)
WEEK = {
    "timezone": "Europe/Berlin",
    "weekly": {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")},
    "exceptions": [{"date": day, "name": "Holiday", "windows": []} for day in HOLIDAYS],
}
START = datetime(2025, 3, 17, 9, 13, 20, tzinfo=UTC)
SPANS = {
    "three months": datetime(2025, 6, 17, 13, 26, 40, tzinfo=UTC),
    "ten years": datetime(2035, 3, 17, 13, 26, 40, tzinfo=UTC),
}
LIMITS = {"three months": 20.0, "ten years": 1000.0}
ROUNDS, CALLS = 60, 200
Times = dict[str, float]


def working_time() -> str:
    """Measure, and return the tables."""
    week = compile_calendar(WEEK)
    found = {name: _of_span(week, end) for name, end in SPANS.items()}
    rows = [
        [name, what, *(f"{times[part]:.2f}" for part in ("median", "p95"))]
        for name, told in found.items()
        for what, times in told.items()
    ]
    rows += _libraries()
    heads = ("span", "what", "median µs", "p95 µs")
    three = found["three months"]
    times = three["between"]["median"] / three["least"]["median"]
    words = f"Over three months `between` takes {times:.1f} times the least."
    return "\n\n".join([report.goals_table(judge(found)), words, report.table(heads, rows)])


def judge(found: dict[str, dict[str, Times]]) -> list[Judged]:
    """Each call against its budget."""
    return [
        _judged(f"µs to {what}, {name}", limit, found[name][what]["median"])
        for name, limit in LIMITS.items()
        for what in ("between", "add")
    ]


def _judged(words: str, limit: float, value: float) -> Judged:
    return Judged(Goal("time", words, limit, limit, lambda *_: value), value)


def _of_span(week: WorkingCalendar, end: datetime) -> dict[str, Times]:
    amount = working_time_between(week, START, end)
    least = _least(week, end)
    return {
        "between": timed(lambda: working_time_between(week, START, end)),
        "add": timed(lambda: add_working_time(week, START, amount)),
        "least": timed(least),
    }


def _least(week: WorkingCalendar, end: datetime) -> Callable[[], int]:
    """Two bisections on lists of openings and totals, in whole microseconds."""
    opens, closes, totals, total = [], [], [], 0
    for opening, closing in working_spans(week, START, end):
        opens.append(to_moment(opening))
        closes.append(to_moment(closing))
        totals.append(total)
        total += to_moment(closing) - to_moment(opening)
    first, last = to_moment(START), to_moment(end)

    def count() -> int:
        early, late = bisect_right(opens, first) - 1, bisect_right(opens, last) - 1
        ends = totals[late] + min(last, closes[late]) - opens[late]
        return ends - totals[early] - min(first, closes[early]) + opens[early]

    return count


def timed(call: Callable[[], Any]) -> Times:
    """Microseconds a call: the median and the 95th percentile of rounds."""
    call()
    taken = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        for _ in range(CALLS):
            call()
        taken.append((time.perf_counter() - begun) / CALLS * 1e6)
    taken.sort()
    return {"median": median(taken), "p95": taken[-(-len(taken) * 95 // 100) - 1]}


def _libraries() -> list[list[str]]:
    """What the libraries take for three months, told by a Python that has them."""
    python = os.environ.get("BENCH_LIBRARIES", "")
    if not python:
        return []
    order = {"start": START.isoformat(), "end": SPANS["three months"].isoformat()}
    order |= {"holidays": HOLIDAYS, "rounds": ROUNDS, "calls": CALLS}  # type: ignore[dict-item]
    done = subprocess.run(
        [python, str(ROOT / "bench" / "libraries.py")],
        input=json.dumps(order),
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise SystemExit(f"{python} could not measure the libraries:\n{done.stderr}")
    return [
        ["three months", words, f"{middle:.2f}", f"{most:.2f}"]
        for words, middle, most in json.loads(done.stdout)
    ]
