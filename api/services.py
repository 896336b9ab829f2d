"""Tokens: made once, shown once, and taken back at any time."""

import hashlib
import secrets
from datetime import date, datetime, timedelta

from django.db import transaction

from accounts.models import User
from accounts.policies import require
from api.models import GivenAnswer, Token
from audit.services import record

PREFIX = "pmo_"
MOST_TOKENS = 20
LONGEST = timedelta(days=365)
# After this a repeated key is a new request.
ANSWERS_KEPT = timedelta(days=2)


class TooManyTokensError(Exception):
    """Somebody has as many tokens as one person may."""


def digest_of(secret: str) -> str:
    """Secrets are long and random, so a plain digest of one tells nothing."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def make_token(
    person: User, *, name: str, scope: str, days: int, actor: User, at: datetime
) -> tuple[Token, str]:
    """Return a new token and its secret, which nobody can read again."""
    require(person == actor and timedelta(days=days) <= LONGEST)
    User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if person.tokens.in_force(at).count() >= MOST_TOKENS:
        raise TooManyTokensError
    secret = PREFIX + secrets.token_urlsafe(32)
    token = Token.objects.create(
        person=person,
        name=name,
        scope=scope,
        digest=digest_of(secret),
        hint=secret[: len(PREFIX) + 6],
        created_at=at,
        expires_at=at + timedelta(days=days),
    )
    record("api.token_made", person, actor=actor, at=at, name=name, scope=scope, days=days)
    return token, secret


@transaction.atomic
def revoke(token: Token, *, actor: User, at: datetime) -> None:
    """End a token at once; pressed twice, it ended the first time."""
    require(token.person_id == actor.pk)
    if Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=at):
        record("api.token_revoked", token.person, actor=actor, at=at, name=token.name)


def token_of(secret: str, *, at: datetime, today: date) -> Token | None:
    """The token with this secret, if it is in force and its person may sign in."""
    if not secret.startswith(PREFIX) or len(secret) > 100:
        return None
    found = Token.objects.in_force(at).filter(digest=digest_of(secret), person__is_active=True)
    token = found.first()
    if token and token.last_used_on != today:
        Token.objects.filter(pk=token.pk).update(last_used_on=today)
    return token


def forget_answers(*, at: datetime) -> int:
    """Drop what nobody will ask for again."""
    return GivenAnswer.objects.filter(at__lt=at - ANSWERS_KEPT).delete()[0]
