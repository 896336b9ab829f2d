"""Entries of the history in plain words, for either side (ux.md 5.5)."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from audit.models import Entry
from intake.models import Decision, Reframe, ResultCheck, Verdict, Weighing
from intake.states import Lane, State

THE_PORTAL = "the portal"
Data = dict[str, Any]


class Moment(NamedTuple):
    """One line of the history. `tone` is a dot of the timeline; `address` leads to it."""

    at: datetime
    words: str
    by: str = ""
    reason: str = ""
    tone: str = ""
    id: str = ""
    address: str = ""


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
# Some moves say more by where they come from.
CAME: dict[tuple[str, str], tuple[str, str]] = {
    (State.CLAIMED, State.NEW): ("The claim was taken back", ""),
    (State.PARKED, State.CLAIMED): ("Back from being parked", "brand"),
    (State.MERGED, State.CLAIMED): ("Taken out of the other request again", "brand"),
    (State.CHECK, State.RUNNING): ("Sent back: something is missing", "door"),
    (State.DECLINED, State.CLAIMED): ("Asked us to look again", "door"),
    **{
        (was, to): (f"Taken up again{and_so}", "brand")
        for was in (State.DONE, State.ANSWERED, State.WITHDRAWN)
        for to, and_so in ((State.CLAIMED, ""), (State.RUNNING, "; the work goes on"))
    },
    (State.PROPOSED, State.DISCOVERY): ("None of the tiers fits; a new proposal follows", "door"),
}
REPLIES = {
    "yes": "Agreed the need",
    "nearly": "Said that the need is nearly right",
    "no": "Said that this is not the need",
}


def _asked(data: Data) -> str:
    pauses = "; our clock is paused until the answer" if data.get("blocks") else ""
    return f"Asked the requester{pauses}"


def _answered(data: Data) -> str:
    count = data.get("count", 1)
    return "Answered a question" if count == 1 else f"Answered {count} questions"


def _need_answered(data: Data) -> str:
    return REPLIES.get(str(data.get("reply")), "Answered the play-back")


def _judged(data: Data) -> str:
    return "Treated as urgent" if data.get("accepted") else "Planned in the normal lane"


def _assigned(data: Data) -> str:
    was = f", before that {data['was']}" if data.get("was") else ""
    return f"Contact is now {data.get('to', 'a colleague')}{was}"


def _added(data: Data) -> str:
    return f"{data.get('person', 'Somebody')} takes part: {str(data.get('part', '')).lower()}"


def _audience(data: Data) -> str:
    return (
        "The department may see it too"
        if data.get("department")
        else "Only the people named here and the PMO may see it"
    )


def _decided(data: Data) -> str:
    used = dict(Decision.ResultUsed.choices).get(data.get("used", ""), "")
    changed = "Corrected what was decided" if data.get("was") else "Recorded the decision"
    return f"{changed}; our result was used: {used.lower()}" if used else changed


def _amended(data: Data) -> str:
    return f"Changed an answer: {data.get('question', '')}"


def _new_date(data: Data) -> str:
    return f"Named a new date: {data.get('on', '')}"


def _redacted(data: Data) -> str:
    return f"Removed {data.get('what', 'a text')}"


def _part(words: str) -> Callable[[Data], str]:
    return lambda data: f"{words} {data.get('number', '')} of the blueprint"


def _version(words: str) -> Callable[[Data], str]:
    return lambda data: f"{words} version {data.get('version', '')} of the blueprint"


def _blueprint_begun(data: Data) -> str:
    copied = data.get("copied_from")
    named = f"a copy of {copied}" if copied else "a blank page"
    return f"Began the blueprint from {STARTS.get(str(data.get('source')), named)}"


def _step_done(data: Data) -> str:
    kept = "Kept" if data.get("kind") == "promise" else "Handed over"
    return f"{kept}: {data.get('text', '')}"


def _path_changed(data: Data) -> str:
    which = "agreed decision path" if data.get("version") == "agreed" else "decision path"
    step = f" ({data['step']})" if data.get("step") else ""
    return f"Changed the {which}: {data.get('what', 'changed')}{step}"


def _reframed(data: Data) -> str:
    words = dict(Reframe.Ending.choices).get(data.get("ending", ""), "Looked behind the words")
    return f"Looked behind the words: {words[:1].lower()}{words[1:]}"


def _labelled(data: Data) -> str:
    return "Labelled: asks for a solution" if data.get("is_solution") else "Labelled: states a need"


def _pilot_decided(data: Data) -> str:
    return f"Pilot decided: {data.get('verdict', '')}"


def _pair_judged(data: Data) -> str:
    words = "Linked as related to" if data.get("verdict") == "related" else "Not similar to"
    return f"{words} {data.get('other', 'another request')}"


STARTS = {"standard": "the service's standard"}


def _lane(data: Data) -> str:
    return f"Moved to the {dict(Lane.choices).get(data.get('to', ''), 'other lane').lower()}"


def _joined(data: Data) -> str:
    return f"{data.get('reference', 'Another request')} was joined with this one"


def _taken_out(data: Data) -> str:
    return f"{data.get('reference', 'Another request')} was taken out again"


def _tagged(data: Data) -> str:
    return f"Tags: {', '.join(data.get('tags', ())) or 'none'}"


def _weighed(data: Data) -> str:
    priority = dict(Weighing.Priority.choices).get(data.get("priority", ""))
    return f"Weighed: {priority}" if priority else "Weighed"


SAID: dict[str, Callable[[Data], str]] = {
    "intake.assigned": _assigned,
    "intake.requester_changed": lambda data: f"{data.get('to', '')} is the requester from now on",
    "intake.asked": _asked,
    "intake.questions_answered": _answered,
    "intake.message_written": lambda _: "Wrote in the conversation",
    "intake.note_saved": lambda _: "Saved an internal note",
    "intake.need_played_back": lambda _: "Wrote down the need to be confirmed",
    "intake.need_answered": _need_answered,
    "intake.urgency_judged": _judged,
    "intake.standard_blueprint_taken": lambda _: "Took the service's standard as it is",
    "intake.blueprint_begun": _blueprint_begun,
    "intake.part_changed": _part("Changed part"),
    "intake.part_agreed": _part("Agreed to part"),
    "intake.part_commented": _part("Commented on part"),
    "intake.comment_resolved": _part("Resolved a comment on part"),
    "intake.blueprint_signed": _version("Signed"),
    "intake.change_proposed": _version("Proposed a change: opened"),
    "intake.change_dropped": _version("Gave up"),
    "intake.pilot_set_up": lambda data: f"Set up a pilot until {data.get('until', '')}",
    "intake.pilot_checked_in": lambda _: "Looked at the pilot",
    "intake.pilot_widened": lambda data: f"Widened the pilot: {data.get('step', '')}",
    "intake.pilot_ended": lambda _: "The pilot ended; its verdict is due",
    "intake.pilot_decided": _pilot_decided,
    "intake.step_done": _step_done,
    "intake.criterion_ticked": lambda data: f"Finished: {data.get('text', '')}",
    "intake.criterion_reopened": lambda data: f"Not finished after all: {data.get('text', '')}",
    "intake.file_added": lambda data: f"Added the file {data.get('file', '')}",
    "intake.file_removed": lambda data: f"Removed the file {data.get('file', '')}",
    "intake.person_added": _added,
    "intake.person_removed": lambda data: f"{data.get('person', 'Somebody')} no longer takes part",
    "intake.audience_changed": _audience,
    "intake.decision_recorded": _decided,
    "intake.answer_amended": _amended,
    "intake.new_date_named": _new_date,
    "intake.redacted": _redacted,
    "intake.access_asked": lambda _: "Asked for access",
    "intake.path_changed": _path_changed,
    "intake.reframed": _reframed,
    "intake.solution_labelled": _labelled,
    "intake.solution_unlabelled": lambda _: "Took the label of solution language back",
    "intake.followed": lambda data: f"{data.get('person', 'Somebody')} follows this request",
    "intake.pair_judged": _pair_judged,
    "intake.talk_planned": lambda _: "Proposed times for a talk",
    "intake.talk_fixed": lambda _: "Fixed the time of the talk",
    "intake.talk_point_answered": lambda data: f"Answered a point: {data.get('point', '')}",
    "intake.talk_noted": lambda _: "Kept a note of the talk",
    "intake.talk_note_marked": lambda _: "Changed who may read a note of the talk",
    "intake.talk_closed": lambda _: "Closed the talk",
    "intake.why_added": lambda data: f"Said what makes it happen: {data.get('text', '')}",
    "intake.why_deleted": lambda data: f"Took out of the ladder: {data.get('text', '')}",
    "intake.root_marked": lambda data: (
        f"The root we work on: {data['text']}" if data.get("text") else "Took the root's mark away"
    ),
    "intake.hypothesis_written": lambda data: (
        f"Wrote what we believe it will change, version {data.get('number', '')}"
    ),
    "intake.need_edited": lambda data: f"Changed the need, version {data.get('need', '')}",
    "intake.need_ticked": lambda _: "Agreed the need",
    "intake.answered_by_cadence": lambda data: f"Answered by {data.get('cadence', 'a cadence')}",
    "intake.urgency_reopened": lambda _: "Urgency is judged anew",
    "intake.urgency_root_kept": lambda _: "Kept what made it urgent",
    "intake.lane_changed": _lane,
    "intake.joined_by": _joined,
    "intake.taken_out": _taken_out,
    "intake.tagged": _tagged,
    "intake.weighed": _weighed,
    "intake.symptom_linked": lambda data: f"Linked to the problem “{data.get('problem', '')}”",
    "intake.symptom_unlinked": lambda data: f"No longer linked to “{data.get('problem', '')}”",
    "intake.imported": lambda _: "Came in from the old queue",
}
# What belongs to the conversation, and where it stands there.
MESSAGES = {
    "intake.message_written": "conversation",
    "intake.note_saved": "notes",
    "intake.asked": "conversation",
    "intake.questions_answered": "conversation",
}


def moments(entries: Iterable[Entry]) -> list[Moment]:
    return [moment_of(entry) for entry in entries]


def moment_of(entry: Entry) -> Moment:
    """One entry as a line, with the names as they were."""
    words, tone = _words(entry)
    return Moment(
        at=entry.at,
        words=words,
        by=entry.actor_name or THE_PORTAL,
        reason=_reason(entry),
        tone=tone,
        id=f"entry-{entry.pk}",
    )


def _words(entry: Entry) -> tuple[str, str]:
    if entry.action != "intake.moved":
        said = SAID.get(entry.action)
        return (said(entry.data) if said else "Something was changed"), ""
    to, was = str(entry.data.get("to")), str(entry.data.get("was"))
    if entry.data.get("taken_back"):
        return "The proposal was taken back; a new one follows", "door"
    if entry.data.get("undone"):
        return "Opened again: the PMO looks at it anew", "brand"
    words, tone = CAME.get((was, to)) or MOVED.get(to, ("Something was changed", ""))
    return f"{words}{_more(to, entry.data)}", tone


def _more(to: str, data: Data) -> str:
    """What a move carries along: who, what or which."""
    if to == State.CLAIMED and data.get("analyst"):
        return f": the contact is {data['analyst']}"
    if to == State.MERGED and data.get("into"):
        return f": {data['into']}"
    if to == State.PROPOSED and data.get("service"):
        return f": {data['service']}"
    if to == State.BLUEPRINT and data.get("chosen"):
        return f": {str(data['chosen']).capitalize()}"
    if to == State.DONE and data.get("difference"):
        label = dict(ResultCheck.Difference.choices).get(data["difference"], "")
        return f": {label.lower()}" if label else ""
    return ""


def _reason(entry: Entry) -> str:
    """The reason in words; a decline keeps it as a name."""
    if entry.action == "intake.urgency_judged":
        return str(entry.data.get("why", ""))
    named: dict[str, str] = dict(Verdict.Reason.choices)
    return str(named.get(entry.reason, entry.reason))
