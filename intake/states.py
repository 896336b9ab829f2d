"""The life of a request: every legal move, and which clocks run in which state (product.md)."""

from dataclasses import dataclass

from django.db import models


class State(models.TextChoices):
    """Labels are what the requester reads; `intake_tags` adds names and dates."""

    DRAFT = "draft", "Draft"
    NEW = "new", "Received"
    CLAIMED = "claimed", "Being looked at"
    DISCOVERY = "discovery", "Working out the need together"
    PROPOSED = "proposed", "Proposal ready. Your choice"
    BLUEPRINT = "blueprint", "Agreed. Being set up together"
    RUNNING = "running", "Running"
    CHECK = "check", "Time to check the result"
    DONE = "done", "Closed. Result recorded"
    ANSWERED = "answered", "Answered"
    DECLINED = "declined", "Not going ahead"
    MERGED = "merged", "Joined with another request"
    WITHDRAWN = "withdrawn", "Withdrawn by you"
    PARKED = "parked", "Parked"


class Lane(models.TextChoices):
    ORDER = "order", "Quick lane"
    CONSULT = "consult", "Full lane"


S = State
CLOSED = frozenset({S.DONE, S.ANSWERED, S.DECLINED, S.MERGED, S.WITHDRAWN})
BEFORE_RUNNING = frozenset({S.NEW, S.CLAIMED, S.DISCOVERY, S.PROPOSED, S.BLUEPRINT, S.PARKED})
OPEN = BEFORE_RUNNING | {S.RUNNING, S.CHECK}
# In these a verdict of the PMO is possible; a new request is claimed by its verdict first.
IN_TRIAGE = frozenset({S.NEW, S.CLAIMED, S.DISCOVERY})
# In these both sides work out how it shall be.
AGREEING = frozenset({S.DISCOVERY, S.PROPOSED, S.BLUEPRINT})
# In these "waiting for you" may lie on top of the state.
MAY_HOLD = frozenset({S.CLAIMED, S.DISCOVERY, S.PROPOSED, S.BLUEPRINT, S.RUNNING})
# Until a tier is chosen, the requester may still change what they answered.
BEFORE_CHOICE = frozenset({S.NEW, S.CLAIMED, S.DISCOVERY, S.PROPOSED, S.PARKED})
# Ended in a way that may be taken up again; a declined one has a way of its own, once.
REOPENABLE = frozenset({S.DONE, S.ANSWERED, S.WITHDRAWN})

_EXITS = frozenset({S.ANSWERED, S.DECLINED, S.MERGED, S.PARKED, S.WITHDRAWN})
_REOPENED = frozenset({S.CLAIMED, S.RUNNING})
MOVES: dict[State, frozenset[State]] = {
    # A recurring decision may answer an ask before it is sent: then nothing was ever promised.
    S.DRAFT: frozenset({S.NEW, S.ANSWERED}),
    S.NEW: frozenset({S.CLAIMED, S.WITHDRAWN}),
    # Back to new only by taking one's own claim back at once.
    S.CLAIMED: frozenset({S.NEW, S.DISCOVERY, S.PROPOSED}) | _EXITS,
    S.DISCOVERY: frozenset({S.PROPOSED}) | _EXITS,
    S.PROPOSED: frozenset({S.BLUEPRINT, S.DISCOVERY, S.WITHDRAWN}),
    S.BLUEPRINT: frozenset({S.RUNNING, S.WITHDRAWN}),
    S.RUNNING: frozenset({S.CHECK}),
    S.CHECK: frozenset({S.DONE, S.RUNNING}),
    S.PARKED: frozenset({S.CLAIMED, S.WITHDRAWN}),
    S.DONE: _REOPENED,
    S.ANSWERED: _REOPENED,
    S.DECLINED: _REOPENED,
    S.MERGED: _REOPENED,
    S.WITHDRAWN: _REOPENED,
}

# Which clocks may run in which state. Entering a state starts what is new in its row and ends
# what is missing from it; `lifecycle` knows how each one ends.
CLOCKS: dict[State, frozenset[str]] = {
    S.DRAFT: frozenset(),
    S.NEW: frozenset({"first_reply", "proposal"}),
    S.CLAIMED: frozenset({"first_reply", "proposal", "next_contact"}),
    S.DISCOVERY: frozenset({"first_reply", "proposal", "next_contact"}),
    S.PROPOSED: frozenset({"next_contact"}),
    S.BLUEPRINT: frozenset({"next_contact", "blueprint"}),
    S.RUNNING: frozenset({"next_contact", "delivery", "handoff", "promise"}),
    S.PARKED: frozenset({"next_contact"}),
    **dict.fromkeys(CLOSED | {S.CHECK}, frozenset()),
}


@dataclass(frozen=True)
class IllegalMoveError(Exception):
    """The stored state does not allow this move."""

    was: State
    to: State

    def __str__(self) -> str:
        return f"A request that is '{self.was.label}' can't become '{self.to.label}'."
