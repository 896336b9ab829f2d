"""Whose turn a notice is while its recipient is away: that of the stand-in, marked as theirs."""

from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings

from accounts.models import StandIn, User
from notifications.models import OutboxMessage
from notifications.registry import kind_of

LONGEST_CHAIN = 5


class Cover(NamedTuple):
    """Who acts for a person, and until which day, included."""

    by: User
    until: date


def cover_of(person: User, now: datetime) -> Cover | None:
    """Return who acts for a person today, by the day in each person's zone; None: themselves.

    A stand-in who is away as well passes it on. A ring of absences leaves it with the person.
    """
    seen, cover = {person.pk}, None
    absence = _absence(person, now)
    while absence is not None and len(seen) < LONGEST_CHAIN:
        if absence.stand_in_id in seen or not absence.stand_in.is_active:
            return None
        seen.add(absence.stand_in_id)
        cover = Cover(absence.stand_in, cover.until if cover else absence.ends_on)
        absence = _absence(absence.stand_in, now)
    return cover


def _absence(person: User, now: datetime) -> StandIn | None:
    today = now.astimezone(ZoneInfo(person.time_zone or settings.TIME_ZONE)).date()
    in_force = StandIn.objects.on(today).filter(person=person)
    return in_force.select_related("stand_in").first()


def hand_over(message: OutboxMessage, now: datetime) -> bool:
    """Give a notice to the recipient's stand-in, if one may read it.

    Return False where the stand-in is owed the same notice already, so that this one is not sent.
    """
    cover = cover_of(message.recipient, now)
    if cover is None or not kind_of(message).may_stand_in(cover.by):
        return True
    away = message.recipient
    suffix = f":{away.pk}:{message.channel}"
    key = f"{message.key.removesuffix(suffix)}:{cover.by.pk}:{message.channel}"
    if OutboxMessage.objects.filter(key=key).exists():
        return False
    given = {"name": away.name, "until": cover.until.isoformat()}
    payload: dict[str, Any] = {**message.payload, "stands_in": given}
    changes = {"key": key, "recipient": cover.by, "payload": payload}
    OutboxMessage.objects.filter(pk=message.pk).update(**changes)
    for name, value in changes.items():
        setattr(message, name, value)
    return True


def standing_in(message: OutboxMessage) -> dict[str, Any] | None:
    """For whom the recipient gets this, and until when; None for their own."""
    given = message.payload.get("stands_in")
    if not isinstance(given, dict):
        return None
    return {"name": given["name"], "until": date.fromisoformat(given["until"])}
