"""Steps of decision paths as a form hands them over."""

from typing import Any

STEP: dict[str, Any] = {
    "what": "Notices a late supplier",
    "actor": "Buyer",
    "role": "ask",
    "moment": "Tuesday",
    "data": "phone",
    "wait_number": None,
    "wait_unit": "none",
    "pain": 2,
    "is_broken": False,
    "break_kind": "",
    "break_cost": "",
}
# The same as a page posts it.
POSTED: dict[str, Any] = {
    "what": "Books the trucks",
    "actor": "Capacity call",
    "role": "decide",
    "moment": "Thursday noon",
    "data": "arrival list",
    "wait_number": "3",
    "wait_unit": "days",
    "pain": "5",
    "breaks": "yes",
    "break_kind": "late",
    "break_cost": "Empty trucks",
}


def step_of(what: str, actor: str = "Buyer", **changes: Any) -> dict[str, Any]:
    """One step; `days` sets the wait, `broken` the kind of break."""
    fields = STEP | {"what": what, "actor": actor}
    if days := changes.pop("days", None):
        fields |= {"wait_number": days, "wait_unit": "days"}
    if kind := changes.pop("broken", None):
        fields |= {"is_broken": True, "break_kind": kind}
    return fields | changes


FIVE = [
    step_of("Notices a late supplier"),
    step_of("Collects the dates", "Planner", role="give", days=2),
    step_of("Waits for cost data", "Controlling", role="prepare", days=10, broken="waits", pain=5),
    step_of("Decides what to book", "Capacity call", role="decide", days=1),
    step_of("Books the trucks", "Planner", role="carry-out", days=5, broken="late"),
]
