"""Tiers side by side."""

import pytest

from catalog import comparison
from catalog.first_results import first_results
from sla.models import SlaPolicy
from sla.services.policies import Promise, new_version
from tests.factories.catalog import make_service

pytestmark = pytest.mark.django_db


@pytest.fixture
def tiers(service):
    return list(service.current.tiers.all())


def cells(rows, label):
    row = next(row for row in rows if row.label == label)
    return [cell.words for cell in row.cells]


def test_dates_follow_the_calendar(tiers, berlin):
    friday = berlin("2026-04-02 12:00")  # before Good Friday and Easter Monday
    rows = comparison.rows(tiers, due=first_results(tiers, at=friday), now=friday)
    assert cells(rows, "First result") == [
        "in 3 working days",
        "in 8 working days",
        "in 15 working days",
    ]
    assert cells(rows, "If chosen today") == ["by Thu 9 Apr", "by Thu 16 Apr", "by Mon 27 Apr"]


def test_a_promise_of_the_policy_in_force_counts(tiers, berlin):
    policy = SlaPolicy.objects.get(slug="deliver-in-3-days")
    calendar = policy.versions.get().targets.get().calendar
    longer = [Promise("delivery", 5 * 8 * 3600, calendar)]
    new_version(policy, longer, at=berlin("2026-03-01 09:00"))
    monday = berlin("2026-03-02 09:00")
    assert first_results(tiers, at=monday)[tiers[0].pk] == berlin("2026-03-06 17:00")


def test_before_any_promise_is_in_force_there_is_no_date(tiers, berlin):
    assert set(first_results(tiers, at=berlin("2025-03-01 09:00")).values()) == {None}


def test_dates_take_one_query_once_the_hours_are_known(tiers, berlin, django_assert_num_queries):
    first_results(tiers, at=berlin("2026-03-02 09:00"))
    with django_assert_num_queries(1):  # targets with version and calendar
        first_results(tiers, at=berlin("2026-03-02 09:00"))


def test_what_differs_from_the_tier_before_is_marked_when_asked_for(tiers, berlin):
    now = berlin("2026-03-02 09:00")
    rows = comparison.rows(tiers, due={}, now=now, mark_differences=True)
    exact = next(row for row in rows if row.label == "How exact")
    first = next(row for row in rows if row.label == "First result")
    assert [cell.differs for cell in exact.cells] == [False, False, False]
    assert [cell.differs for cell in first.cells] == [False, True, True]


def test_rows_that_no_tier_fills_are_left_out(tiers, berlin):
    labels = [row.label for row in comparison.rows(tiers, due={}, now=berlin("2026-03-02 09:00"))]
    assert "If chosen today" not in labels
    assert "Promise" in labels


def test_tier_names_come_with_words_and_one_is_suggested(tiers):
    heads = comparison.columns(tiers, suggested=tiers[1].pk)
    assert [head.words for head in heads] == [
        "Bronze · quick look",
        "Silver · standard",
        "Gold · deep dive",
    ]
    assert [head.is_suggested for head in heads] == [False, True, False]


def test_with_one_tier_there_is_nothing_to_choose(policies, berlin):
    service = make_service(berlin("2026-01-02 09:00"))
    tiers = list(service.current.tiers.all())
    assert comparison.caption(tiers) == "Choose how fast and how deep"
    assert comparison.caption(tiers[:1]) == "One tier, the same for all"
