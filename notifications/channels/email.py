"""Mail: text and HTML with the same words, from templates/emails/<kind>/."""

from hmac import compare_digest
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.crypto import salted_hmac

from notifications.models import OutboxMessage
from notifications.stand_ins import standing_in

SUBJECT_LENGTH = 200
SALT = "notifications.message_id"


def render(message: OutboxMessage, context: dict[str, Any]) -> EmailMultiAlternatives:
    """Return the mail, not yet sent. Its Message-ID is the row's key, so a double is recognised."""
    with timezone.override(message.recipient.time_zone or None):
        return _render(message, context)


def _render(message: OutboxMessage, context: dict[str, Any]) -> EmailMultiAlternatives:
    context = context | {"base_url": settings.BASE_URL, "recipient": message.recipient}
    context["stands_in"] = standing_in(message)
    folder = f"emails/{message.kind}"
    subject = " ".join(render_to_string(f"{folder}/subject.txt", context).split())
    mail = EmailMultiAlternatives(
        subject=subject[:SUBJECT_LENGTH],
        body=render_to_string(f"{folder}/body.txt", context).strip() + "\n",
        to=[message.recipient.email],
        reply_to=[context["reply_to"]] if context.get("reply_to") else None,
        headers={"Message-ID": message_id(message), "Auto-Submitted": "auto-generated"},
    )
    mail.attach_alternative(render_to_string(f"{folder}/body.html", context), "text/html")
    return mail


def message_id(message: OutboxMessage) -> str:
    """Name the mail after its key, with a mark that only we can make."""
    host = settings.BASE_URL.split("//")[1].split(":")[0]
    name = _dotted(message.key)
    return f"<{name}.{_mark(name)}@{host}>"


def message_named(message_id: str) -> OutboxMessage | None:
    """Find the notice that went out under this Message-ID; None when it is none of ours."""
    name, _, mark = message_id.strip("<> \t").partition("@")[0].rpartition(".")
    if not compare_digest(mark.encode(), _mark(name).encode()):
        return None
    # What bears our mark has the kind first, and the recipient before the channel.
    parts = name.split(".")
    sent = OutboxMessage.objects.filter(kind=parts[0], recipient=int(parts[-2]))
    found = sent.select_related("recipient").order_by("-id").iterator()
    return next((row for row in found if _dotted(row.key) == name), None)


def _dotted(key: str) -> str:
    return key.replace(":", ".")


def _mark(name: str) -> str:
    return salted_hmac(SALT, name, algorithm="sha256").hexdigest()[:16]
