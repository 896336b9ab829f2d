"""A run as tables: on the terminal, and between two marks in docs/performance.md."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench.goals import Figures, Judged
from bench.servers import ROOT, ask

DOCUMENT = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
HEADS = ("page", "requests", "median ms", "p95 ms", "CPU ms", "of it database", "requests/s")
PAGES = (
    "queue",
    "filtered",
    "deep",
    "search",
    "detail",
    "triage",
    "fragment",
    "board",
    "month",
    "submit",
    "burst",
)
IN_WORDS = {
    "queue": "queue, first page",
    "filtered": "queue, one lane",
    "deep": "queue, far behind",
    "search": "queue, rare word",
    "detail": "request page",
    "triage": "queue with a request open",
    "fragment": "a request beside the list, 4 clients",
    "board": "board, now",
    "month": "board, month",
    "submit": "submission",
    "burst": "submission, 32 clients",
}


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def figures_table(figures: Figures) -> str:
    known = sorted(figures, key=lambda key: (PAGES.index(key[2]), key[0] != "portal", key[1]))
    rows = [_row(*key, figures[key]) for key in known]
    return table((*HEADS, "queries", "bytes"), rows)


def _row(site: str, size: int, page: str, figure: Mapping[str, float]) -> list[str]:
    name = IN_WORDS[page] if site == "portal" else f"limit: {IN_WORDS[page]}"
    queries = figure.get("queries")
    return [
        name,
        f"{size:,}",
        *(f"{figure[part]:.1f}" for part in ("wait", "p95", "cpu", "database_cpu", "rate")),
        str(int(queries)) if queries is not None else "",
        f"{figure['size']:,.0f}",
    ]


def goals_table(judged: Iterable[Judged]) -> str:
    rows = [
        [one.goal.number, one.goal.words, _number(one.value), *_limits(one), one.verdict]
        for one in judged
    ]
    return table(("goal", "what", "measured", "must", "want", "kept"), rows)


def _limits(one: Judged) -> list[str]:
    sign = "≥" if one.goal.at_least else "≤"
    return [f"{sign} {one.goal.must:g}", f"{sign} {one.goal.want:g}"]


def _number(value: float) -> str:
    return f"{value:g}" if value == int(value) else f"{value:.2f}"


def machine(load_before: float) -> str:
    """The machine and what ran on it, for whoever compares two runs."""
    database = ask("postgres", "SHOW server_version")[0][0].split()[0]
    buffers = ask("postgres", "SHOW shared_buffers")[0][0]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    facts = (
        f"{datetime.now(UTC):%d %b %Y}",
        f"{os.cpu_count()} cores ({_processor()}), {memory:.0f} GB",
        f"Python {platform.python_version()}",
        f"PostgreSQL {database}, shared_buffers {buffers}",
        f"load {load_before:.1f} before and {os.getloadavg()[0]:.1f} after",
    )
    return f"Measured {', '.join(facts)}, revision {_revision()}."


def _processor() -> str:
    text = Path("/proc/cpuinfo").read_text()
    name = re.search(r"model name\s*: (.+)", text)
    return name[1].strip() if name else platform.machine()


def _revision() -> str:
    command = ["git", "rev-parse", "--short", "HEAD"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    return done.stdout.strip() or "unknown"


def write(text: str, name: str = "measured") -> None:
    """Put this run's text between the marks of docs/performance.md."""
    begin, end = BEGIN.replace("measured", name), END.replace("measured", name)
    document = DOCUMENT.read_text()
    before, _, rest = document.partition(begin)
    after = rest.partition(end)[2]
    if not after:
        raise SystemExit(f"{DOCUMENT} has no place for '{name}'")
    DOCUMENT.write_text(f"{before}{begin}\n\n{text}\n\n{end}{after}")
