"""Writing down what happened, in the transaction in which it happens."""

from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.db.models import Model

from accounts.models import User
from audit.models import Entry, Heartbeat

_source: ContextVar[str] = ContextVar("source", default="command")


def name_source(source: str) -> None:
    """Say where the acts that follow come from: page, job, command, mail, import or api."""
    _source.set(source)


def entry(
    action: str,
    subject: Model,
    *,
    actor: User | None,
    at: datetime,
    reason: str = "",
    is_internal: bool = False,
    **data: Any,
) -> Entry:
    """Make an unsaved entry, for acts that save several at once."""
    return Entry(
        action=action,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        subject_name=str(subject)[:200],
        actor=actor,
        actor_name=actor.name if actor else "",
        at=at,
        reason=reason,
        data=data,
        source=_source.get(),
        is_internal=is_internal,
    )


def record(
    action: str, subject: Model, *, actor: User | None, at: datetime, **kwargs: Any
) -> Entry:
    """Add one entry. `action` is dotted, `data` plain values with the names as they were."""
    row = entry(action, subject, actor=actor, at=at, **kwargs)
    row.save(force_insert=True)
    return row


def record_many(entries: list[Entry]) -> None:
    Entry.objects.bulk_create(entries)


def beat(name: str, *, at: datetime) -> None:
    """Note that the job of this name has run."""
    if not Heartbeat.objects.filter(name=name).update(at=at):
        Heartbeat.objects.update_or_create(name=name, defaults={"at": at})
