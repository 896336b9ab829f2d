"""Sweeping: events a second beside the least that could do it, and what many open clocks cost."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median
from typing import Any

from bench import raw_sweep, report
from bench.goals import Goal, Judged
from bench.servers import PORTAL, ROOT, Site, ask

# Invented requests that nobody ends have a little more than one clock running each.
REQUESTS_FOR_A_CLOCK = 0.9
# Above it the clocks are copies of so many requests' clocks, which takes minutes, not hours.
MOST_INVENTED = 9_000
SHARE_DUE = 0.01
EMPTY_RUNS = 20
PATIENCE = 50
Told = dict[str, float]


@contextmanager
def sweeper(
    command: Sequence[str], environment: dict[str, str] | None
) -> Iterator[subprocess.Popen[str]]:
    """A process that sweeps when it is told the moment; ready once this is entered."""
    process = subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    process.stdout.readline()
    try:
        yield process
    finally:
        process.communicate()


@dataclass
class Side:
    """The portal or the raw tables, with so many clocks, and its sweepers."""

    name: str
    clocks: int
    database: str
    table: str
    command: list[str]
    environment: dict[str, str] | None = None
    sweepers: list[subprocess.Popen[str]] = field(default_factory=list)

    def start(self, stack: ExitStack, number: int = 2) -> None:
        started = [sweeper(self.command, self.environment) for _ in range(number)]
        self.sweepers = [stack.enter_context(one) for one in started]

    def sweep(self, moment: datetime, *, workers: int = 1) -> Told:
        """Let so many sweepers run at once; walls overlap, what they cost adds up."""
        chosen = self.sweepers[:workers]
        for one in chosen:
            print(moment.isoformat(), file=one.stdin, flush=True)
        told = [answer_of(one) for one in chosen]
        return {
            "events": sum(one["events"] for one in told),
            "wall": max(one["wall"] for one in told),
            "cpu": sum(one["cpu"] for one in told),
        }

    def moment_of(self, due: int) -> datetime:
        """When so many clocks more are due than at the last sweep."""
        sql = f"SELECT next_event_at FROM {self.table} WHERE next_event_at IS NOT NULL "
        rows = ask(self.database, f"{sql} ORDER BY next_event_at, id OFFSET %s LIMIT 1", due)
        if not rows:
            raise SystemExit(f"{self.name}: not enough clocks are waiting; take more or fewer due")
        moment: datetime = rows[0][0]
        return moment


def answer_of(sweeper: subprocess.Popen[str]) -> Told:
    assert sweeper.stdout is not None
    return dict(json.loads(sweeper.stdout.readline()))


def sweep(sizes: Sequence[int], rounds: int) -> str:
    """Measure every size beside raw tables of the same size; return the tables."""
    due = max(round(max(sizes) * SHARE_DUE), 20)
    # What costs are compared for between the sizes: as many as the smallest can give each time.
    same = min(due, _most_due(min(sizes), rounds))
    sites = [_site(size) for size in sizes]
    try:
        for site in sites:
            site.prepare()
        sides = {size: _sides(site, size) for site, size in zip(sites, sizes, strict=True)}
        with ExitStack() as stack:
            for pair in sides.values():
                for side in pair:
                    side.start(stack)
            figures = {
                size: _measure(pair, min(due, _most_due(size, rounds)), same, rounds)
                for size, pair in sides.items()
            }
        killed = _kill_one(sides[max(sizes)][0], due)
        return f"{_tables(figures, sides, due)}\n\n{killed}"
    finally:
        for site in sites:
            site.drop_copy()
        for size in sizes:
            ask("postgres", f'DROP DATABASE IF EXISTS "{_raw_name(size)}" WITH (FORCE)')


def _most_due(clocks: int, rounds: int) -> int:
    """How many may fall due at a time, for clocks to be left in every round."""
    return max(clocks // (4 * rounds + 4), 1)


def _site(size: int) -> Site:
    requests = max(round(size * REQUESTS_FOR_A_CLOCK), 100)
    times = max(round(requests / MOST_INVENTED), 1)
    return Site(PORTAL, requests // times, open_share=1.0, times=times)


def _kill_one(side: Side, due: int) -> str:
    """Two sweepers at once, one killed midway, and another one started: nothing twice or missing.

    A doubled event is impossible where the index stands; what could be missing is counted.
    """
    with ExitStack() as stack:
        side.start(stack, 3)
        moment = side.moment_of(due)
        before = _events(side)
        for one in side.sweepers[:2]:
            print(moment.isoformat(), file=one.stdin, flush=True)
        time.sleep(0.2)
        side.sweepers[0].kill()
        told = [answer_of(one) for one in side.sweepers[1:2]]
        side.sweepers = side.sweepers[2:]
        # The server notices a killed process a moment later, and lets its rows go.
        for _ in range(PATIENCE):
            told.append(side.sweep(moment))
            if not _left(side, moment):
                break
            time.sleep(0.1)
    found, doubled = _events(side) - before, _doubled(side)
    words = f"{found:,} events, {doubled} twice, {_left(side, moment)} missing"
    return f"Goal 13: two sweepers, one killed midway, another started: {words}."


def _events(side: Side) -> int:
    return int(ask(side.database, "SELECT count(*) FROM sla_clockevent")[0][0])


def _doubled(side: Side) -> int:
    live = "SELECT 1 FROM sla_clockevent WHERE superseded_at IS NULL"
    groups = f"{live} GROUP BY clock_id, cycle, threshold_key HAVING count(*) > 1"
    return int(ask(side.database, f"SELECT count(*) FROM ({groups}) AS doubled")[0][0])


def _left(side: Side, moment: datetime) -> int:
    sql = f"SELECT count(*) FROM {side.table} WHERE next_event_at < %s"
    return int(ask(side.database, sql, moment)[0][0])


def _raw_name(size: int) -> str:
    return f"bench_raw_{size}"


def _sides(site: Site, size: int) -> tuple[Side, Side]:
    [[clocks]] = ask(site.database, "SELECT count(*) FROM sla_clock WHERE state = 'running'")
    command = ["bench.inside_sweep"]
    portal = Side("portal", clocks, site.database, "sla_clock", command, site.environment)
    raw_sweep.make(_raw_name(size), clocks)
    command = ["bench.raw_sweep", _raw_name(size)]
    return portal, Side("raw", clocks, _raw_name(size), "raw_clock", command)


def _measure(
    pair: tuple[Side, Side], due: int, same: int, rounds: int
) -> dict[str, dict[str, Told]]:
    """Both sides turn by turn: one sweeper, two, the number due at every size, and nothing due."""
    told: dict[str, dict[str, list[Told]]] = {
        side.name: {"one": [], "two": [], "same": [], "empty": []} for side in pair
    }
    for side in pair:
        side.sweep(side.moment_of(due // 4))
    for _ in range(rounds):
        for side in pair:
            told[side.name]["one"].append(side.sweep(side.moment_of(due)))
            told[side.name]["two"].append(side.sweep(side.moment_of(due), workers=2))
            told[side.name]["same"].append(side.sweep(side.moment_of(same)))
    for side in pair:
        # What the rounds left behind in a minute; the server clears it away by itself.
        ask(side.database, "VACUUM")
        moment = side.moment_of(0)
        side.sweep(moment)
        told[side.name]["empty"] += [side.sweep(moment) for _ in range(EMPTY_RUNS)]
    return {
        name: {kind: _middle(runs) for kind, runs in kinds.items()} for name, kinds in told.items()
    }


def _middle(runs: Sequence[Told]) -> Told:
    """Medians of the runs; cost and rate are for an event where there were any."""
    rates = [one["events"] / one["wall"] for one in runs]
    costs = [one["cpu"] * 1000 / max(one["events"], 1) for one in runs]
    return {
        "events": median(one["events"] for one in runs),
        "wall": median(one["wall"] * 1000 for one in runs),
        "rate": median(rates),
        "cpu": median(costs),
    }


def _tables(
    figures: Mapping[int, dict[str, dict[str, Told]]], sides: Mapping[int, Any], due: int
) -> str:
    rows = [
        [name, f"{sides[size][0].clocks:,}", kind, *_cells(told)]
        for size, by_name in figures.items()
        for name, kinds in by_name.items()
        for kind, told in kinds.items()
    ]
    heads = ("side", "running clocks", "sweepers", "events", "ms", "events/s", "CPU ms an event")
    return "\n\n".join(
        [
            report.goals_table(judge(figures)),
            f"About {due:,} clocks due.",
            report.table(heads, rows),
        ]
    )


def _cells(told: Told) -> list[str]:
    parts = (told["events"], told["wall"], told["rate"], told["cpu"])
    return [f"{part:,.2f}" if part < 100 else f"{part:,.0f}" for part in parts]


def judge(figures: Mapping[int, dict[str, dict[str, Told]]]) -> list[Judged]:
    """Goals 10, 11, 12, 14 and 16, at the larger size."""
    small, large = figures[min(figures)], figures[max(figures)]
    one, two = large["portal"]["one"], large["portal"]["two"]
    empty = large["portal"]["empty"]["wall"]
    found = [
        _judged(
            "10",
            "events/s / raw rows through Python",
            0.2,
            0.4,
            one["rate"] / large["raw"]["one"]["rate"],
            at_least=True,
        ),
        _judged("12", "ms with nothing due", 10, 3, empty),
        _judged(
            "14", "two sweepers / one, events/s", 1.0, 1.3, two["rate"] / one["rate"], at_least=True
        ),
    ]
    # A clock waits for the next beat, and then for what falls due within one interval.
    within = max(figures) * SHARE_DUE / 2 / one["rate"]
    found.append(_judged("16", "s beyond the interval, 1 % due within a minute", 2, 0.5, within))
    if len(figures) > 1:
        growth = large["portal"]["same"]["cpu"] / small["portal"]["same"]["cpu"]
        found.insert(1, _judged("11", "CPU an event, large / small", 1.2, 1.1, growth))
        still = empty / small["portal"]["empty"]["wall"]
        found.insert(3, _judged("12", "nothing due, large / small", 1.5, 1.5, still))
    return found


def _judged(
    number: str, words: str, must: float, want: float, value: float, *, at_least: bool = False
) -> Judged:
    def given(*_: object) -> float:
        return value

    return Judged(Goal(number, words, must, want, given, at_least), value)
