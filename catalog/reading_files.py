"""Readings from a CSV file: each row read by the form that a person fills, refused rows by line."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from accounts.models import User
from catalog.models import Measurement, OutcomeMetric
from catalog.outcome_forms import WANTED, ReadingForm
from catalog.services.outcomes import Reading, ReadingExistsError, measure

MOST_BYTES, MOST_ROWS = 1 << 20, 5000
ENCODINGS = ("utf-8-sig", "cp1252")
TRUTH = {"y": "yes", "true": "yes", "1": "yes", "n": "no", "false": "no", "0": "no"}


class Refused(NamedTuple):
    """A row that was not taken: its line, what it is about, and why."""

    line: int
    reference: str
    why: str


@dataclass
class Report:
    """What a file brings, or has brought."""

    taken: int = 0
    known: int = 0
    refused: list[Refused] = field(default_factory=list)
    problem: str = ""


def decoded(content: bytes) -> str:
    """The text of a file; ValueError with a sentence for one that is no CSV text."""
    if len(content) > MOST_BYTES:
        raise ValueError("The file is larger than 1 MB. Split it")
    if b"\x00" in content or content.startswith(b"PK\x03\x04"):
        raise ValueError("This is no CSV file. Save it as CSV, with commas or semicolons")
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ValueError("The text of the file can't be read. Save it as UTF-8")


def columns_of(kind: str) -> list[str]:
    """The columns a file must have for this kind of promise; `evidence` may come too."""
    return ["reference", *WANTED[kind]]


def take(
    metric: OutcomeMetric, kind: str, text: str, *, actor: User, at: datetime, is_trial: bool
) -> Report:
    """Take every good row, in one transaction; a trial says what would happen and keeps nothing."""
    report = Report()
    with transaction.atomic():
        _take_all(report, metric, kind, text, actor, at)
        if is_trial:
            transaction.set_rollback(True)
    return report


def _take_all(
    report: Report, metric: OutcomeMetric, kind: str, text: str, actor: User, at: datetime
) -> None:
    first = text.split("\n", 1)[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    heads = [(name or "").strip().lower() for name in reader.fieldnames or ()]
    if missing := [name for name in columns_of(kind) if name not in heads]:
        report.problem = f"The first line must name the columns. Missing: {', '.join(missing)}"
        return
    reader.fieldnames = heads
    try:
        for number, row in enumerate(reader, start=1):
            if number > MOST_ROWS:
                report.problem = f"Only the first {MOST_ROWS:,} rows were read. Split the file"
                return
            given = {name: (row.get(name) or "").strip() for name in heads if name}
            _take_row(
                report,
                metric,
                ReadingForm(_tidy(given), kind=kind, now=at),
                reader.line_num,
                actor,
                at,
            )
    except csv.Error as error:
        report.problem = f"The file is broken at line {reader.line_num}: {error}"


def _tidy(row: dict[str, str]) -> dict[str, str]:
    """A row as the form wants it: moments without a zone's sign, yes and no in words."""
    if row.get("holds"):
        row["holds"] = TRUTH.get(row["holds"].lower(), row["holds"].lower())
    return row


def _take_row(
    report: Report,
    metric: OutcomeMetric,
    form: ReadingForm,
    line: int,
    actor: User,
    at: datetime,
) -> None:
    reference = str(form.data.get("reference", ""))[:120]
    if not form.is_valid():
        why = "; ".join(f"{name}: {words[0]}" for name, words in form.errors.items())
        report.refused.append(Refused(line, reference, why))
        return
    _keep(report, metric, form.reading(), line, actor, at)


def _keep(
    report: Report, metric: OutcomeMetric, reading: Reading, line: int, actor: User, at: datetime
) -> None:
    try:
        _, is_new = measure(metric, reading, actor=actor, at=at, source=Measurement.Source.FILE)
    except ReadingExistsError:
        why = "It was read before, with other values. What was judged is not rewritten"
        report.refused.append(Refused(line, reading.reference, why))
        return
    if is_new:
        report.taken += 1
    else:
        report.known += 1
