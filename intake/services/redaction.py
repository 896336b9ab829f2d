"""Taking a text away for good: who, when and why stay, the words do not (ux.md 5.5)."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from io import BytesIO
from typing import Any

from django.db import transaction

from accounts.date_words import day_words
from accounts.models import User
from accounts.policies import require
from audit.services import record
from intake import policies, search
from intake.models import (
    Answer,
    Attachment,
    EarlierAnswer,
    HoldQuestion,
    Message,
    NeedVersion,
    Verdict,
    WorkRequest,
)
from intake.services import submission
from intake.services.lifecycle import lock, save
from intake.uploads import store
from notifications.models import OutboxMessage

GONE_FROM_MAIL = "The text of this mail was removed from the record."


@dataclass(frozen=True)
class Place:
    """One text of a request: what was written, answered, agreed or decided; or a file.

    `what` names it in the history.
    """

    work: WorkRequest
    row: Message | Answer | HoldQuestion | NeedVersion | Verdict | Attachment
    what: str

    @property
    def text(self) -> str:
        """The words that would go."""
        if isinstance(self.row, Message):
            return self.row.text
        if isinstance(self.row, HoldQuestion):
            return self.row.answer
        if isinstance(self.row, NeedVersion):
            return "\n".join(filter(None, (self.row.text, self.row.correction)))
        if isinstance(self.row, Verdict):
            return "\n".join(filter(None, (self.row.explanation, self.row.alternative)))
        if isinstance(self.row, Attachment):
            return self.row.name
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
    if kind in OTHERS:
        return _other(work, kind, int(key))
    if kind == "question":
        asked = HoldQuestion.objects.filter(pk=key, hold__work=work).exclude(answer="").first()
        return Place(work, asked, "the answer to a question") if asked else None
    if kind not in ("message", "note"):
        return None
    message = work.messages.filter(pk=key, is_internal=kind == "note").first()
    return Place(work, message, f"a {kind}") if message else None


OTHERS = {"need": "the need", "verdict": "the words of a verdict", "file": "a file"}


def _other(work: WorkRequest, kind: str, number: int) -> Place | None:
    """A version of the need by its number; words of a verdict, or a file, by its id."""
    row: NeedVersion | Verdict | Attachment | None
    if kind == "need":
        row = work.needs.filter(number=number).first() if number < 2**31 else None
    elif kind == "verdict":
        row = work.verdicts.filter(pk=number).first()
    else:
        row = work.attachments.filter(pk=number).first()
    return Place(work, row, OTHERS[kind]) if row else None


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
    elif isinstance(row, Attachment):
        _redact_file(row, instead)
    elif isinstance(row, NeedVersion):
        _redact_need(work, row, instead)
        _forget_mails(work)
    elif isinstance(row, Verdict):
        _redact_verdict(row, instead)
        _forget_mails(work)
    else:
        _redact_answer(work, row, instead)
        _forget_mails(work)
    save(work)
    is_internal = isinstance(row, Message | Attachment) and row.is_internal
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


def _redact_need(work: WorkRequest, need: NeedVersion, instead: str) -> None:
    """Who agreed to it, and when, stays: a signature rests on that."""
    need.text, need.correction = instead, instead if need.correction else ""
    need.save(update_fields=["text", "correction"])
    if work.need and not work.needs.filter(number__gt=need.number).exists():
        work.need = instead
        work.save(update_fields=["need"])
        search.index(work)


def _redact_verdict(verdict: Verdict, instead: str) -> None:
    verdict.explanation = instead if verdict.explanation else ""
    verdict.alternative = instead if verdict.alternative else ""
    verdict.save(update_fields=["explanation", "alternative"])


def _redact_file(file: Attachment, instead: str) -> None:
    """The row stays with its size and kind; what it held is a line of text from now on."""
    gone = file.stored_name
    stored = store.write(BytesIO(instead.encode()))
    file.name, file.content_type = "removed.txt", "text/plain"
    file.stored_name, file.size, file.sha256 = stored
    file.save(update_fields=["name", "content_type", "stored_name", "size", "sha256"])
    transaction.on_commit(partial(store.remove, [gone]))


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
