"""The badge of a request: tone, icon and words of its state (ux.md 3.3), decided here for all."""

from datetime import datetime
from typing import NamedTuple

from accounts.date_words import day_words
from intake.models import WorkRequest
from intake.states import State


class Badge(NamedTuple):
    """`tone` and `icon` are names of parts.css; `words` stand beside the icon."""

    tone: str
    icon: str
    words: str


LOOKS: dict[State, tuple[str, str]] = {
    State.DRAFT: ("grey", "pencil"),
    State.NEW: ("ink", "inbox"),
    State.CLAIMED: ("ink", "eye"),
    State.DISCOVERY: ("brand", "speech"),
    State.PROPOSED: ("amber", "fork"),
    State.BLUEPRINT: ("brand", "pens"),
    State.RUNNING: ("ok", "check"),
    State.CHECK: ("amber", "ruler"),
    State.DONE: ("plain", "check"),
    State.ANSWERED: ("plain", "check"),
    State.DECLINED: ("plain", "crossed"),
    State.MERGED: ("plain", "link"),
    State.PARKED: ("paused", "moon"),
    State.WITHDRAWN: ("plain", "back"),
}
# What the PMO and other readers see where the requester's words speak to the requester.
FOR_OTHERS: dict[State, str] = {
    State.DRAFT: "Draft",
    State.CLAIMED: "Being looked at",
    State.DISCOVERY: "In discovery",
    State.PROPOSED: "Proposal sent",
    State.BLUEPRINT: "Being set up",
    State.CHECK: "Result to be checked",
    State.DONE: "Closed, result recorded",
    State.WITHDRAWN: "Withdrawn",
}


def badge_of(work: WorkRequest, *, now: datetime, is_theirs: bool = False) -> Badge:
    """The badge that the requester's side (`is_theirs`) or everybody else sees."""
    if work.is_waiting:
        return Badge("paused", "question", f"Waiting for {'you' if is_theirs else 'requester'}")
    state = State(work.state)
    if state == State.RUNNING and work.in_pilot_until:
        until = day_words(work.in_pilot_until, now=now)
        return Badge("brand", "flask", f"In pilot until {until}")
    tone, icon = LOOKS[state]
    return Badge(tone, icon, _words(work, state, now=now, is_theirs=is_theirs))


def _words(work: WorkRequest, state: State, *, now: datetime, is_theirs: bool) -> str:
    if state == State.CLAIMED and is_theirs and work.analyst:
        return f"Being looked at by {work.analyst.name}"
    if state == State.DRAFT and is_theirs:
        return "Draft. Only you can see this"
    if state == State.PARKED and work.parked_until:
        return f"Parked until {day_words(work.parked_until, now=now)}"
    if state == State.MERGED and work.merged_into:
        return f"Joined with {work.merged_into.reference}"
    return state.label if is_theirs else FOR_OTHERS.get(state, str(state.label))
