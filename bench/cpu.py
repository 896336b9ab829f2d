"""Processor time of a site: its server's processes and its database connections."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from bench.servers import Site, ask

TICKS = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")


def of_processes(pids: Iterable[int]) -> dict[int, float]:
    """Seconds of processor time that each process has used; those that are gone are left out."""
    used = {}
    for pid in pids:
        try:
            stat = (PROC / str(pid) / "stat").read_text()
        except OSError:
            continue
        # The name may hold blanks; what follows it does not.
        fields = stat.rpartition(")")[2].split()
        used[pid] = (int(fields[11]) + int(fields[12])) / TICKS
    return used


def children(pid: int) -> list[int]:
    """The processes that a process has started, itself included."""
    path = PROC / str(pid) / "task" / str(pid) / "children"
    return [pid, *(int(child) for child in path.read_text().split())]


def backends(database: str) -> list[int]:
    rows = ask("postgres", "SELECT pid FROM pg_stat_activity WHERE datname = %s", database)
    return [row[0] for row in rows]


class Meter:
    """Processor seconds of a site from `start` on, its application and its database apart."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._before: dict[str, dict[int, float]] = {}

    def start(self) -> None:
        self._before = self._read()

    def stop(self) -> tuple[float, float]:
        after = self._read()
        return self._spent("application", after), self._spent("database", after)

    def _spent(self, part: str, after: dict[str, dict[int, float]]) -> float:
        before = self._before[part]
        return sum(used - before.get(pid, 0.0) for pid, used in after[part].items())

    def _read(self) -> dict[str, dict[int, float]]:
        process = self.site.process
        pids = children(process.pid) if process else []
        return {
            "application": of_processes(pids),
            "database": of_processes(backends(self.site.database)),
        }
