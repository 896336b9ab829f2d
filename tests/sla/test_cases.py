"""The numbered cases of sla-spec 12 that need no database: 1-68 and 81-91.

Those about sweeps, workers and rows (69-80) are in services/test_worker_cases.py.
"""

from datetime import datetime
from typing import Any

import pytest

from sla.business_time import add_working_time, to_microseconds, working_time_between
from sla.calendar_document import compile_calendar, from_case_form
from sla.case_files import CaseFile, agrees
from sla.outcomes import compliance
from sla.replay import replay
from sla.services.calendars import HoursError, check
from sla.terms import Terms, Timetable
from sla.thresholds import defaults, read

Case = dict[str, Any]
DAY = [["09:00", "17:00"]]
WEEK = ("mon", "tue", "wed", "thu", "fri")


def week(*windows: list[str], days: tuple[str, ...] = WEEK) -> dict[str, list[list[str]]]:
    return {day: list(windows) for day in days}


def calendar(zone: str, weekly: dict[str, Any], **rest: Any) -> Case:
    return {"timezone": zone, "weekly": weekly, "closed": [], "special": {}, **rest}


BERLIN = "Europe/Berlin"
HOLIDAYS = "01-01 04-03 04-06 05-01 05-14 05-25 10-03 12-25 12-26"
CALENDARS = {
    "office": calendar(
        BERLIN,
        week(*DAY),
        closed=[*(f"2026-{day}" for day in HOLIDAYS.split()), "2027-01-01"],
        special={
            "2026-12-24": [["09:00", "12:30"]],
            "2026-12-31": [["09:00", "12:30"]],
            "2026-05-09": [["10:00", "14:00"]],
        },
    ),
    "always": calendar(BERLIN, week(["00:00", "24:00"], days=(*WEEK, "sat", "sun"))),
    "split": calendar("Europe/London", week(["09:00", "12:00"], ["13:00", "17:00"])),
    "night": calendar(
        BERLIN,
        week(["22:00", "06:00"]),
        closed=["2026-06-03"],
        special={"2026-06-10": [["08:00", "10:00"]]},
    ),
    "none": calendar(BERLIN, {}),
    "gap": calendar(BERLIN, {"sun": [["02:30", "05:00"]]}),
    "tiny": calendar(BERLIN, {"sun": [["02:30", "03:15"]]}),
    "fold": calendar(BERLIN, {"sun": [["01:00", "02:30"]]}),
    "ny": calendar("America/New_York", week(*DAY)),
    "utc": calendar("UTC", week(*DAY)),
    "overlap": calendar("UTC", week(["12:00", "17:00"], ["09:00", "13:00"])),
    "nothing": calendar("UTC", week(["09:00", "09:00"])),
    "round-utc": calendar("UTC", week(["00:00", "24:00"], days=(*WEEK, "sat", "sun"))),
    "utc-tuesday-closed": calendar("UTC", week(*DAY), closed=["2026-06-02"]),
    "utc-monday-closed": calendar("UTC", week(*DAY), closed=["2026-06-01"]),
    "utc-saturday-open": calendar("UTC", week(*DAY), special={"2026-06-06": DAY}),
}


def seconds(text: str) -> float:
    """ "8:00" is eight hours, "0:00:00.000001" a microsecond."""
    hours, minutes, *rest = text.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + (float(rest[0]) if rest else 0)


def between(name: str, start: str, end: str, worked: str) -> Case:
    return {
        "op": "between",
        "calendar": name,
        "start": start,
        "end": end,
        "expect": worked if worked == "error" else seconds(worked),
    }


def add(name: str, start: str, duration: str | float, found: str | None) -> Case:
    amount = seconds(duration) if isinstance(duration, str) else duration
    return {"op": "add", "calendar": name, "start": start, "seconds": amount, "expect": found}


ORDINARY = {
    1: between("office", "2026-06-01T09:00+02:00", "2026-06-01T17:00+02:00", "8:00"),
    2: between("office", "2026-06-01T17:00+02:00", "2026-06-02T09:00+02:00", "0:00"),
    3: between(
        "office", "2026-06-01T16:59:59.999999+02:00", "2026-06-01T17:00:01+02:00", "0:00:00.000001"
    ),
    4: between("office", "2026-05-29T16:00+02:00", "2026-06-01T10:00+02:00", "2:00"),
    5: between("office", "2026-04-02T16:00+02:00", "2026-04-07T10:00+02:00", "2:00"),
    6: between("office", "2026-10-02T16:00+02:00", "2026-10-05T10:00+02:00", "2:00"),
    7: between("office", "2026-05-08T16:00+02:00", "2026-05-11T10:00+02:00", "6:00"),
    8: between("office", "2026-12-23T16:00+01:00", "2027-01-04T10:00+01:00", "33:00"),
    9: between("split", "2026-06-01T11:30+01:00", "2026-06-01T13:30+01:00", "1:00"),
    10: between("none", "2026-01-01T00:00+00:00", "2027-01-01T00:00+00:00", "0:00"),
    11: between("overlap", "2026-06-01T00:00+00:00", "2026-06-02T00:00+00:00", "8:00"),
    12: between("nothing", "2026-06-01T00:00+00:00", "2026-06-08T00:00+00:00", "0:00"),
    13: between("office", "2026-06-01T12:00+02:00", "2026-06-01T11:59+02:00", "error"),
    14: between("office", "2026-06-01T12:00", "2026-06-01T13:00+02:00", "error"),
}
ADDING = {
    15: add("office", "2026-06-01T09:00+02:00", "8:00", "2026-06-01T17:00+02:00"),
    16: add("office", "2026-06-01T17:00+02:00", "1:00", "2026-06-02T10:00+02:00"),
    17: add("office", "2026-06-06T11:00+02:00", "1:00", "2026-06-08T10:00+02:00"),
    18: add("office", "2026-06-01T07:00+02:00", "0:30", "2026-06-01T09:30+02:00"),
    19: add("office", "2026-06-06T11:00+02:00", "0:00", "2026-06-06T11:00+02:00"),
    20: add("office", "2026-06-01T17:00+02:00", 0.000001, "2026-06-02T09:00:00.000001+02:00"),
    21: add("office", "2026-12-24T12:00+01:00", "1:00", "2026-12-28T09:30+01:00"),
    22: add("split", "2026-06-01T11:00+01:00", "1:00", "2026-06-01T12:00+01:00"),
    23: add("none", "2026-06-01T09:00+00:00", "1:00", None),
    24: add("office", "2026-06-01T09:00+02:00", -1, "error"),
}
SAVING = {
    25: between("always", "2026-03-28T12:00+01:00", "2026-03-29T12:00+02:00", "23:00"),
    26: between("always", "2026-10-24T12:00+02:00", "2026-10-25T12:00+01:00", "25:00"),
    27: between("office", "2026-03-27T15:00+01:00", "2026-03-30T10:00+02:00", "3:00"),
    28: between("always", "2026-10-25T02:15+02:00", "2026-10-25T02:15+01:00", "1:00"),
    29: between("gap", "2026-03-29T00:00+01:00", "2026-03-30T00:00+02:00", "1:30"),
    30: between("tiny", "2026-03-29T00:00+01:00", "2026-03-30T00:00+02:00", "0:00"),
    31: between("fold", "2026-10-25T00:00+02:00", "2026-10-26T00:00+01:00", "1:30"),
    32: add("always", "2026-03-29T01:00+01:00", "2:00", "2026-03-29T04:00+02:00"),
    33: add("ny", "2026-10-30T16:00-04:00", "2:00", "2026-11-02T10:00-05:00"),
    34: between("ny", "2026-03-16T14:00+01:00", "2026-03-16T22:00+01:00", "8:00"),
}
OVERNIGHT = {
    35: between("night", "2026-06-01T12:00+02:00", "2026-06-02T12:00+02:00", "8:00"),
    36: between("night", "2026-06-05T12:00+02:00", "2026-06-06T12:00+02:00", "8:00"),
    37: between("night", "2026-06-02T12:00+02:00", "2026-06-04T12:00+02:00", "2:00"),
    38: between("night", "2026-06-09T12:00+02:00", "2026-06-11T12:00+02:00", "4:00"),
}
NUMBERED = ORDINARY | ADDING | SAVING | OVERNIGHT


def answer(case: Case) -> Any:
    return CaseFile({"calendars": CALENDARS, "cases": []}).answer(case)


@pytest.mark.parametrize("number", NUMBERED, ids=str)
def test_working_time(number: int) -> None:
    case = NUMBERED[number]
    got = answer(case)
    assert agrees(got, case["expect"]), got


def test_case_12_hours_that_begin_and_end_together_are_refused_when_saved() -> None:
    with pytest.raises(HoursError):
        check({"timezone": "UTC", "weekly": {"mon": [["09:00", "09:00"]]}, "exceptions": []})


def test_case_14_a_naive_datetime_is_refused_everywhere() -> None:
    hours = compile_calendar(from_case_form(CALENDARS["utc"]))
    naive = datetime(2026, 6, 1, 9)  # noqa: DTZ001 - that it is naive is the point
    aware = datetime.fromisoformat("2026-06-01T10:00Z")
    for start, end in ((naive, aware), (aware, naive), (naive, naive)):
        with pytest.raises(ValueError, match="naive"):
            working_time_between(hours, start, end)
    with pytest.raises(ValueError, match="naive"):
        add_working_time(hours, naive, aware - aware)
    with pytest.raises(ValueError, match="naive"):
        replay(Terms(10**6, Timetable("utc", hours), read(defaults())), [], now=naive)


# Clocks. A moment is "day hh:mm[:ss]" of June 2026, UTC; the default is day 1, a Monday.


def june(moment: str) -> str:
    day, time = moment.split() if " " in moment else ("1", moment)
    return f"2026-06-{int(day):02}T{time}+00:00"


def clock(
    *commands: str,
    now: str,
    target: str = "8:00",
    name: str = "utc",
    start: str = "09:00",
    **expect: Any,
) -> Case:
    """Commands read "act moment [key=value]"; expectations are compared one by one."""
    events = [{"type": "start", "at": june(start)}, *(event(text) for text in commands)]
    return {
        "op": "replay",
        "calendar": name,
        "target_seconds": seconds(target),
        "percents": [50, 75, 90, 100],
        "events": events,
        "now": now if "T" in now else june(now),
        "expect": {key: told(key, value) for key, value in expect.items()},
    }


def event(text: str) -> Case:
    act, moment, *rest = text.split(", ")
    found = {"type": act, "at": june(moment)} | dict(pair.split("=") for pair in rest)
    if "target" in found:
        found["target_seconds"] = seconds(found.pop("target"))
    return found


def told(key: str, value: Any) -> Any:
    if key in ("elapsed", "remaining"):
        return seconds(value)
    if key in ("due_at", "breached_at", "next_event_at") and value and "T" not in value:
        return june(value)
    if key == "log":
        return [log_row(*row.split(", ")) for row in value]
    return value


def log_row(percent: str, due: str, effective: str = "", superseded: str = "") -> list[Any]:
    end = june(superseded) if superseded else None
    return [int(percent), 1, june(due), june(effective or due), end]


CLOCKS = {
    39: clock(
        now="13:00",
        elapsed="4:00",
        due_at="17:00",
        next_event_at="15:00",
        log=["50, 13:00"],
    ),
    40: clock(now="17:00", breached=False, next_event_at="17:00", remaining="0:00"),
    41: clock(now="17:00:00.000001", breached=True, breached_at="17:00"),
    42: clock("stop, 17:00", now="2 12:00", outcome="met", breached=False),
    43: clock("stop, 17:00:01", now="2 12:00", outcome="missed", elapsed="8:00"),
    44: clock(start="6 11:00", target="4:00", now="7 12:00", elapsed="0:00", due_at="8 13:00"),
    45: clock("pause, 11:00", "resume, 2 10:00", now="2 10:00", elapsed="2:00", due_at="2 16:00"),
    46: clock(
        "pause, 11:00",
        now="3 12:00",
        state="paused",
        elapsed="2:00",
        due_at=None,
        next_event_at=None,
    ),
    47: clock("pause, 18:00", "resume, 2 08:00", target="12:00", now="2 12:00", due_at="2 13:00"),
    48: clock(
        "pause, 11:00",
        "pause, 12:00",
        "resume, 13:00",
        "resume, 13:30",
        now="14:00",
        elapsed="3:00",
        ignored=[2, 4],
    ),
    49: clock(
        "pause, 10:00, reason=A",
        "pause, 11:00, reason=B",
        "resume, 12:00, reason=A",
        "resume, 14:00, reason=B",
        now="15:00",
        elapsed="2:00",
        state="running",
    ),
    50: clock("stop, 11:00", "pause, 11:00", now="12:00", state="stopped", ignored=[2]),
    51: clock("stop, 11:00", "stop, 16:00", now="17:00", elapsed="2:00", ignored=[2]),
    52: clock(
        "pause, 11:00",
        target="2:00",
        now="13:00",
        breached=False,
        remaining="0:00",
        due_at="11:00",
    ),
    53: clock(
        "pause, 11:00",
        "resume, 14:00",
        target="2:00",
        now="14:00:01",
        breached=True,
        breached_at="14:00",
    ),
    54: clock(
        "retarget, 11:00, target=8:00",
        target="4:00",
        now="12:00",
        elapsed="3:00",
        due_at="17:00",
        next_event_at="13:00",
        log=["50, 11:00, 11:00, 11:00"],
    ),
    55: clock(
        "retarget, 11:00, target=4:00", now="11:30", due_at="13:00", log=["50, 11:00, 11:00"]
    ),
    56: clock(
        "retarget, 13:00, target=2:00",
        now="13:00",
        due_at="11:00",
        breached_at="13:00",
        log=["50, 13:00", "75, 10:30, 13:00", "90, 10:48, 13:00", "100, 11:00, 13:00"],
    ),
    57: clock(
        "retarget, 12:00, target=8:00",
        "stop, 16:00",
        target="2:00",
        now="2 12:00",
        outcome="met",
        breached=False,
        log=[
            "50, 10:00, 10:00, 12:00",
            "75, 10:30, 10:30, 12:00",
            "90, 10:48, 10:48, 12:00",
            "100, 11:00, 11:00, 12:00",
            "50, 13:00",
            "75, 15:00",
        ],
    ),
    58: clock(
        "retarget, 20:00, target=4:00, calendar=round-utc",
        start="16:00",
        now="20:30",
        elapsed="1:30",
        due_at="23:00",
    ),
    59: clock("retarget, 11:00, target=8:00", now="12:00", due_at="17:00", ignored=[1], log=[]),
    60: clock(
        "calendar, 16:30, calendar=utc-tuesday-closed",
        start="16:00",
        now="16:31",
        due_at="3 16:00",
    ),
    61: clock(
        "calendar, 2 10:00, calendar=utc-monday-closed",
        now="2 10:01",
        due_at="2 17:00",
        breached=False,
        log=[
            "50, 13:00, 13:00, 2 10:00",
            "75, 15:00, 15:00, 2 10:00",
            "90, 16:12, 16:12, 2 10:00",
            "100, 17:00, 17:00, 2 10:00",
        ],
    ),
    62: clock(
        "calendar, 7 12:00, calendar=utc-saturday-open",
        start="6 10:00",
        target="2:00",
        now="7 13:00",
        due_at="6 12:00",
        breached_at="7 12:00",
    ),
    63: clock(
        "stop, 18:00",
        "calendar, 2 10:00, calendar=utc-monday-closed",
        now="3 12:00",
        outcome="missed",
        elapsed="8:00",
        breached_at="17:00",
    ),
    64: clock(
        "stop, 11:00",
        "reopen, 2 09:00",
        now="2 10:00",
        elapsed="3:00",
        due_at="2 15:00",
        outcome=None,
    ),
    65: clock(
        "stop, 11:00",
        "restart, 2 09:00",
        now="2 10:00",
        cycle=2,
        elapsed="1:00",
        due_at="2 17:00",
        past_outcomes=["met"],
    ),
    66: clock(
        "cancel, 12:00",
        target="2:00",
        now="2 12:00",
        state="cancelled",
        outcome=None,
        breached=True,
        breached_at="11:00",
    ),
    68: clock(name="none", now="30 12:00", state="running", due_at=None, next_event_at=None),
}
CLOCKS[67] = {
    "op": "replay",
    "calendar": "always",
    "target_seconds": seconds("8:00"),
    "percents": [50, 75, 90, 100],
    "events": [{"type": "start", "at": "2026-03-28T22:00+01:00"}],
    "now": "2026-03-29T04:00+02:00",
    "expect": {"elapsed": seconds("5:00"), "due_at": "2026-03-29T07:00+02:00"},
}


@pytest.mark.parametrize("number", sorted(CLOCKS), ids=str)
def test_clock(number: int) -> None:
    case = CLOCKS[number]
    got = answer(case)
    asked = {key: got[key] for key in case["expect"]}
    assert agrees(asked, case["expect"]), got


def test_case_66_a_cancelled_clock_counts_for_nothing() -> None:
    found = compliance(["met", "excluded", "missed", "pending"])
    assert (found.met, found.missed, found.pending, found.excluded) == (1, 1, 1, 1)
    assert found.ratio == 0.5


# Outcome metrics


def lasted(began: str, end: str, *, is_open: bool = False, expect: str) -> Case:
    return {
        "op": "duration_outcome",
        "began": began,
        "done": None if is_open else end,
        "limit_seconds": 48 * 3600,
        "op_name": "lt",
        "now": end,
        "calendar": None,
        "expect": expect,
    }


def forecast(expected: str, actual: str, expect: str) -> Case:
    return {
        "op": "tolerance_outcome",
        "forecast": expected,
        "actual": actual,
        "percent": "10",
        "expect": expect,
    }


OUTCOMES = {
    81: lasted(june("10:00"), june("3 10:00"), expect="missed"),
    82: lasted(june("10:00"), june("3 09:00"), is_open=True, expect="pending"),
    83: lasted(june("10:00"), june("3 10:00"), is_open=True, expect="missed"),
    84: lasted("2026-03-28T12:00+01:00", "2026-03-30T12:30+02:00", expect="met"),
    85: forecast("200", "220", "met"),
    86: forecast("200", "220.01", "missed"),
    87: forecast("0", "0", "met"),
    88: forecast("0", "1", "missed"),
    89: {"op": "compliance", "outcomes": ["pending", "excluded"], "expect": [0, 0, 1, 1, None]},
    91: {
        "op": "month_window",
        "year": 2026,
        "month": 3,
        "timezone": BERLIN,
        "expect": ["2026-02-28T23:00Z", "2026-03-31T22:00Z"],
    },
}


@pytest.mark.parametrize("number", OUTCOMES, ids=str)
def test_outcome(number: int) -> None:
    case = OUTCOMES[number]
    got = answer(case)
    assert agrees(got, case["expect"]), got


def test_case_89_no_data_is_neither_all_nor_nothing() -> None:
    nothing = compliance(["pending"])
    assert (nothing.ratio, nothing.tenths_of_percent, nothing.reaches(95)) == (None, None, None)


def test_case_90_a_ratio_is_never_rounded_up() -> None:
    almost = compliance(["met"] * 2374 + ["missed"] * 126)
    assert almost.reaches(95) is False
    assert almost.tenths_of_percent == 949


def test_case_91_the_month_of_the_clock_change_has_743_hours() -> None:
    start, end = answer(OUTCOMES[91])
    length = datetime.fromisoformat(end) - datetime.fromisoformat(start)
    assert to_microseconds(length) == 743 * 3600 * 10**6
