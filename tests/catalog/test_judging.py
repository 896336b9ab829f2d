"""Judging readings of outcome promises (sla-spec 10 and cases 81 to 91)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from catalog.judging import Status, judge, verdicts, version_for
from catalog.models import Measurement, MetricVersion
from catalog.outcome_words import kept_words, promise_words
from sla.outcomes import Result

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)


def definition(kind="duration", **changes):
    given = {"operator": "lt", "limit": Decimal(48), "compliance_target": Decimal(95)}
    given |= {"effective_from": MARCH, "number": 1, "min_sample": 5, "population": "risks"}
    return MetricVersion(kind=kind, **(given | changes))


def reading(at, **changes):
    return Measurement(reference=f"R{at}", at=at, **changes)


def month_of(version, readings, now, month=MARCH):
    return verdicts([version], readings, [month], now)[0]


def test_exactly_the_limit_is_missed_when_less_is_promised_and_met_when_at_most_is(berlin):
    took = reading(berlin("2026-03-02 09:00"), done_at=berlin("2026-03-04 09:00"))
    now = berlin("2026-03-10 09:00")
    assert judge(took, definition(), now).result == Result.MISSED
    assert judge(took, definition(operator="lte"), now).result == Result.MET


def test_an_open_item_is_missed_from_the_moment_it_can_no_longer_be_met(berlin):
    still = reading(berlin("2026-03-02 09:00"))
    assert judge(still, definition(), berlin("2026-03-04 08:59")).result == Result.PENDING
    judged = judge(still, definition(), berlin("2026-03-04 09:00"))
    assert (judged.result, judged.sealed_at) == (Result.MISSED, berlin("2026-03-04 09:00"))


def test_an_item_counts_in_the_month_in_which_its_fate_was_sealed(berlin):
    late = reading(berlin("2026-03-31 09:00"), done_at=berlin("2026-04-20 09:00"))
    found = verdicts([definition()], [late], [MARCH, APRIL], berlin("2026-05-01 00:00"))
    assert [verdict.counts.missed for verdict in found] == [0, 1]


def test_no_item_is_no_data_and_few_are_too_few_to_judge(berlin):
    now = berlin("2026-03-31 12:00")
    assert month_of(definition(), [], now).status == Status.NO_DATA
    few = [
        reading(berlin(f"2026-03-0{n} 09:00"), done_at=berlin(f"2026-03-0{n} 10:00"))
        for n in range(1, 5)
    ]
    verdict = month_of(definition(), few, now)
    assert verdict.status == Status.TOO_FEW
    assert kept_words(verdict) == "4 of 4, too few to judge"


def test_a_share_just_below_its_target_is_missed_and_never_rounded_up(berlin):
    at = berlin("2026-03-05 09:00")
    readings = [reading(at, holds=number >= 101) for number in range(2000)]
    verdict = month_of(definition("share", limit=None), readings, berlin("2026-04-01 00:00"))
    assert verdict.status == Status.MISSED
    assert kept_words(verdict) == "1899 of 2000 (94.9 %)"


@pytest.mark.parametrize(
    ("forecast", "actual", "result"),
    [("200", "220", "met"), ("200", "220.01", "missed"), ("0", "0", "met"), ("0", "1", "missed")],
)
def test_a_tolerance_includes_its_limit(berlin, forecast, actual, result):
    version = definition("tolerance", operator="lte", limit=Decimal(10))
    one = reading(berlin("2026-03-05 09:00"), forecast=Decimal(forecast), actual=Decimal(actual))
    assert judge(one, version, berlin("2026-03-31 00:00")).result == result


def test_without_an_actual_sixty_days_after_the_month_a_forecast_is_missed(berlin):
    version = definition("tolerance", operator="lte", limit=Decimal(10))
    one = reading(berlin("2026-03-05 09:00"), forecast=Decimal(200))
    end = berlin("2026-04-01 00:00") + timedelta(days=60)
    assert judge(one, version, end - timedelta(seconds=1)).result == Result.PENDING
    assert judge(one, version, end).result == Result.MISSED


def test_forecasts_that_all_lean_one_way_are_told_apart(berlin):
    version = definition("tolerance", operator="lte", limit=Decimal(10))
    readings = [
        reading(berlin("2026-03-05 09:00"), forecast=Decimal(100), actual=Decimal(108))
        for _ in range(5)
    ]
    verdict = month_of(version, readings, berlin("2026-04-01 00:00"))
    assert (verdict.status, verdict.beside) == (Status.KEPT, "in sum +8.0 % off")


@pytest.mark.parametrize(
    ("operator", "amounts", "now", "status"),
    [
        ("lte", [2, 1], "2026-03-20 00:00", Status.NO_DATA),
        ("lte", [2, 2], "2026-03-20 00:00", Status.MISSED),
        ("lte", [2, 1], "2026-04-02 00:00", Status.KEPT),
        ("gte", [3], "2026-03-20 00:00", Status.KEPT),
        ("gte", [2], "2026-04-02 00:00", Status.MISSED),
    ],
)
def test_a_count_is_judged_when_nothing_can_change_it(berlin, operator, amounts, now, status):
    version = definition("count", operator=operator, limit=Decimal(3))
    readings = [reading(berlin("2026-03-05 09:00"), actual=Decimal(n)) for n in amounts]
    assert month_of(version, readings, berlin(now)).status == status


def test_months_before_a_new_definition_keep_the_old_one():
    old, new = definition(), definition(effective_from=APRIL, number=2, limit=Decimal(24))
    assert version_for([new, old], MARCH) is old
    assert version_for([new, old], APRIL) is new
    assert version_for([new, old], date(2026, 2, 1)) is None


def test_a_promise_is_one_sentence_with_a_number():
    assert promise_words(definition()) == "95 % in less than 48 h, counted in real time"
    tolerance = definition("tolerance", operator="lte", limit=Decimal("10.000"))
    assert promise_words(tolerance) == "95 % within ± 10 % of the forecast"
    assert promise_words(definition("count", operator="lte", limit=Decimal(3))) == (
        "At most 3 a month"
    )
