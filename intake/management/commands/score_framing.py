"""Measure how requests are read, on a file of labelled ones."""

import csv
import json
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from intake.reframe.framing import FRAMINGS, PAINS
from intake.reframe.scoring import Labelled, Scored, figures, score

COLUMNS = ("id", "title", "body", "framing", "pain")
KNOWN = {"framing": FRAMINGS, "pain": PAINS}


class Command(BaseCommand):
    help = (
        "Read each request of a CSV file with the columns id, title, body, framing and pain, and "
        "print as JSON how well framing and pain agree with the labels (see docs/framing.md)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--predictions", type=Path, metavar="OUT.csv", help="write what was said for each row"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            scored = score(list(labelled(options["file"])))
            if options["predictions"]:
                write(options["predictions"], scored)
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(figures(scored), indent=2))


def labelled(path: Path) -> Iterator[Labelled]:
    """The rows of the file; raise CommandError for a column or a label that is not known."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
        if missing:
            raise CommandError(f"{path.name} has no column {', '.join(missing)}")
        for row in rows:
            yield _labelled({name: (row[name] or "").strip() for name in COLUMNS}, rows.line_num)


def _labelled(row: dict[str, str], line: int) -> Labelled:
    for name, known in KNOWN.items():
        if row[name] not in known:
            raise CommandError(
                f"Line {line}: {name} is “{row[name]}”, and must be one of {', '.join(known)}"
            )
    return Labelled(**row)


def write(path: Path, scored: list[Scored]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["id", "framing", "read_framing", "pain", "read_pain", "because"])
        for one in scored:
            labels = one.labelled
            out.writerow(
                [labels.id, labels.framing, one.framing, labels.pain, one.pain, one.because]
            )
