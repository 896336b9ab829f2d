"""Limits, forecasts, months: the edges that the numbered cases leave open."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from sla.calendar_document import compile_calendar
from sla.outcomes import (
    Limit,
    Result,
    compliance,
    duration_outcome,
    month_window,
    tolerance_outcome,
)
from tests.factories.sla import working_week

BEGAN = datetime(2026, 6, 1, 9, tzinfo=UTC)


def judged(hours: float | None, *, operator: Limit = Limit.LESS, now: float = 1000) -> Result:
    """The result of something that took so many real hours, or is open after `now` hours."""
    return duration_outcome(
        began=BEGAN,
        done=None if hours is None else BEGAN + timedelta(hours=hours),
        limit=timedelta(hours=8),
        operator=operator,
        now=BEGAN + timedelta(hours=now),
    )


@pytest.mark.parametrize(
    ("hours", "operator", "expected"),
    [(7.9, "lt", "met"), (8, "lt", "missed"), (8, "lte", "met"), (8.01, "lte", "missed")],
)
def test_the_limit_itself_is_inside_only_where_the_operator_says_so(
    hours: float, operator: str, expected: str
) -> None:
    assert judged(hours, operator=Limit(operator)) == expected


@pytest.mark.parametrize(
    ("now", "operator", "expected"),
    [(7, "lt", "pending"), (8, "lt", "missed"), (8, "lte", "pending"), (8.01, "lte", "missed")],
)
def test_an_open_item_is_missed_once_it_can_no_longer_be_met(
    now: float, operator: str, expected: str
) -> None:
    assert judged(None, operator=Limit(operator), now=now) == expected


def test_done_before_it_began_is_no_evidence() -> None:
    assert judged(-1) == Result.EXCLUDED


def test_what_has_not_begun_is_pending() -> None:
    assert judged(None, now=-5) == Result.PENDING


def test_with_a_calendar_only_working_time_counts() -> None:
    result = duration_outcome(
        began=BEGAN,
        done=BEGAN + timedelta(days=1),
        limit=timedelta(hours=8),
        operator=Limit.AT_MOST,
        now=BEGAN + timedelta(days=9),
        calendar=compile_calendar(working_week()),
    )
    assert result == Result.MET


def test_a_naive_time_is_refused() -> None:
    naive = BEGAN.replace(tzinfo=None)
    with pytest.raises(ValueError, match="naive"):
        duration_outcome(began=naive, done=None, limit=timedelta(1), operator=Limit.LESS, now=BEGAN)


@pytest.mark.parametrize(
    ("forecast", "actual", "expected"),
    [
        ("-100", "-109", "met"),
        ("-100", "-111", "missed"),
        ("0.1", "0.11", "met"),
        ("100", None, "pending"),
        ("0", "0.0000001", "missed"),
        ("1000000000000000000000000000003", "1100000000000000000000000000003.3", "met"),
        ("1000000000000000000000000000003", "1100000000000000000000000000003.4", "missed"),
    ],
)
def test_a_tolerance_is_judged_exactly(forecast: str, actual: str | None, expected: str) -> None:
    assert tolerance_outcome(forecast=forecast, actual=actual, percent="10") == expected


@pytest.mark.parametrize("number", ["", "ten", "NaN", "Infinity"])
def test_a_forecast_is_a_number(number: str) -> None:
    with pytest.raises((ValueError, OverflowError)):
        tolerance_outcome(forecast=number, actual="1", percent="10")


def test_compliance_counts_and_compares_exact_fractions() -> None:
    found = compliance(["met"] * 19 + ["missed", "pending", "excluded"])
    assert (found.met, found.missed, found.pending, found.excluded) == (19, 1, 1, 1)
    assert found.ratio == Fraction(19, 20)
    assert found.reaches(95) is True
    assert found.reaches(Fraction(951, 10)) is False


def test_an_outcome_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="late"):
        compliance(["late"])


def test_december_ends_with_the_year() -> None:
    start, end = month_window(2026, 12, "Asia/Kolkata")
    assert start == datetime(2026, 11, 30, 18, 30, tzinfo=UTC)
    assert end == datetime(2026, 12, 31, 18, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("year", "month", "zone"), [(2026, 13, "UTC"), (2026, 0, "UTC"), (2026, 1, "Mars/Base")]
)
def test_a_month_that_is_none_is_refused(year: int, month: int, zone: str) -> None:
    with pytest.raises(ValueError):
        month_window(year, month, zone)
