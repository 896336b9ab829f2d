"""The outbox: a notice is a row beside its cause, and delivery is somebody else's turn."""

import logging
import secrets
import smtplib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.models import User
from notifications.channels import email
from notifications.models import OutboxMessage
from notifications.quiet import quiet_until
from notifications.registry import UnknownKindError, context_for, kind_of
from notifications.stand_ins import hand_over

logger = logging.getLogger(__name__)
LEASE = timedelta(minutes=2)
GIVE_UP_AFTER = timedelta(days=3)
PERMANENT = 500
CANDIDATES = 20
Status = OutboxMessage.Status


def notice(
    kind: str,
    *,
    to: User,
    about: str,
    key: str,
    at: datetime,
    payload: dict[str, Any] | None = None,
    is_urgent: bool = False,
) -> OutboxMessage:
    """Make an unsaved notice, for acts that owe several at once. `payload` holds ids, not text.

    An urgent one goes out at night and on days off too.
    """
    return OutboxMessage(
        kind=kind,
        recipient=to,
        about=about,
        key=f"{key}:{to.pk}:email",
        payload=payload or {},
        is_urgent=is_urgent,
        created_at=at,
        not_before=at,
    )


def enqueue(kind: str, *, to: User, about: str, key: str, at: datetime, **payload: Any) -> None:
    """Owe one notice. `key` names the event; the same event never owes a person two."""
    enqueue_many([notice(kind, to=to, about=about, key=key, at=at, payload=payload)])


def enqueue_many(notices: Iterable[OutboxMessage]) -> None:
    """Owe these notices in one query; those whose key exists are owed already."""
    owed = [row for row in notices if row.recipient.is_active]
    if owed:
        OutboxMessage.objects.bulk_create(owed, ignore_conflicts=True)
        transaction.on_commit(ring)


def ring() -> None:
    """Tell the worker that something is due; best effort, since it looks by itself too."""
    if not settings.REDIS_URL:
        return
    try:
        current_app.send_task(
            "notifications.tasks.deliver_outbox", expires=settings.OUTBOX_INTERVAL
        )
    except Exception:  # noqa: BLE001 - a broker that is away must never fail the act that rang
        logger.warning("The broker does not answer; the outbox is looked at on the next tick.")


def deliver_next(*, now: datetime) -> bool:
    """Deliver one notice, outside any transaction. Return False when nothing is waiting."""
    message = claim_next(now=now)
    if message is None:
        return False
    try:
        _deliver(message, now=now)
    except Exception as error:  # noqa: BLE001 - whatever went wrong belongs in the row, to be seen
        _postpone(message, error, now=now)
    return True


def claim_next(*, now: datetime) -> OutboxMessage | None:
    """Lease the oldest due notice. The conditional update answers "did I get it?"."""
    free = (
        Q(lease_until=None)
        | Q(lease_until__lt=now)
        # A lease this far away was written by a clock that ran ahead.
        | Q(lease_until__gt=now + 2 * LEASE)
    )
    due = OutboxMessage.objects.filter(free, status=Status.DUE, not_before__lte=now)
    for pk in due.order_by("not_before", "id").values_list("pk", flat=True)[:CANDIDATES]:
        if due.filter(pk=pk).update(lease_until=now + LEASE):
            return OutboxMessage.objects.select_related("recipient").get(pk=pk)
    return None


def _deliver(message: OutboxMessage, *, now: datetime) -> None:
    if not hand_over(message, now):
        _finish(message, status=Status.STALE)
        return
    later = None if message.is_urgent or kind_of(message).is_at_once else _quiet(message, now)
    if later:
        _finish(message, not_before=later)
        return
    context = context_for(message)
    if context is None or not message.recipient.is_active:
        _finish(message, status=Status.STALE)
        return
    mail = email.render(message, context)
    mail.send()
    body = _kept(str(mail.body), context)
    _finish(message, status=Status.SENT, sent_at=now, subject=mail.subject, body=body)


def _kept(body: str, context: dict[str, Any]) -> str:
    """What the outbox keeps of a mail: not a link that lets somebody in, where mail is sent."""
    secret = str(context.get("secret") or "")
    return body.replace(secret, "/…/") if secret and settings.EMAIL_HOST else body


def _quiet(message: OutboxMessage, now: datetime) -> datetime | None:
    """When the recipient may be written to; asked at delivery, since people change their hours."""
    return quiet_until(message.recipient, now)


def _finish(message: OutboxMessage, **changes: Any) -> None:
    OutboxMessage.objects.filter(pk=message.pk).update(lease_until=None, last_error="", **changes)


def _postpone(message: OutboxMessage, error: Exception, *, now: datetime) -> None:
    """Try again later: after 1, 2, 4 … at most 60 minutes, for three days; then give up."""
    tries = message.tries + 1
    minutes = min(2 ** min(tries - 1, 6), 60)
    jitter = timedelta(seconds=secrets.randbelow(30))
    hopeless = is_permanent(error) or now - message.created_at > GIVE_UP_AFTER
    logger.warning("Notice %s was not delivered (try %s): %s", message.key, tries, error)
    OutboxMessage.objects.filter(pk=message.pk).update(
        status=Status.DEAD if hopeless else Status.DUE,
        tries=tries,
        not_before=now + timedelta(minutes=minutes) + jitter,
        lease_until=None,
        last_error=f"{type(error).__name__}: {error}"[:300],
    )


def is_permanent(error: Exception) -> bool:
    """Tell a refusal that no waiting will heal: an address refused for good, an unknown kind."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= PERMANENT for code, _ in error.recipients.values())
    return isinstance(error, UnknownKindError)


def retry(message: OutboxMessage, *, at: datetime) -> bool:
    """Give a dead notice another three days; return whether it was dead."""
    return retry_all(OutboxMessage.objects.filter(pk=message.pk), at=at) > 0


def retry_all(messages: QuerySet[OutboxMessage], *, at: datetime) -> int:
    """Give the dead ones among these another three days, and return how many there were."""
    count = messages.filter(status=Status.DEAD).update(
        status=Status.DUE, not_before=at, created_at=at, tries=0, lease_until=None
    )
    if count:
        transaction.on_commit(ring)
    return count
