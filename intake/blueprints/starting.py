"""Where a blueprint starts from: the standard of a service, in the parts of a blueprint."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from intake.blueprints.parts import Content, Part, Row, empty, name_rows, read_amount

PMO = "PMO"


class Standard(NamedTuple):
    """What a service says about how it usually runs, and the tier's promise on top."""

    trigger: str
    handoffs: Sequence[dict[str, Any]]
    promises: Sequence[str]
    exit_criteria: Sequence[str]
    measures: Sequence[str]
    tier_promise: str
    exactness: str
    tier_days: int


def blank() -> dict[str, Content]:
    return {part: empty(part) for part in Part.values}


def of_standard(standard: Standard, *, requester: str, owner: str) -> dict[str, Content]:
    """The service's standard for one request; `owner` is the contact in the PMO."""
    return {
        Part.TRIGGER: {"what": standard.trigger, "how_often": "", "who": requester},
        Part.STEPS: {"rows": name_rows(_handoffs(standard), "what")},
        Part.PROMISES: {"rows": name_rows(_promises(standard), "sentence")},
        Part.END: {"rows": [{"text": text} for text in standard.exit_criteria], "stop_early": ""},
        Part.IMPACT: {"rows": name_rows(_measures(standard, requester), "measure")},
        Part.PEOPLE: {"driver": owner, "approver": requester, "problem_owner": requester},
    }


def _handoffs(standard: Standard) -> list[Row]:
    rows: list[Row] = []
    for handoff in standard.handoffs:
        giver = str(handoff.get("from", ""))
        amount, unit = read_amount(str(handoff.get("within", "")), tier_days=standard.tier_days)
        rows.append(
            {
                "lane": "pmo" if giver == PMO else "requester",
                "from": giver,
                "to": str(handoff.get("to", "")),
                "what": str(handoff.get("what", "")),
                "amount": amount,
                "unit": unit,
                "needs": str(handoff.get("needs", "")),
            }
        )
    return rows


def _promises(standard: Standard) -> list[Row]:
    """What a tier promises is about the outcome: how good, and how exact, the result is."""
    said = [standard.tier_promise, *standard.promises]
    rows: list[Row] = [
        {"sentence": words, "kind": "value", "target": ""} for words in said if words
    ]
    if rows:
        rows[0]["target"] = standard.exactness
    return rows


def _measures(standard: Standard, requester: str) -> list[Row]:
    return [
        {
            "measure": words,
            "baseline": "",
            "target": "",
            "who": requester,
            "read": "30-90",
            "in_use": place == 0,
        }
        for place, words in enumerate(standard.measures)
    ]
