"""Taking a text away for good: who, when and why stay, the words do not (ux.md 5.5)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.date_words import day_words
from accounts.models import User
from accounts.policies import require
from audit.services import record
from intake import policies, search
from intake.models import Answer, EarlierAnswer, HoldQuestion, Message, WorkRequest
from intake.services import submission
from intake.services.lifecycle import lock, save
from notifications.models import OutboxMessage

GONE_FROM_MAIL = "The text of this mail was removed from the record."


@dataclass(frozen=True)
class Place:
    """One text of a request: a message or note, an answer of the framing, an answer to a question.

    `what` names it in the history.
    """

    work: WorkRequest
    row: Message | Answer | HoldQuestion
    what: str

    @property
    def text(self) -> str:
        """The words that would go."""
        if isinstance(self.row, Message):
            return self.row.text
        if isinstance(self.row, HoldQuestion):
            return self.row.answer
        return "\n".join(_texts(self.row.value))


def _texts(value: dict[str, Any]) -> list[str]:
    return [text for text in value.values() if isinstance(text, str) and text]


def find(work: WorkRequest, kind: str, key: str) -> Place | None:
    """The text that an anchor names, such as "message" and "12"; None where there is none."""
    if kind == "answer":
        answer = work.answers.select_related("question").filter(slug=key).first()
        return Place(work, answer, "an answer") if answer else None
    if not (key.isascii() and key.isdigit() and len(key) <= 18):
        return None
    if kind == "question":
        asked = HoldQuestion.objects.filter(pk=key, hold__work=work).exclude(answer="").first()
        return Place(work, asked, "the answer to a question") if asked else None
    if kind not in ("message", "note"):
        return None
    message = work.messages.filter(pk=key, is_internal=kind == "note").first()
    return Place(work, message, f"a {kind}") if message else None


@transaction.atomic
def redact(place: Place, *, reason: str, actor: User, at: datetime) -> None:
    """Put a sentence in the place of the text, here and in every copy of it."""
    require(policies.can_redact(actor))
    work = lock(place.work)
    instead = f"Removed on {day_words(at, now=at)} by {actor.name}, {reason}"
    row = place.row
    if isinstance(row, Message):
        row.text = instead
        row.save(update_fields=["text"])
        _forget_mails(work, message=row.pk)
    elif isinstance(row, HoldQuestion):
        row.answer = instead
        row.save(update_fields=["answer"])
        _forget_mails(work, hold=row.hold_id)
    else:
        _redact_answer(work, row, instead)
        _forget_mails(work)
    save(work)
    is_internal = isinstance(row, Message) and row.is_internal
    record(
        "intake.redacted",
        work,
        actor=actor,
        at=at,
        reason=reason,
        is_internal=is_internal,
        what=place.what,
        row=row.pk,
    )


def _redact_answer(work: WorkRequest, answer: Answer, instead: str) -> None:
    """An answer, what it was before, and what was read from it."""
    fields = answer.question.rules["fields"]
    answer.value = _emptied(answer.value, fields, instead)
    answer.version += 1
    answer.save(update_fields=["value", "version"])
    for earlier in EarlierAnswer.objects.filter(answer=answer).select_related("question"):
        earlier.value = _emptied(earlier.value, earlier.question.rules["fields"], instead)
        earlier.save(update_fields=["value"])
    if answer.slug in ("decision", "decider"):
        submission.decision_follows(work, answer)
    if answer.slug == "need":
        work.ask, work.title = instead, submission.title_of(instead)
        work.save(update_fields=["ask", "title"])
        search.index(work)


def _emptied(value: dict[str, Any], fields: dict[str, Any], instead: str) -> dict[str, Any]:
    """Written words go; what was chosen, ticked or dated says nothing about anybody."""
    kept = ("choice", "tick", "date")
    return {
        name: given
        if not given or fields.get(name, {}).get("kind") in kept
        else _gone(given, instead)
        for name, given in value.items()
    }


def _gone(given: Any, instead: str) -> Any:
    """Of rows of people the names go, and the parts stay."""
    if isinstance(given, list):
        return [row | {"name": instead} for row in given]
    return instead


def _forget_mails(work: WorkRequest, **about: int) -> None:
    """Mails that went out keep who and when, not the words."""
    sent = OutboxMessage.objects.filter(about=work.about).exclude(body="")
    if about:
        [(name, number)] = about.items()
        sent = sent.filter(**{f"payload__{name}": number})
    sent.update(body=GONE_FROM_MAIL)
