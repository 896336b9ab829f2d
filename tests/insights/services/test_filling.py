"""The figures of a review against what was worked out by hand from the months of conftest."""

from datetime import date

import pytest

from insights.figures import monthly
from insights.services.filling import fill

pytestmark = pytest.mark.django_db


@pytest.fixture
def filled(months, april, berlin):
    return fill(april, now=berlin("2026-05-04 08:00"))


def test_the_five_numbers_are_those_worked_out_by_hand(filled, months):
    numbers = {number["key"]: number for number in filled.figures["numbers"]}
    lead, urgent = numbers["lead"], numbers["urgent"]
    # April: 7 8 9 9 12; baseline: 10 14 18; the target is 0.6 of 14.
    assert (lead["now"], lead["baseline"], lead["target"]) == ("9 d", "14 d", "8.4 d")
    assert (lead["verdict"], lead["n"], lead["before"]) == ("on the way", 5, "18 d")
    # One of five in April, one of three in the baseline; the target is half of that.
    assert (urgent["now"], urgent["baseline"]) == ("20 %", "33.3 %")
    assert (urgent["target"], urgent["verdict"]) == ("16.7 %", "on the way")
    # One as ordered, one framed, one framed and measured.
    assert numbers["approach"]["now"] == "1 : 1.0"
    # The one that could not be measured is left out.
    assert numbers["results"]["now"] == "1 of 1"
    assert filled.figures["summary"].startswith(
        "Median decision lead time was 9 days in April, 36 % below the baseline of 14. Target 8.4."
    )


def test_each_figure_keeps_the_requests_it_was_counted_from(filled, months):
    ids = {name: work.pk for name, work in months.items()}
    assert filled.rows["lead"] == sorted(ids.values())
    assert filled.rows["urgent"] == [ids["urgent"]]
    assert filled.rows["approach"] == [ids["quick"], ids["unmeasured"], ids["measured"]]
    assert filled.rows["results"] == [ids["measured"]]


def test_promises_are_counted_from_the_clocks_of_the_month(filled, months, april):
    numbers = {number["key"]: number for number in filled.figures["numbers"]}
    kept = monthly.promises_kept(april)
    assert numbers["promises"]["now"] == f"{kept.part} of {kept.whole}"
    missed = sum(line["missed"] for line in filled.figures["promises"])
    assert missed == kept.whole - kept.part
    assert set(filled.rows["promises"]) <= {work.pk for work in months.values()}


def test_a_month_of_the_baseline_is_not_held_against_it(months, berlin):
    numbers = fill(date(2026, 2, 1), now=berlin("2026-05-04 08:00")).figures["numbers"]
    assert (numbers[0]["now"], numbers[0]["baseline"]) == ("10 d", "–")


def test_a_month_without_anything_claims_nothing(policies, berlin):
    figures = fill(date(2026, 4, 1), now=berlin("2026-05-04 08:00")).figures
    assert {number["now"] for number in figures["numbers"]} == {"–"}
    assert figures["summary"] == "No decision was recorded in April."
