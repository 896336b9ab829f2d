"""The time promises that a request may carry, and what reopening does to each (sla-spec 2)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class OnReopen(StrEnum):
    """What becomes of a stopped clock when its subject is reopened."""

    IGNORE = "ignore"
    CONTINUE = "continue"
    RESTART = "restart"


@dataclass(frozen=True, slots=True)
class Metric:
    """One kind of time promise. `promise` goes on "We …", `name` heads a column."""

    key: str
    name: str
    promise: str
    starts: str
    on_reopen: OnReopen
    shown_to_requester: bool


METRICS: dict[str, Metric] = {
    metric.key: metric
    for metric in (
        Metric(
            "first_reply",
            "First reply",
            "reply to you in person",
            "when we received the request",
            OnReopen.IGNORE,
            shown_to_requester=True,
        ),
        Metric(
            "proposal",
            "Proposal",
            "propose an approach",
            "when we received the request",
            OnReopen.RESTART,
            shown_to_requester=True,
        ),
        Metric(
            "next_contact",
            "Next contact",
            "write to you again",
            "with our last message",
            OnReopen.RESTART,
            shown_to_requester=True,
        ),
        Metric(
            "blueprint",
            "Blueprint",
            "set up the work with you",
            "when you chose a tier",
            OnReopen.RESTART,
            shown_to_requester=True,
        ),
        Metric(
            "delivery",
            "Delivery",
            "deliver the first result",
            "when the work began",
            OnReopen.CONTINUE,
            shown_to_requester=True,
        ),
        Metric(
            "handoff",
            "Handoff",
            "hand over the next step",
            "when the step began",
            OnReopen.RESTART,
            shown_to_requester=False,
        ),
        Metric(
            "promise",
            "Agreed promise",
            "keep what we agreed",
            "when both had signed",
            OnReopen.RESTART,
            shown_to_requester=True,
        ),
        Metric(
            "verdict",
            "Verdict",
            "decide on the pilot",
            "when the pilot ended",
            OnReopen.RESTART,
            shown_to_requester=False,
        ),
    )
}
