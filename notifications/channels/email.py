"""Mail: text and HTML with the same words, from templates/emails/<kind>/."""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone

from notifications.models import OutboxMessage

SUBJECT_LENGTH = 200


def render(message: OutboxMessage, context: dict[str, Any]) -> EmailMultiAlternatives:
    """Return the mail, not yet sent. Its Message-ID is the row's key, so a double is recognised."""
    with timezone.override(message.recipient.time_zone or None):
        return _render(message, context)


def _render(message: OutboxMessage, context: dict[str, Any]) -> EmailMultiAlternatives:
    context = context | {"base_url": settings.BASE_URL, "recipient": message.recipient}
    folder = f"emails/{message.kind}"
    subject = " ".join(render_to_string(f"{folder}/subject.txt", context).split())
    mail = EmailMultiAlternatives(
        subject=subject[:SUBJECT_LENGTH],
        body=render_to_string(f"{folder}/body.txt", context).strip() + "\n",
        to=[message.recipient.email],
        headers={"Message-ID": message_id(message), "Auto-Submitted": "auto-generated"},
    )
    mail.attach_alternative(render_to_string(f"{folder}/body.html", context), "text/html")
    return mail


def message_id(message: OutboxMessage) -> str:
    host = settings.BASE_URL.split("//")[1].split(":")[0]
    return f"<{message.key.replace(':', '.')}@{host}>"
