"""Rounds of load, turn by turn, so that what disturbs the machine disturbs every site alike."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median

from bench.cpu import Meter
from bench.servers import ROOT, Site

FORM = "application/x-www-form-urlencoded"


@dataclass
class Page:
    """What is asked for again and again on one site; a POST uses each path once."""

    name: str
    site: Site
    paths: list[str]
    cookies: dict[str, str]
    expects: int = 200
    clients: int = 8
    body: str = ""
    # The part of the page that htmx asks for; empty for the whole page.
    part: str = ""
    used: int = 0

    @property
    def method(self) -> str:
        return "POST" if self.body else "GET"

    def order(self, total: int) -> dict[str, object]:
        headers = {"Cookie": "; ".join(f"{key}={value}" for key, value in self.cookies.items())}
        if self.part:
            headers |= {"HX-Request": "true", "HX-Target": self.part}
        if self.body:
            token = self.cookies.get("csrftoken", "")
            headers |= {"Content-Type": FORM, "X-CSRFToken": token}
        return {
            "port": self.site.port,
            "method": self.method,
            "paths": self._next_paths(total),
            "headers": headers,
            "body": self.body or None,
            "clients": self.clients,
            "total": total,
        }

    def _next_paths(self, total: int) -> list[str]:
        if self.method == "GET" or len(self.paths) == 1:
            return self.paths
        if self.used + total > len(self.paths):
            raise ValueError(f"{self.name}: only {len(self.paths)} forms were prepared")
        self.used += total
        return self.paths[self.used - total : self.used]


@dataclass
class Round:
    """Milliseconds and bytes of one round; processor time is for each request."""

    waits: list[float]
    cpu: float
    database_cpu: float
    rate: float
    size: float
    errors: int


@dataclass
class Measured:
    """All rounds of a page."""

    page: Page
    rounds: list[Round] = field(default_factory=list)

    @property
    def wait(self) -> float:
        return median(median(one.waits) for one in self.rounds)

    @property
    def p95(self) -> float:
        return median(percentile(one.waits, 0.95) for one in self.rounds)

    @property
    def cpu(self) -> float:
        return median(one.cpu for one in self.rounds)

    @property
    def database_cpu(self) -> float:
        return median(one.database_cpu for one in self.rounds)

    @property
    def rate(self) -> float:
        return median(one.rate for one in self.rounds)

    @property
    def size(self) -> float:
        return median(one.size for one in self.rounds)

    @property
    def errors(self) -> int:
        return sum(one.errors for one in self.rounds)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share of them does not exceed (nearest rank)."""
    ordered = sorted(values)
    rank = max(-(-len(ordered) * round(share * 1000) // 1000), 1)
    return ordered[rank - 1]


def measure(pages: Iterable[Page], *, rounds: int, total: int) -> list[Measured]:
    """Warm each page up, then go round all of them again and again."""
    found = [Measured(page) for page in pages]
    for one in found:
        run(one.page, max(total // 4, 16))
    for _ in range(rounds):
        for one in found:
            one.rounds.append(run(one.page, total))
    return found


def run(page: Page, total: int) -> Round:
    """One round. Raise RuntimeError when every answer was wrong."""
    meter = Meter(page.site)
    meter.start()
    done = subprocess.run(
        [sys.executable, "-m", "bench.client"],
        cwd=ROOT,
        input=json.dumps(page.order(total)),
        capture_output=True,
        text=True,
        check=True,
    )
    application, database = meter.stop()
    told = json.loads(done.stdout)
    right = told["statuses"].get(str(page.expects), 0)
    if not right:
        raise RuntimeError(f"{page.name} answered {told['statuses']}")
    return Round(
        waits=told["waits"],
        cpu=(application + database) * 1000 / total,
        database_cpu=database * 1000 / total,
        rate=total / told["wall"],
        size=median(told["sizes"]),
        errors=total - right,
    )
