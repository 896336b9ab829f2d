"""Services with their tiers, published as an administrator would."""

from datetime import date, datetime
from typing import Any

from catalog.models import Service, ServiceTier
from catalog.services.publishing import publish
from sla.models import SlaPolicy

TIERS = (("bronze", "quick look", 3), ("silver", "standard", 8), ("gold", "deep dive", 15))
BLUEPRINT = {
    "trigger": "A new forecast is due",
    "handoffs": [{"from": "Project lead", "to": "PMO", "what": "plan", "within": "1 day"}],
    "exit_criteria": ["The range is agreed with the project lead", "The causes are written down"],
    "measures": ["Forecast accuracy within ± 10 %"],
}


def make_service(at: datetime, *, slug: str = "forecast-check", **changes: object) -> Service:
    """A live service with three tiers that deliver in 3, 8 and 15 working days."""
    service = Service.objects.create(slug=slug, aim=Service.Aim.COST, **changes)
    words = {
        "name": slug.replace("-", " ").capitalize(),
        "outcome": "Trust the end date and the cost",
        "summary": "We look at your forecast and say how far it can be trusted.",
        "decision_served": "Whether to keep the date",
        "audience": "Project leads",
        "measure": "Forecast accuracy within ± 10 %",
        "needs_from_you": ["The plan", "Two talks of 30 minutes"],
    }
    publish(service, words=words, tiers=_tiers(), blueprint=BLUEPRINT, actor=None, at=at)
    service.refresh_from_db()
    return service


def _tiers() -> list[dict[str, object]]:
    return [
        {
            "level": level,
            "rank": rank,
            "words": words,
            "you_will_know": f"What {words} shows",
            "you_will_not_get": "" if level == "gold" else "Scenarios",
            "promise": f"First result within {days} working days",
            "exactness": "± 10 %",
            "your_time": "1 h once",
            "first_result_days": days,
            "policy": SlaPolicy.objects.get(slug=f"deliver-in-{days}-days"),
        }
        for rank, (level, words, days) in enumerate(TIERS, start=1)
    ]


def tier(service: Service, level: str = "silver") -> ServiceTier:
    return ServiceTier.objects.get(version=service.current, level=level)


def outcome_terms(effective_from: date) -> dict[str, Any]:
    """The terms of an outcome promise: forecasts within ten per cent."""
    return {
        "kind": "tolerance",
        "operator": "lte",
        "limit": 10,
        "calendar": None,
        "compliance_target": 80,
        "min_sample": 2,
        "population": "forecasts frozen at a gate",
        "starts_and_ends": "Frozen at the gate, ends with the actual",
        "excludes": "",
        "evidence": "The finance system",
        "effective_from": effective_from,
        "note": "First promise",
    }
