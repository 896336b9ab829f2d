"""Mails that belong to no request: an invitation, and a new password."""

from collections.abc import Callable

from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse
from django.utils.http import urlsafe_base64_encode

from notifications.models import OutboxMessage
from notifications.registry import Context, register


def register_all() -> None:
    register("invitation", _with_link("an administrator invited you"), at_once=True)
    asked = _with_link("this address was entered for a new password")
    register("password_reset", asked, at_once=True)


def _with_link(because: str) -> Callable[[OutboxMessage], Context]:
    """The link is made when the mail goes out, and is not kept with its words."""

    def words(message: OutboxMessage) -> Context:
        person = message.recipient
        uid = urlsafe_base64_encode(str(person.pk).encode())
        token = default_token_generator.make_token(person)
        address = reverse("intake:choose_password", args=[uid, token])
        return {
            "address": address,
            "secret": address,
            "because": because,
            "title": "PMO front door",
        }

    return words
