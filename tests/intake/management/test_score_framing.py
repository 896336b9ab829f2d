"""`score_framing` measures labelled requests and says what it read."""

import csv
import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

HEADER = "id,title,body,framing,pain\n"
ROWS = (
    "1,Add a filter,,solution,none-stated\n"
    "2,Saving fails,An error is shown.,outcome,flow\n"
    '3,,"Install a light, two accidents happened here.",mixed,risk\n'
    "4,Build a shelter,,outcome,risk\n"
)


def scored(path: Path, *options: object) -> dict:
    out = StringIO()
    call_command("score_framing", path, *options, stdout=out)
    return json.loads(out.getvalue())


def test_the_figures_are_those_of_the_labels(tmp_path: Path) -> None:
    file = tmp_path / "labelled.csv"
    file.write_text(HEADER + ROWS)
    found = scored(file, "--predictions", tmp_path / "said.csv")
    assert found["rows"] == 4
    assert found["solution_language"] == {
        "precision": 0.6667,
        "recall": 1.0,
        "specificity": 0.5,
        "balanced_accuracy": 0.75,
    }
    assert found["framing"]["accuracy"] == 0.75
    # solution 2/3, outcome 2/3, mixed 1
    assert found["framing"]["macro_f1"] == pytest.approx(0.7778, abs=1e-4)
    # risk 2/3, flow 1, none-stated 2/3; nobody says cost or time
    assert found["pain"]["macro_f1"] == pytest.approx(0.7778, abs=1e-4)
    said = list(csv.DictReader((tmp_path / "said.csv").open()))
    assert [row["read_framing"] for row in said] == ["solution", "outcome", "mixed", "solution"]
    assert said[1]["read_pain"] == "flow"
    assert "A1" in said[0]["because"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"id,title,body\n", "no column framing, pain"),
        (b"", "no column id"),
        (HEADER.encode() + b"1,a,b,maybe,flow\n", "Line 2: framing is .maybe."),
        (HEADER.encode() + b"1,\xff,b,mixed,flow\n", "utf-8"),
        (HEADER.encode() + b"1\n", "framing is"),
    ],
)
def test_a_file_that_cannot_be_read_is_explained(tmp_path, content: bytes, said: str) -> None:
    file = tmp_path / "bad.csv"
    file.write_bytes(content)
    with pytest.raises(CommandError, match=said):
        scored(file)


def test_a_file_that_is_not_there_is_explained(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        scored(tmp_path / "none.csv")
