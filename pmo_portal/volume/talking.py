"""What both sides say until the need is agreed, on paper."""

from __future__ import annotations

from uuid import uuid4

from accounts.models import User
from intake.models import NeedVersion, WorkRequest
from intake.services.lifecycle import PAUSED_BY_A_QUESTION, WAITING
from intake.states import State
from pmo_portal.volume import words
from pmo_portal.volume.life import Life, PlayedBack, Waiting

ACCEPTED_AS_URGENT = 0.5
BLOCKING = 0.6


def claim(life: Life, at: int) -> None:
    life.analyst = life.rng.choice(life.world.analysts)
    life.move(State.CLAIMED, at, life.analyst, data=f', "analyst": "{life.analyst.name}"')


def judge_urgency(life: Life, at: int) -> None:
    accept = life.rng.random() < ACCEPTED_AS_URGENT
    life.public_word(at)
    urgency = WorkRequest.Urgency
    life.urgency = urgency.ACCEPTED if accept else urgency.REFUSED
    if accept:
        promises = {key: p for key, p in life.promises().items() if key != "first_reply"}
        life.clocks.retarget(promises, at, life.contact)
    told = f'{{"accepted": {_json(accept)}, "why": ""}}'
    life.record("intake.urgency_judged", at, life.contact, told)


def say(life: Life, at: int) -> None:
    """A public message of the PMO."""
    _write(life, at, life.contact, words.one_of(life.rng, words.TALK), from_pmo=True)
    life.public_word(at)
    life.new_answer = None


def hear(life: Life, at: int) -> None:
    """A message of the requester."""
    _write(life, at, life.requester, words.one_of(life.rng, words.TALK), from_pmo=False)
    life.new_answer = at


def note(life: Life, at: int) -> None:
    """An internal note."""
    text = words.one_of(life.rng, words.NOTE)
    _write(life, at, life.contact, text, from_pmo=True, is_internal=True)


def _write(
    life: Life, at: int, author: User, text: str, *, from_pmo: bool, is_internal: bool = False
) -> None:
    message = life.book.messages.next_id()
    row = (message, life.id, author.pk, text, is_internal, from_pmo, at, uuid4())
    life.book.messages.add(*row)
    action = "intake.note_saved" if is_internal else "intake.message_written"
    life.record(action, at, author, f'{{"message": {message}}}', is_internal=is_internal)


def ask(life: Life, at: int) -> None:
    """Put a question to the requester; it may block."""
    life.public_word(at)
    blocks = life.rng.random() < BLOCKING
    life.waiting = Waiting(life.book.holds.next_id(), at, blocks)
    life.new_answer = None
    if blocks:
        life.clocks.pause(WAITING, at, life.contact, PAUSED_BY_A_QUESTION)
    told = f'{{"hold": {life.waiting.hold_id}, "blocks": {_json(blocks)}}}'
    life.record("intake.asked", at, life.contact, told)


def answer(life: Life, at: int) -> None:
    """Answer the question that waits."""
    if life.waiting is None:
        return
    told = f'{{"hold": {life.waiting.hold_id}, "count": 1}}'
    life.lift(at, life.requester, words.one_of(life.rng, words.ANSWER))
    life.record("intake.questions_answered", at, life.requester, told)
    life.new_answer = at


def play_back(life: Life, at: int) -> None:
    life.public_word(at)
    if life.state == State.CLAIMED:
        life.move(State.DISCOVERY, at, life.analyst)
    life.needs += 1
    life.need, life.new_answer = "", None
    life.played_back = PlayedBack(words.sentence(life.rng, words.NEED), at)
    life.record("intake.need_played_back", at, life.analyst, f'{{"need": {life.needs}}}')


def agree(life: Life, at: int) -> None:
    life.need = life.write_need(answered=at, reply=NeedVersion.Reply.YES, correction="")
    _replied(life, at, NeedVersion.Reply.YES)


def correct(life: Life, at: int) -> None:
    """Say that the need is nearly right."""
    correction = words.one_of(life.rng, words.ANSWER)
    life.write_need(answered=at, reply=NeedVersion.Reply.NEARLY, correction=correction)
    _replied(life, at, NeedVersion.Reply.NEARLY)


def _replied(life: Life, at: int, reply: str) -> None:
    life.new_answer = at
    told = f'{{"need": {life.needs}, "reply": "{reply}"}}'
    life.record("intake.need_answered", at, life.requester, told)


def _json(truth: bool) -> str:
    return "true" if truth else "false"
