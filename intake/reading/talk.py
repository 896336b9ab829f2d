"""The conversation of a request by day, oldest first, with the questions in their place."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from intake.forms.conversation import AnswersForm
from intake.models import Hold, Message, WorkRequest

PAGE = 50
MANY = 8


class FileLink(NamedTuple):
    """A file as a page offers it."""

    name: str
    size: int
    address: str


class Said(NamedTuple):
    """A message as a page shows it."""

    at: datetime
    id: str
    name: str
    initials: str
    role: str
    text: str
    is_mine: bool
    files: list[FileLink]
    questions: None = None


class Asked(NamedTuple):
    """A card of questions; `form` takes the open answers of who may give them."""

    at: datetime
    id: str
    questions: Hold
    form: AnswersForm | None


class Day(NamedTuple):
    on: date
    items: list[Said | Asked]


@dataclass(frozen=True)
class Talk:
    """One page of the conversation. `earlier` is the message before which the page before ends."""

    days: list[Day]
    earlier: int | None
    newest: str
    is_long: bool


def talk_of(
    work: WorkRequest,
    reader: User,
    *,
    may_answer: bool = False,
    before: int | None = None,
    sent: Mapping[int, AnswersForm] | None = None,
) -> Talk:
    """Read a page: the newest messages, or those before one. `sent` holds forms with errors."""
    found = _messages(work, before)
    shown, more = found[:PAGE][::-1], len(found) > PAGE
    since = shown[0].sent_at if more else None
    until = _moment_of(work, before) if before else None
    said = [_said(message, work, reader) for message in shown]
    holds = _holds(work, since=since, until=until)
    asked = [_asked(hold, may_answer, sent or {}) for hold in holds]
    items: list[Said | Asked] = sorted([*said, *asked], key=lambda item: item.at)
    return Talk(
        days=_by_day(items),
        earlier=shown[0].pk if more else None,
        newest=items[-1].id if items else "",
        is_long=len(items) > MANY,
    )


def _messages(work: WorkRequest, before: int | None) -> list[Message]:
    """The newest first, and one more than is shown, to know whether there are more."""
    messages = work.messages.public().select_related("author").order_by("-id")
    messages = messages.prefetch_related("attachments")
    older = messages.filter(pk__lt=before) if before else messages
    return list(older[: PAGE + 1])


def _moment_of(work: WorkRequest, message: int) -> datetime | None:
    return work.messages.filter(pk=message).values_list("sent_at", flat=True).first()


def _holds(work: WorkRequest, *, since: datetime | None, until: datetime | None) -> list[Hold]:
    """The questions that were asked between; those that still wait stand on the newest page."""
    holds = work.holds.select_related("asked_by").prefetch_related("questions__answered_by")
    return [
        hold
        for hold in holds
        if (hold.lifted_at is None and until is None)
        or ((since is None or hold.asked_at >= since) and (until is None or hold.asked_at < until))
    ]


def _said(message: Message, work: WorkRequest, reader: User) -> Said:
    author = message.author
    return Said(
        at=message.sent_at,
        id=f"message-{message.pk}",
        name=author.name if author else "The portal",
        initials=author.initials if author else "–",
        role=role_of(message, work),
        text=message.text,
        is_mine=message.author_id == reader.pk,
        files=files_of(message, work),
    )


def files_of(message: Message, work: WorkRequest) -> list[FileLink]:
    """The files of a message whose `attachments` were read along."""
    return [
        FileLink(
            file.name,
            file.size,
            reverse("intake:request_file", args=[work.reference, file.pk]),
        )
        for file in message.attachments.all()
    ]


def role_of(message: Message, work: WorkRequest) -> str:
    """For which side somebody wrote."""
    if message.from_pmo:
        return "PMO"
    is_own = message.author_id in (work.requester_id, work.raised_by_id)
    return "requester" if is_own else "takes part"


def _asked(hold: Hold, may_answer: bool, sent: Mapping[int, AnswersForm]) -> Asked:
    form = sent.get(hold.pk)
    if form is None and may_answer and hold.lifted_at is None:
        form = AnswersForm(hold=hold)
    return Asked(hold.asked_at, f"questions-{hold.pk}", hold, form)


def _by_day(items: Iterable[Any]) -> list[Day]:
    grouped = groupby(items, key=lambda item: timezone.localtime(item.at).date())
    return [Day(on, list(found)) for on, found in grouped]
