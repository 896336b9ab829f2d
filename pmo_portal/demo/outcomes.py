"""The demo's outcome promises: one of each kind, with readings over the months."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from accounts.models import User
from catalog.models import OutcomeMetric, Service
from catalog.services.outcomes import Reading, define, measure

FIRST_MONTHS = 5
DEFINITIONS: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    (
        "forecast-check",
        "Forecast accuracy",
        "Can the end date and the cost be trusted?",
        {
            "kind": "tolerance",
            "operator": "lte",
            "limit": Decimal(10),
            "compliance_target": Decimal(80),
            "population": "forecasts frozen when a gate was passed",
            "starts_and_ends": "Frozen at the gate; ends when the actual value is booked",
            "excludes": "A change of scope that the board decided; a lead approves it",
            "evidence": "The project ledger",
        },
    ),
    (
        "schedule-risk-signal",
        "Risk visible in two days",
        "Does a sponsor hear of trouble while something can be done?",
        {
            "kind": "duration",
            "operator": "lt",
            "limit": Decimal(48),
            "compliance_target": Decimal(95),
            "population": "risks of medium severity or higher",
            "starts_and_ends": "Identified, until it is published to the steering group",
            "excludes": "",
            "evidence": "The risk register",
        },
    ),
)


def make_outcomes(people: dict[str, User], now: datetime) -> None:
    """Promise, and take the readings that the months have brought."""
    luck = Random(48)  # noqa: S311 - always the same demo
    begun = (now - timedelta(days=30 * FIRST_MONTHS)).date().replace(day=1)
    for slug, name, question, terms in DEFINITIONS:
        service = Service.objects.filter(slug=slug).first()
        if service is None:
            continue
        start = datetime.combine(begun, datetime.min.time(), now.tzinfo) + timedelta(hours=9)
        metric = define(
            service,
            name=name,
            question=question,
            owner=people["lena"],
            terms=terms
            | {"calendar": None, "min_sample": 5, "effective_from": begun, "note": "First promise"},
            actor=people["lena"],
            at=start,
        )
        for reading in _readings(metric, start, now, luck):
            measure(metric, reading, actor=people["dana"], at=max(reading.at, start))


def _readings(
    metric: OutcomeMetric, start: datetime, now: datetime, luck: Random
) -> Iterator[Reading]:
    """Some two a week; three in four or more keep the promise."""
    moment, number = start + timedelta(days=2), 1
    while moment < now - timedelta(days=1):
        if metric.name == "Forecast accuracy":
            forecast = Decimal(luck.randrange(40, 400))
            off = Decimal(luck.choice((-6, -3, 2, 4, 5, 7, 8, 9, 14)))
            actual = (forecast * (100 + off) / 100).quantize(Decimal("0.1"))
            yield Reading(f"Gate {number}", moment, forecast=forecast, actual=actual)
        else:
            took = luck.choice((6, 9, 20, 26, 30, 40, 44, 47, 61))
            done = min(moment + timedelta(hours=took), now)
            yield Reading(f"RISK-{100 + number}", moment, done_at=done)
        moment += timedelta(days=luck.choice((2, 3, 5)), hours=luck.randrange(5))
        number += 1
