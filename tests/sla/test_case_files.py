"""`manage.py sla_cases`: what it prints, writes and exits with."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from sla.case_files import CaseFile, agrees

DAY = [["09:00", "17:00"]]
CALENDARS = {
    "utc": {"timezone": "UTC", "weekly": {"mon": DAY}, "closed": ["2026-06-08"], "special": {}},
    "broken": {"timezone": "Mars/Base", "weekly": {}},
}
GOOD = {
    "id": "A1",
    "op": "between",
    "why": "a Monday",
    "calendar": "utc",
    "start": "2026-06-01T00:00Z",
    "end": "2026-06-02T00:00Z",
    "expect": 28800,
}


def write(folder: Path, *cases: dict[str, Any]) -> Path:
    path = folder / "cases.json"
    path.write_text(json.dumps({"calendars": CALENDARS, "cases": cases}))
    return path


def test_a_file_that_agrees_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "answers.json"
    call_command("sla_cases", write(tmp_path, GOOD), answers=out)
    assert capsys.readouterr().out == "1 passed, 0 failed\n"
    assert json.loads(out.read_text()) == {"A1": 28800}


def test_a_disagreement_is_shown_and_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = GOOD | {"id": "A2", "expect": 28801}
    with pytest.raises(SystemExit) as stopped:
        call_command("sla_cases", write(tmp_path, GOOD, wrong))
    assert stopped.value.code == 1
    assert capsys.readouterr().out.splitlines() == [
        "A2: a Monday",
        "  got  28800",
        "  want 28801",
        "1 passed, 1 failed",
    ]


def test_a_file_that_is_none_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="can't be read"):
        call_command("sla_cases", tmp_path / "missing.json")
    (tmp_path / "bad.json").write_text("[]")
    with pytest.raises(CommandError, match="not a case file"):
        call_command("sla_cases", tmp_path / "bad.json")


def answer(**case: Any) -> Any:
    return CaseFile({"calendars": CALENDARS, "cases": []}).answer(case)


@pytest.mark.parametrize(
    "case",
    [
        GOOD | {"start": "2026-06-01T00:00"},
        GOOD | {"end": "2026-05-01T00:00Z"},
        GOOD | {"calendar": "broken"},
        GOOD | {"calendar": "nowhere"},
        GOOD | {"start": "not a time"},
        {"op": "wall", "timezone": "Mars/Base", "local": "2026-06-01T00:00"},
        {"op": "wall", "timezone": "UTC", "local": "2026-06-01T00:00Z"},
        {"op": "tolerance_outcome", "forecast": "x", "actual": "1", "percent": "1"},
        {"op": "compliance", "outcomes": ["late"]},
        {"op": "month_window", "year": 2026, "month": 13, "timezone": "UTC"},
    ],
)
def test_what_the_engine_refuses_is_an_error(case: dict[str, Any]) -> None:
    assert answer(**case) == "error"


def test_the_weaker_of_two_lists_gives_way() -> None:
    both = {"utc": CALENDARS["utc"] | {"special": {"2026-06-08": [["10:00", "11:00"]]}}}
    case = GOOD | {"start": "2026-06-08T00:00Z", "end": "2026-06-09T00:00Z"}
    assert CaseFile({"calendars": both, "cases": []}).answer(case) == 3600


@pytest.mark.parametrize(("name", "expected"), [("lt", "missed"), ("le", "met"), ("lte", "met")])
def test_both_spellings_of_at_most(name: str, expected: str) -> None:
    took = {"began": "2026-06-01T00:00Z", "done": "2026-06-03T00:00Z", "now": "2026-07-01T00:00Z"}
    case = {"op": "duration_outcome", "limit_seconds": 172800, "op_name": name, "calendar": None}
    assert answer(**case, **took) == expected


def test_only_the_percents_that_were_asked_for_are_in_the_log() -> None:
    told = answer(
        op="replay",
        calendar="utc",
        target_seconds=3600,
        percents=[50],
        now="2026-06-01T12:00Z",
        events=[{"at": "2026-06-01T09:00Z", "type": "start"}],
    )
    assert [row[0] for row in told["log"]] == [50]
    assert told["breached"] is True


def test_fractions_of_a_second_are_told() -> None:
    case = GOOD | {"end": "2026-06-01T09:00:00.250001Z"}
    assert answer(**case) == 0.250001


def test_instants_are_compared_as_instants() -> None:
    assert agrees("2026-06-01T09:00:00Z", "2026-06-01T11:00+02:00")
    assert not agrees("2026-06-01T09:00:00Z", "2026-06-01T11:00Z")
    assert not agrees("2026-06-01T09:00:00Z", None)
