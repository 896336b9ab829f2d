"""Processor time of a site: its server's processes and its database connections."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from bench.servers import Site, ask

PROC = Path("/proc")
NANOSECONDS = 1e9


def of_processes(pids: Iterable[int]) -> dict[int, float]:
    """Seconds of processor time that each process has used; those that are gone are left out."""
    used = {pid: _used(pid) for pid in pids}
    return {pid: seconds for pid, seconds in used.items() if seconds is not None}


def _used(pid: int) -> float | None:
    """The time of all its threads, which the scheduler keeps to the nanosecond."""
    try:
        tasks = list((PROC / str(pid) / "task").iterdir())
        texts = [(task / "schedstat").read_text() for task in tasks]
    except OSError:
        return None
    return sum(int(text.split()[0]) for text in texts) / NANOSECONDS


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
