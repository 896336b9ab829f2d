"""Case files: questions to the engine as JSON, answered as their `expect` is (sla-spec 13)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sla import outcomes
from sla.business_time import (
    SECOND,
    WorkingCalendar,
    add_working_time,
    load_zone,
    to_instant,
    to_microseconds,
    wall_instant,
    working_time_between,
)
from sla.calendar_document import compile_calendar, from_case_form
from sla.replay import Act, Command, Cycle, Fact, History, replay
from sla.terms import Change, Kind, Terms, Threshold, Timetable

Case = Mapping[str, Any]
BREACH = 100
LIMITS = {"lt": "lt", "<": "lt", "le": "lte", "lte": "lte", "<=": "lte"}


class CaseFile:
    """The calendars and cases of one file. A calendar that can't be read fails its cases only."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.cases: list[Case] = document["cases"]
        self._forms: Mapping[str, Any] = document.get("calendars") or {}
        self._timetables: dict[str, Timetable] = {}

    def answer(self, case: Case) -> Any:
        """Return the answer in the form of `expect`, "error" where the engine refuses."""
        try:
            return OPERATIONS[case["op"]](self, case)
        except (ValueError, OverflowError, KeyError, TypeError):
            # The engine refused, or a part of the question is missing or of another kind.
            return "error"

    def timetable(self, name: str) -> Timetable:
        if name not in self._timetables:
            if name not in self._forms:
                raise ValueError(f"there is no calendar {name!r}")
            hours = compile_calendar(from_case_form(self._forms[name]))
            self._timetables[name] = Timetable(name, hours)
        return self._timetables[name]

    def hours(self, name: str) -> WorkingCalendar:
        return self.timetable(name).hours


def agrees(got: Any, want: Any) -> bool:
    """Compare answers: instants as instants, the rows of a log in any order."""
    return bool(_comparable(got) == _comparable(want))


def _comparable(value: Any) -> Any:
    if isinstance(value, str):
        return _instant_or_text(value)
    if isinstance(value, list):
        return [_comparable(item) for item in value]
    if isinstance(value, dict):
        plain = {key: _comparable(item) for key, item in value.items()}
        return plain | {"log": sorted(plain["log"], key=repr)} if "log" in plain else plain
    return value


def _instant_or_text(text: str) -> datetime | str:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return text
    return text if instant.tzinfo is None else instant.astimezone(UTC)


def _read(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _written(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat().replace("+00:00", "Z")


def _written_moment(moment: int | None) -> str | None:
    return None if moment is None else _written(to_instant(moment))


def _seconds(microseconds: int) -> int | float:
    whole, rest = divmod(microseconds, SECOND)
    return microseconds / SECOND if rest else whole


def _duration(seconds: float) -> timedelta:
    return timedelta(microseconds=round(seconds * SECOND))


def _between(file: CaseFile, case: Case) -> int | float:
    start, end = _read(case["start"]), _read(case["end"])
    return _seconds(to_microseconds(working_time_between(file.hours(case["calendar"]), start, end)))


def _add(file: CaseFile, case: Case) -> str | None:
    duration = _duration(case["seconds"])
    return _written(add_working_time(file.hours(case["calendar"]), _read(case["start"]), duration))


def _wall(_file: CaseFile, case: Case) -> str | None:
    return _written(wall_instant(load_zone(case["timezone"]), _read(case["local"])))


def _duration_outcome(file: CaseFile, case: Case) -> str:
    calendar = case.get("calendar")
    done = case.get("done")
    return outcomes.duration_outcome(
        began=_read(case["began"]),
        done=None if done is None else _read(done),
        limit=_duration(case["limit_seconds"]),
        operator=outcomes.Limit(LIMITS.get(case["op_name"], "")),
        now=_read(case["now"]),
        calendar=None if calendar is None else file.hours(calendar),
    ).value


def _tolerance_outcome(_file: CaseFile, case: Case) -> str:
    actual = case.get("actual")
    return outcomes.tolerance_outcome(
        forecast=str(case["forecast"]),
        actual=None if actual is None else str(actual),
        percent=str(case["percent"]),
    ).value


def _compliance(_file: CaseFile, case: Case) -> list[int | float | None]:
    found = outcomes.compliance(case["outcomes"])
    ratio = None if found.ratio is None else float(found.ratio)
    return [found.met, found.missed, found.pending, found.excluded, ratio]


def _month_window(_file: CaseFile, case: Case) -> list[str | None]:
    window = outcomes.month_window(case["year"], case["month"], case["timezone"])
    return [_written(instant) for instant in window]


def _replay(file: CaseFile, case: Case) -> dict[str, Any]:
    percents = case["percents"]
    terms = Terms(
        target=round(case["target_seconds"] * SECOND),
        timetable=file.timetable(case["calendar"]),
        # A target always has its breach, also where the case does not ask for it.
        thresholds=tuple(_threshold(percent) for percent in sorted({*percents, BREACH})),
    )
    now = _read(case["now"])
    history = replay(terms, [_command(file, event) for event in case["events"]], now=now)
    return _told(history, history.current, now, {str(percent) for percent in percents})


def _threshold(percent: int) -> Threshold:
    if percent == BREACH:
        return Threshold(str(percent), Kind.BREACH, percent)
    kind = Kind.WARN if percent < BREACH else Kind.ESCALATE
    return Threshold(str(percent), kind, percent)


def _command(file: CaseFile, event: Case) -> Command:
    calendar = event.get("calendar")
    target = event.get("target_seconds")
    change = Change(
        target=None if target is None else round(target * SECOND),
        timetable=None if calendar is None else file.timetable(calendar),
    )
    return Command(Act(event["type"]), _read(event["at"]), event.get("reason") or "", change)


def _told(history: History, cycle: Cycle, now: datetime, asked: set[str]) -> dict[str, Any]:
    elapsed = cycle.elapsed(now)
    breach = cycle.breach
    return {
        "state": cycle.state.value,
        "cycle": cycle.number,
        "elapsed": _seconds(elapsed),
        "remaining": _seconds(cycle.terms.target - elapsed),
        "due_at": _written_moment(cycle.due),
        "breached": breach is not None,
        "breached_at": None if breach is None else _written(breach.effective_at),
        "outcome": None if cycle.outcome is None else cycle.outcome.value,
        "next_event_at": _written_moment(cycle.next_event),
        "ignored": history.ignored,
        "log": [
            _logged(fact, past.number)
            for past in history.cycles
            for fact in past.log
            if fact.threshold.key in asked
        ],
        "past_outcomes": [
            None if past.outcome is None else past.outcome.value for past in history.cycles[:-1]
        ],
    }


def _logged(fact: Fact, cycle: int) -> list[Any]:
    return [
        fact.threshold.percent,
        cycle,
        _written(fact.due_at),
        _written(fact.effective_at),
        _written(fact.superseded_at),
    ]


OPERATIONS: dict[str, Callable[[CaseFile, Case], Any]] = {
    "between": _between,
    "add": _add,
    "wall": _wall,
    "replay": _replay,
    "duration_outcome": _duration_outcome,
    "tolerance_outcome": _tolerance_outcome,
    "compliance": _compliance,
    "month_window": _month_window,
}
