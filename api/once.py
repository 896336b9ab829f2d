"""Doing a POST once, however often it arrives: the Idempotency-Key header."""

import hashlib
from collections.abc import Callable

from django.db import transaction
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from accounts.moment import database_now
from api.models import GivenAnswer
from api.problems import KeyReusedError

HEADER = "Idempotency-Key"
LONGEST = 100


def once(request: Request, person: User, act: Callable[[], Response]) -> Response:
    """Do it, or return what it was answered before. An act that fails may be tried again."""
    key = request.headers.get(HEADER, "")
    if not key:
        return act()
    if len(key) > LONGEST or not key.isascii() or not key.isprintable():
        raise ValidationError({HEADER: [f"At most {LONGEST} printable characters."]})
    digest = _digest(request)
    with transaction.atomic():
        given, is_new = GivenAnswer.objects.get_or_create(
            person=person, key=key, defaults={"digest": digest, "at": database_now()}
        )
        if given.digest != digest:
            raise KeyReusedError
        if not is_new:
            return Response(
                given.body, status=given.status, headers={"Idempotent-Replayed": "true"}
            )
        response = act()
        given.status, given.body = response.status_code, response.data
        given.save(update_fields=["status", "body"])
    return response


def _digest(request: Request) -> str:
    parts = (str(request.method), request.get_full_path(), repr(request.data))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
