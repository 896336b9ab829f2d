"""What a requester does until the request is received, on paper."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from intake.models import Answer, WorkRequest
from intake.services.lifecycle import POLICY_OF_LANE, URGENT_POLICY
from intake.states import Lane, State
from pmo_portal.volume import words
from pmo_portal.volume.life import Life
from sla.business_time import to_instant

ASKED = {
    Lane.ORDER: ("need", "kind", "quick"),
    Lane.CONSULT: ("need", "kind", "who", "decision", "decider", "limit", "success", "when"),
}
RHYTHMS = ("week", "month", "quarter", "event")
LIMITS = ("time", "cost", "risk", "flow")
URGENT = {"waits": "Whether to stop the line", "happens": "We lose a day of output"}
CAN_NOT_SAY_YET = 0.2


def receive(life: Life, at: int, *, urgent: bool = False) -> None:
    """Answer what the lane asks for, and send it."""
    if urgent:
        life.urgency = WorkRequest.Urgency.ASKED
    life.state, life.received = State.NEW, at
    lane = life.world.promises[POLICY_OF_LANE[life.lane]]
    replies = life.world.promises[URGENT_POLICY] if urgent else lane
    for metric, promises in (("first_reply", replies), ("proposal", lane)):
        life.clocks.restart(metric, promises[metric], at, life.requester)
    answer(life, *ASKED[life.lane], *(["urgent"] if urgent else []))
    life.record("intake.moved", at, life.requester, '{"was": "draft", "to": "new"}')


def answer(life: Life, *slugs: str) -> None:
    for slug in slugs:
        value = _answer_to(slug, life)
        status = Answer.Status.GIVEN if value else Answer.Status.NOT_SURE
        life.framed += bool(value)
        question = life.world.questions[slug]
        by = life.requester.pk
        life.book.answers.add(life.id, slug, question, value, status, life.created, by)


def _answer_to(slug: str, life: Life) -> dict[str, str]:
    if slug == "need":
        return {"need": life.ask}
    if slug == "kind":
        return {"kind": "one-thing" if life.lane == Lane.ORDER else "better"}
    if slug == "decision":
        return _decision(life)
    if slug == "decider":
        return {"decider": life.requester.name, "rhythm": "week", "next_on": ""}
    if slug == "when":
        asked = life.urgency != WorkRequest.Urgency.NONE
        return {"when": "urgent" if asked else "none", "date": "", "reason": ""}
    return SIMPLE[slug](life.rng)


SIMPLE: dict[str, Callable[[Random], dict[str, str]]] = {
    "who": lambda rng: {"who": rng.choice(words.WHO)},
    "quick": lambda rng: {"who": rng.choice(words.WHO), "when": "none", "date": ""},
    "limit": lambda rng: {"limit": rng.choice(LIMITS), "last_time": ""},
    "success": lambda rng: {"different": rng.choice(words.DIFFERENT)},
    "urgent": lambda _: URGENT,
}


def _decision(life: Life) -> dict[str, str]:
    """What is to be decided, which the request keeps beside the answer too."""
    if life.rng.random() < CAN_NOT_SAY_YET:
        return {}
    name = life.rng.choice(words.DECISION)
    decider, rhythm = life.requester.name, life.rng.choice(RHYTHMS)
    life.book.decisions.add(life.id, name, decider, rhythm, to_instant(life.created).date())
    return {"decision": name}
