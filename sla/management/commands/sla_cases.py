"""`manage.py sla_cases FILE.json [--answers OUT.json]`: ask the engine every case of a file."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sla.case_files import Case, CaseFile, agrees


class Command(BaseCommand):
    help = "Run a file of working time, clock and outcome cases. Needs no database."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a case file (JSON)")
        parser.add_argument("--answers", type=Path, help="write {id: answer} to this file")

    def handle(self, *args: Any, **options: Any) -> None:
        file = read(options["file"])
        answers = {case["id"]: file.answer(case) for case in file.cases}
        if options["answers"]:
            options["answers"].write_text(json.dumps(answers, indent=1) + "\n")
        failed = [case for case in file.cases if not agrees(answers[case["id"]], case["expect"])]
        for case in failed:
            self.show(case, answers[case["id"]])
        self.stdout.write(f"{len(file.cases) - len(failed)} passed, {len(failed)} failed")
        if failed:
            raise SystemExit(1)

    def show(self, case: Case, got: Any) -> None:
        self.stdout.write(f"{case['id']}: {case.get('why', '')}")
        self.stdout.write(f"  got  {json.dumps(got)}")
        self.stdout.write(f"  want {json.dumps(case['expect'])}")


def read(path: Path) -> CaseFile:
    """Return the file's cases, or raise CommandError with a sentence."""
    try:
        return CaseFile(json.loads(path.read_text()))
    except OSError as error:
        raise CommandError(f"{path} can't be read: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise CommandError(f"{path} is not a case file: {error}.") from error
