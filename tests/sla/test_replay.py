"""The replay of a clock against one that counts minute by minute, and rules in words."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sla.business_time import SECOND, add_working_time, to_instant, working_spans
from sla.calendar_document import compile_calendar
from sla.case_files import CaseFile
from sla.replay import Act, Command, Outcome, State, replay
from sla.terms import Change, Kind, Terms, Threshold, Timetable
from sla.thresholds import defaults, read
from tests.factories.sla import working_week
from tests.sla.clock_oracle import PERCENTS, ClockOracle
from tests.sla.moments import june

DAWN = datetime(2026, 6, 1, tzinfo=UTC)
DAYS = 9
HORIZON = 40 * 24 * 60
WEEKS = {
    "utc": working_week(),
    "berlin": working_week("Europe/Berlin"),
    "split": working_week(windows=[["09:00", "12:00"], ["13:00", "17:00"]]),
    "night": working_week(windows=[["22:00", "06:00"]]),
    "monday-closed": working_week(exceptions={"2026-06-01": []}),
    "saturday-open": working_week(exceptions={"2026-06-06": [["09:00", "17:00"]]}),
    "always": working_week(
        windows=[["00:00", "24:00"]], days=("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    ),
}
HOURS = {name: compile_calendar(document) for name, document in WEEKS.items()}


def open_minutes(name: str) -> frozenset[int]:
    spans = working_spans(HOURS[name], DAWN, DAWN + timedelta(minutes=HORIZON))
    return frozenset(
        minute
        for opening, closing in spans
        for minute in range(to_minute(opening), to_minute(closing))
    )


def to_minute(instant: datetime) -> int:
    return (instant - DAWN) // timedelta(minutes=1)


OPEN = {name: open_minutes(name) for name in WEEKS}
MINUTES = st.integers(0, DAYS * 24 * 60)
NAMES = st.sampled_from(sorted(WEEKS))
# Whole hours among them, so that commands fall on due instants too.
TARGETS = st.sampled_from([100, 300, 300, 500, 600, 600, 1200])
REASONS = st.sampled_from(["requester", "hold"])
ACTS: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.fixed_dictionaries({"act": st.sampled_from(["pause", "resume"]), "reason": REASONS}),
    st.fixed_dictionaries({"act": st.sampled_from(["pause", "resume"]), "reason": REASONS}),
    st.fixed_dictionaries(
        {"act": st.sampled_from(["start", "stop", "cancel", "reopen", "restart"])}
    ),
    st.fixed_dictionaries({"act": st.just("retarget"), "target": TARGETS, "name": NAMES}),
    st.fixed_dictionaries({"act": st.just("calendar"), "name": NAMES}),
)
# Few distinct moments, so that commands often share one.
HISTORIES = st.lists(st.tuples(MINUTES.map(lambda m: m - m % 60), ACTS), max_size=9).map(
    lambda steps: sorted(steps, key=lambda step: step[0])
)


@given(NAMES, TARGETS, st.booleans(), HISTORIES, MINUTES)
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
def test_agrees_with_a_clock_that_counts_minutes(
    name: str, target: int, starts: bool, steps: list[tuple[int, dict[str, Any]]], wait: int
) -> None:
    if starts:
        first = steps[0][0] if steps else 0
        steps = [(first, {"act": "start"}), *steps]
    now = max([wait, *(minute for minute, _ in steps)])
    assert by_replay(name, target, steps, now) == by_counting(name, target, steps, now)


def by_counting(
    name: str, target: int, steps: Sequence[tuple[int, dict[str, Any]]], now: int
) -> dict[str, Any]:
    clock = ClockOracle(OPEN[name], name, target, HORIZON)
    for index, (minute, step) in enumerate(steps):
        given_ = {key: value for key, value in step.items() if key != "act"}
        if "name" in given_:
            given_["hours"] = OPEN[step["name"]]
        clock.command(index, step["act"], minute, **given_)
    clock.run_to(now)
    clock.settle()
    return in_order(clock.told())


def by_replay(
    name: str, target: int, steps: Sequence[tuple[int, dict[str, Any]]], now: int
) -> dict[str, Any]:
    case = {
        "op": "replay",
        "calendar": name,
        "target_seconds": target * 60,
        "percents": list(PERCENTS),
        "now": written(now),
        "events": [event(minute, step) for minute, step in steps],
    }
    calendars = {key: case_form(key) for key in WEEKS}
    told = CaseFile({"calendars": calendars, "cases": []}).answer(case)
    told |= {"elapsed": told["elapsed"] // 60, "remaining": told["remaining"] // 60}
    for key in ("due_at", "breached_at", "next_event_at"):
        told[key] = read_minute(told[key])
    told["log"] = [[*row[:2], *map(read_minute, row[2:])] for row in told["log"]]
    return in_order(told)


def case_form(name: str) -> dict[str, Any]:
    week = WEEKS[name]
    special = {row["date"]: row["windows"] for row in week["exceptions"]}
    return {"timezone": week["timezone"], "weekly": week["weekly"], "special": special}


def event(minute: int, step: dict[str, Any]) -> dict[str, Any]:
    found = {"type": step["act"], "at": written(minute), "reason": step.get("reason", "")}
    if "name" in step:
        found["calendar"] = step["name"]
    if "target" in step:
        found["target_seconds"] = step["target"] * 60
    return found


def written(minute: int) -> str:
    return (DAWN + timedelta(minutes=minute)).isoformat()


def read_minute(text: str | None) -> int | None:
    return None if text is None else to_minute(datetime.fromisoformat(text))


def in_order(told: dict[str, Any]) -> dict[str, Any]:
    return told | {"log": sorted(told["log"], key=repr)}


# Rules in words

UTC_WEEK = Timetable("utc", HOURS["utc"])


def terms(hours: float = 8, thresholds: tuple[Threshold, ...] | None = None) -> Terms:
    return Terms(round(hours * 3600 * SECOND), UTC_WEEK, thresholds or read(defaults()))


def test_an_earlier_time_counts_as_the_time_of_the_command_before_it() -> None:
    steps = [
        Command(Act.START, june("01 09:00")),
        Command(Act.PAUSE, june("01 12:00"), "hold"),
        Command(Act.RESUME, june("01 11:00"), "hold"),
    ]
    cycle = replay(terms(), steps, now=june("01 13:00")).current
    assert cycle.elapsed(june("01 13:00")) == 4 * 3600 * SECOND


def test_now_counts_as_no_earlier_than_the_last_command() -> None:
    steps = [Command(Act.START, june("01 09:00")), Command(Act.STOP, june("01 12:00"))]
    assert replay(terms(), steps, now=june("01 10:00")).current.state == State.STOPPED


def test_a_retarget_of_a_clock_that_has_not_started_holds_from_its_start() -> None:
    steps = [
        Command(Act.RETARGET, june("01 08:00"), change=Change(target=3600 * SECOND)),
        Command(Act.START, june("01 09:00")),
    ]
    history = replay(terms(), steps, now=june("01 09:30"))
    assert history.ignored == []
    assert to_instant(history.current.due or 0) == june("01 10:00")


def test_new_thresholds_take_the_place_of_the_old_ones() -> None:
    breach = Threshold("breach-100", Kind.BREACH, 100)
    one = terms(thresholds=(Threshold("warn-50", Kind.WARN, 50), breach))
    other = (Threshold("warn-60", Kind.WARN, 60), breach)
    steps = [
        Command(Act.START, june("01 09:00")),
        Command(Act.RETARGET, june("01 14:00"), change=Change(thresholds=other)),
    ]
    cycle = replay(one, steps, now=june("01 14:00")).current
    assert {fact.threshold.key for fact in cycle.live.values()} == {"warn-60"}
    assert [fact.superseded_at for fact in cycle.log] == [june("01 14:00"), None]


def test_thresholds_by_distance_from_due() -> None:
    hour_before = Threshold("warn--3600s", Kind.WARN, offset_seconds=-3600)
    hour_after = Threshold("escalate-+3600s", Kind.ESCALATE, offset_seconds=3600)
    at_once = Threshold("warn--99999s", Kind.WARN, offset_seconds=-99999)
    breach = Threshold("breach-100", Kind.BREACH, 100)
    held = terms(thresholds=(hour_before, hour_after, at_once, breach))
    start = Command(Act.START, june("01 09:00"))
    cycle = replay(held, [start], now=june("02 11:00")).current
    assert {fact.threshold.key: fact.due_at for fact in cycle.log} == {
        "warn--99999s": june("01 09:00"),
        "warn--3600s": june("01 16:00"),
        "breach-100": june("01 17:00"),
        "escalate-+3600s": june("02 10:00"),
    }


def test_reopened_and_stopped_again_the_outcome_is_judged_anew() -> None:
    steps = [
        Command(Act.START, june("01 09:00")),
        Command(Act.STOP, june("01 11:00")),
        Command(Act.REOPEN, june("02 09:00")),
        Command(Act.STOP, june("03 12:00")),
    ]
    cycle = replay(terms(), steps, now=june("03 12:00")).current
    assert cycle.outcome == Outcome.MISSED
    assert to_instant(cycle.due or 0) == june("02 15:00")


def test_a_correction_while_stopped_is_for_what_runs_later() -> None:
    closed = Change(timetable=Timetable("other", HOURS["monday-closed"]))
    steps = [
        Command(Act.START, june("01 09:00")),
        Command(Act.STOP, june("01 11:00")),
        Command(Act.CALENDAR, june("01 12:00"), change=closed),
        Command(Act.REOPEN, june("01 13:00")),
    ]
    history = replay(terms(), steps, now=june("02 10:00"))
    assert history.ignored == [2]
    assert history.current.elapsed(june("02 10:00")) == 3 * 3600 * SECOND


@pytest.mark.parametrize("seconds", [0, -1, 400_000_000])
def test_a_target_lies_between_a_second_and_ten_years(seconds: int) -> None:
    with pytest.raises(ValueError, match="target"):
        Terms(seconds * SECOND, UTC_WEEK, read(defaults()))


STARTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
WAITS = st.timedeltas(timedelta(0), timedelta(days=9))


@given(NAMES, STARTS, WAITS, WAITS)
def test_due_after_a_pause_is_what_was_left_added_to_the_resume(
    name: str, start: datetime, until: timedelta, waited: timedelta
) -> None:
    held = Terms(40 * 3600 * SECOND, Timetable(name, HOURS[name]), read(defaults()))
    paused, resumed = start + until, start + until + waited
    steps = [
        Command(Act.START, start),
        Command(Act.PAUSE, paused, "hold"),
        Command(Act.RESUME, resumed, "hold"),
    ]
    cycle = replay(held, steps, now=resumed).current
    left = timedelta(microseconds=held.target - cycle.elapsed(paused))
    if left > timedelta(0):
        due = add_working_time(HOURS[name], resumed, left)
        assert cycle.due is not None
        assert to_instant(cycle.due) == due


@given(NAMES, STARTS, WAITS, WAITS)
def test_a_pause_of_no_length_changes_nothing(
    name: str, start: datetime, until: timedelta, later: timedelta
) -> None:
    held = Terms(8 * 3600 * SECOND, Timetable(name, HOURS[name]), read(defaults()))
    paused, now = start + until, start + until + later
    begin = Command(Act.START, start)
    steps = [begin, Command(Act.PAUSE, paused, "x"), Command(Act.RESUME, paused, "x")]
    plain = replay(held, [begin], now=now).current
    with_pause = replay(held, steps, now=now).current
    assert with_pause.elapsed(now) == plain.elapsed(now)
    assert (with_pause.due, with_pause.next_event) == (plain.due, plain.next_event)
    assert with_pause.log == plain.log
