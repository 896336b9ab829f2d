"""The history of a request in plain words, for either side (ux.md 5.5)."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from audit.models import Entry
from intake.states import State


class Moment(NamedTuple):
    """One line of the history. `tone` is a dot of the timeline."""

    at: datetime
    words: str
    by: str = ""
    reason: str = ""
    tone: str = ""
    id: str = ""


MOVED: dict[str, tuple[str, str]] = {
    State.NEW: ("Received", "brand"),
    State.CLAIMED: ("Claimed", "brand"),
    State.DISCOVERY: ("Working out the need together", "brand"),
    State.PROPOSED: ("Proposal sent", "door"),
    State.BLUEPRINT: ("A tier was chosen", "door"),
    State.RUNNING: ("The work began", "ok"),
    State.CHECK: ("Handed over to be checked", "door"),
    State.DONE: ("Closed, result recorded", "ok"),
    State.ANSWERED: ("Answered and closed", "ok"),
    State.DECLINED: ("Not going ahead", "late"),
    State.MERGED: ("Joined with another request", ""),
    State.WITHDRAWN: ("Withdrawn", ""),
    State.PARKED: ("Parked", "paused"),
}
SAID: dict[str, Callable[[dict[str, Any]], str]] = {
    "intake.assigned": lambda data: f"Given to {data.get('to', 'a colleague')}",
    "intake.asked": lambda data: (
        "Asked the requester; our clock pauses" if data.get("blocks") else "Asked the requester"
    ),
    "intake.questions_answered": lambda _: "The requester answered; our clock goes on",
    "intake.message_written": lambda _: "Wrote in the conversation",
    "intake.note_saved": lambda _: "Saved an internal note",
    "intake.need_played_back": lambda _: "Played the need back",
    "intake.need_answered": lambda data: {
        "yes": "Agreed the need",
        "nearly": "Said that the need is nearly right",
        "no": "Said that this is not the need",
    }.get(str(data.get("reply")), "Answered the play-back"),
    "intake.urgency_judged": lambda data: (
        "Treated as urgent" if data.get("accepted") else "Planned in the normal lane"
    ),
    "intake.standard_blueprint_taken": lambda _: "Took the service's standard as it is",
    "intake.criterion_ticked": lambda data: f"Ticked: {data.get('text', '')}",
    "intake.criterion_reopened": lambda data: f"Took the tick back: {data.get('text', '')}",
    "intake.imported": lambda _: "Came in from the old queue",
}


def moments(entries: Iterable[Entry]) -> list[Moment]:
    return [moment_of(entry) for entry in entries]


def moment_of(entry: Entry) -> Moment:
    """One entry as a line, with the names as they were."""
    words, tone = _words(entry)
    reason = "" if entry.action == "intake.moved" and len(entry.reason) < 14 else entry.reason
    return Moment(
        entry.at, words, entry.actor_name or "the portal", reason, tone, f"entry-{entry.pk}"
    )


def _words(entry: Entry) -> tuple[str, str]:
    if entry.action != "intake.moved":
        said = SAID.get(entry.action)
        return (said(entry.data), "") if said else (entry.action.split(".")[-1], "")
    to, was = str(entry.data.get("to")), entry.data.get("was")
    if to == State.CLAIMED and was == State.PARKED:
        return "Back from being parked", "brand"
    if to == State.RUNNING and was == State.CHECK:
        return "Sent back: something is missing", "door"
    if to == State.DISCOVERY and was == State.PROPOSED:
        return "None of the tiers fits; a new proposal follows", "door"
    return MOVED.get(to, (to, ""))
