"""What public libraries take for the same span. Runs in a Python of its own that has them.

Reads the order as JSON on standard input; writes rows of (words, median µs, p95 µs).
"""

import json
import sys
import time
from datetime import date, datetime
from datetime import time as wall
from zoneinfo import ZoneInfo

order = json.load(sys.stdin)
START, END = (datetime.fromisoformat(order[name]) for name in ("start", "end"))
DAYS = [date.fromisoformat(day) for day in order["holidays"]]
ZONE = ZoneInfo("Europe/Berlin")


def timed(call):
    call()
    taken = []
    for _ in range(order["rounds"]):
        begun = time.perf_counter()
        for _ in range(order["calls"]):
            call()
        taken.append((time.perf_counter() - begun) / order["calls"] * 1e6)
    taken.sort()
    return taken[len(taken) // 2], taken[-(-len(taken) * 95 // 100) - 1]


def workclock_rows():
    from workclock import Holidays, Schedule, WorkDay

    rules = [WorkDay(wall(9), wall(17), range(5)), Holidays(DAYS)]
    week = Schedule(rules, time_zone="Europe/Berlin")
    amount = week.between(START, END)
    yield ("workclock: between", *timed(lambda: week.between(START, END)))
    yield ("workclock: add", *timed(lambda: week.add(START, amount)))


def worktimecalc_rows():
    from worktimecalc.calc import WorkTimeCalculator

    count = WorkTimeCalculator(wall(9), wall(17), "1111100", DAYS)
    # It knows no zones: wall times.
    start, end = (moment.astimezone(ZONE).replace(tzinfo=None) for moment in (START, END))
    yield ("worktimecalc: between", *timed(lambda: count(start, end)))


rows = []
for measure in (workclock_rows, worktimecalc_rows):
    try:
        rows += measure()
    except ImportError:
        continue
json.dump(rows, sys.stdout)
