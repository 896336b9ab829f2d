"""Working time by itself is measured against its budget and against the least."""

from bench import sweep as sweeping
from bench import working_time
from bench.servers import PORTAL, Site
from sla.calendar_document import compile_calendar


def test_the_least_counts_what_the_engine_counts():
    week = compile_calendar(working_time.WEEK)
    for end in working_time.SPANS.values():
        counted = working_time._least(week, end)()
        exact = working_time.working_time_between(week, working_time.START, end)
        assert counted == exact.total_seconds() * 1_000_000


def test_over_its_budget_is_said_so(monkeypatch):
    slow = {"median": 21.0, "p95": 30.0}
    fast = {"median": 3.0, "p95": 4.0}
    found = {
        "three months": {"between": slow, "add": fast, "least": fast},
        "ten years": {"between": slow, "add": fast, "least": fast},
    }
    told = {one.goal.words: one.verdict for one in working_time.judge(found)}
    assert told["µs to between, three months"] == "NOT KEPT"
    assert told["µs to add, three months"] == "want"
    assert told["µs to between, ten years"] == "want"


def test_a_call_is_timed_in_microseconds(monkeypatch):
    monkeypatch.setattr(working_time, "ROUNDS", 3)
    monkeypatch.setattr(working_time, "CALLS", 5)
    times = working_time.timed(lambda: sum(range(1000)))
    assert 0 < times["median"] <= times["p95"]


def test_many_clocks_are_copies_of_some():
    few, many = sweeping._site(10_000), sweeping._site(1_000_000)
    assert (few.requests, few.times) == (9_000, 1)
    assert (many.requests, many.times) == (9_000, 100)
    assert Site(PORTAL, 9_000, open_share=1.0, times=100).model == "bench_portal_9000_100_x100"
