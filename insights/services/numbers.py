"""The five numbers of a month, beside the month before, and the sentence made from them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from insights.figures import monthly, words
from insights.figures.monthly import Approach, Counted, shifted

LESS_LEAD_TIME, LESS_URGENT = 0.6, 0.5  # product.md: -40 % and -50 %
Shown = dict[str, Any]
Say = Callable[[float | None], str]


def count(month: date) -> tuple[list[Shown], dict[str, list[int]]]:
    before = shifted(month, -1)
    base = monthly.baseline_months(monthly.first_month())
    # A month of the baseline itself is not held against it.
    base = base if base and month > base[-1] else []
    lead, urgent = monthly.lead_time(month), monthly.urgent_share(month)
    parts, kept = monthly.approach(month), monthly.promises_kept(month)
    helped = monthly.results_that_helped(month)
    numbers = [
        _against(
            "lead",
            "Decision lead time, median",
            words.days,
            lead,
            monthly.lead_time(before),
            monthly.baseline_of_lead_time(base),
            LESS_LEAD_TIME,
        ),
        _against(
            "urgent",
            "Urgent share",
            words.percent,
            urgent,
            monthly.urgent_share(before),
            monthly.baseline_of_urgent_share(base),
            LESS_URGENT,
        ),
        _approach(parts, monthly.approach(before)),
        _counts("promises", "Promises kept", kept, monthly.promises_kept(before)),
        _counts(
            "results",
            "Results that made a difference",
            helped,
            monthly.results_that_helped(before),
        ),
    ]
    rows = {
        "lead": lead.rows,
        "urgent": urgent.rows,
        "approach": [*parts.as_ordered, *parts.framed, *parts.measured],
        "promises": kept.rows,
        "results": helped.rows,
    }
    return numbers, rows


def _number(key: str, label: str, now: str, before: str, **more: Any) -> Shown:
    blank = {"baseline": "", "target": "", "verdict": "", "n": 0, "value": None}
    return blank | {"key": key, "label": label, "now": now, "before": before} | more


def _against(
    key: str,
    label: str,
    said: Say,
    now: Counted,
    before: Counted,
    baseline: float | None,
    less: float,
) -> Shown:
    """A number that is to fall: beside its baseline, to a part of it."""
    target = baseline * less if baseline is not None else None
    return _number(
        key,
        label,
        said(now.value),
        said(before.value),
        baseline=said(baseline),
        target=said(target),
        verdict=words.standing(now.value, baseline, target, now.whole),
        n=now.whole,
        value=now.value,
        against=baseline,
    )


def _approach(now: Approach, before: Approach) -> Shown:
    whole = sum(map(len, now))
    shown = now.ratio if whole else "–"
    previous = before.ratio if sum(map(len, before)) else "–"
    return _number("approach", "Orders : value", shown, previous, n=whole)


def _counts(key: str, label: str, now: Counted, before: Counted) -> Shown:
    return _number(key, label, words.of(now), words.of(before), n=now.whole, value=now.value)


def summary(month: date, numbers: list[Shown]) -> str:
    """The month in sentences made from its numbers: the headline where nobody writes one."""
    by_key = {number["key"]: number for number in numbers}
    lead, kept, helped = by_key["lead"], by_key["promises"], by_key["results"]
    told = [_lead_sentence(month, lead)]
    if kept["n"]:
        told.append(f"{kept['now']} promises were kept.")
    if helped["n"]:
        told.append(f"{helped['now']} results made a difference.")
    return " ".join(told)


def _lead_sentence(month: date, lead: Shown) -> str:
    if lead["value"] is None:
        return f"No decision was recorded in {month:%B}."
    said = f"Median decision lead time was {lead['now'].replace(' d', '')} days in {month:%B}"
    if not lead.get("against"):
        return f"{said}."
    off = round((lead["value"] / lead["against"] - 1) * 100)
    side = "below" if off < 0 else "above"
    baseline = lead["baseline"].replace(" d", "")
    where = f"{abs(off)} % {side} the baseline" if off else "the same as the baseline"
    return f"{said}, {where} of {baseline}. Target {lead['target'].replace(' d', '')}."
