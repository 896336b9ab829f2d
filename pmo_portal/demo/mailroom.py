"""The demo's notices: written out at their time as they would have been mailed, and not mailed."""

from datetime import datetime, timedelta

from notifications.channels import email
from notifications.models import OutboxMessage
from notifications.registry import UnknownKindError, context_for

ON_ITS_WAY = timedelta(seconds=2)
Status = OutboxMessage.Status


def write_out(at: datetime) -> None:
    """Keep what each due notice says, as sent; one that is no longer needed says nothing."""
    due = OutboxMessage.objects.filter(status=Status.DUE, not_before__lte=at)
    for message in due.select_related("recipient").order_by("id"):
        _write_out(message, at)
        message.save(update_fields=["status", "sent_at", "subject", "body", "last_error"])


def _write_out(message: OutboxMessage, at: datetime) -> None:
    try:
        context = context_for(message)
    except UnknownKindError as error:
        message.status, message.last_error = Status.DEAD, f"UnknownKindError: {error}"
        return
    if context is None:
        message.status = Status.STALE
        return
    mail = email.render(message, context)
    message.status, message.sent_at = Status.SENT, at + ON_ITS_WAY
    message.subject, message.body = str(mail.subject), str(mail.body)
