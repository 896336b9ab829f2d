"""What an import tells: a bar while it runs, a preview, a summary, and a file of refused rows."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self, TextIO

from django.utils.timezone import localtime

from accounts.exporting import inert
from intake.importing.rows import Old, Refused

BAR = 30
SHOWN = 20
COLUMNS = ("line", "received", "requester", "title")
WIDTHS = (6, 16, 30, 60)


class Batch(Protocol):
    """What became of a batch."""

    new: list[Old]
    known: list[Old]
    refused: list[Refused]


class ProgressBar:
    """Shows how far a file has been read; silent unless the stream is a terminal."""

    def __init__(self, stream: TextIO, total: int) -> None:
        self.stream = stream if stream.isatty() else None
        self.total = max(total, 1)

    def reach(self, line: int) -> None:
        if self.stream:
            share = min(line / self.total, 1)
            done = "█" * round(share * BAR)
            self.stream.write(f"\r{done:░<{BAR}} {share:4.0%}  line {line:,}")
            self.stream.flush()

    def end(self) -> None:
        if self.stream:
            self.stream.write("\r\x1b[K")


@dataclass
class RefusalReport:
    """Counts what happened and, with a path, writes each refused row there with its reason."""

    path: Path | None
    header: Sequence[str]
    new: int = 0
    known: int = 0
    finished: int = 0
    refused: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    first: list[Refused] = field(default_factory=list)
    _files: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        if self.path:
            opened = self.path.open("w", encoding="utf-8-sig", newline="")
            self._writer = csv.writer(self._files.enter_context(opened))
            self._writer.writerow(["line", "reason", *map(inert, self.header)])
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._files.close()

    def add(self, batch: Batch) -> None:
        self.new += len(batch.new)
        self.known += len(batch.known)
        finished = [row for row in batch.refused if row.is_finished]
        self.finished += len(finished)
        self.refused += len(batch.refused) - len(finished)
        wrong = (row for row in batch.refused if not row.is_finished)
        self.first += list(wrong)[: SHOWN - len(self.first)]
        self._write(batch.refused)

    def _write(self, rows: Iterable[Refused]) -> None:
        if self.path:
            self._writer.writerows(
                [row.line, inert(row.reason), *map(inert, row.cells)] for row in rows
            )


@dataclass
class Preview:
    """The first requests that would be brought in, as a table."""

    rows: list[Old] = field(default_factory=list)
    people: set[str] = field(default_factory=set)

    def add(self, batch: Batch) -> None:
        self.rows += batch.new[: SHOWN - len(self.rows)]
        self.people.update(old.email for old in batch.new)

    def text(self) -> str:
        lines = [_line(COLUMNS), *(_line(_cells(old)) for old in self.rows)]
        asking = "1 person asks" if len(self.people) == 1 else f"{len(self.people):,} people ask"
        return "\n".join([*lines, "", f"{asking} in it."])


def _cells(old: Old) -> tuple[str, str, str, str]:
    day = f"{localtime(old.received_at):%a %d %b %Y}"
    return str(old.line), day, old.email, old.title


def _line(cells: Sequence[str]) -> str:
    fitted = (_fit(cell, width) for cell, width in zip(cells, WIDTHS, strict=True))
    return "  ".join(fitted).rstrip()


def _fit(text: str, width: int) -> str:
    return f"{text:<{width}}" if len(text) <= width else f"{text[: width - 1]}…"


def summary(report: RefusalReport, *, dry: bool) -> str:
    """What came of it, and the first refused rows."""
    verb = "would be brought in" if dry else "brought in"
    lines = [f"{report.new:,} {verb}, {report.known:,} were here already."]
    if report.finished:
        lines.append(f"{report.finished:,} left behind: they are finished in the old queue.")
    if report.refused:
        lines.append(f"{report.refused:,} refused:")
        lines += [f"  line {row.line}: {row.reason}" for row in report.first]
    more = report.refused - len(report.first)
    if more:
        where = "all are in the report." if report.path else "--report FILE.csv writes all of them."
        lines.append(f"  … and {more:,} more; {where}")
    if dry:
        lines.append("Nothing was changed.")
    return "\n".join(lines)
