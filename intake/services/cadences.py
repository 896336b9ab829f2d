"""Recurring decisions: kept up to date by the PMO, matched by name, counted when they answer."""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.policies import require
from audit.services import record
from intake import policies
from intake.models import Cadence, CadenceAnswer, WorkRequest
from intake.services.drafts import Draft

FIELDS = ("name", "decider", "decides", "rhythm", "next_on", "data", "service")
SHORTEST_NAME = 4
# The question of the ask journey that names who decides.
QUESTION = "decider"
MONTHS_AHEAD = {"month": 1, "quarter": 3}


@dataclass
class StaleCadenceError(Exception):
    """Somebody changed it since this person saw it."""

    cadence: Cadence


@transaction.atomic
def save_cadence(
    cadence: Cadence | None,
    *,
    fields: Mapping[str, Any],
    actor: User,
    at: datetime,
    seen: int | None = None,
) -> Cadence:
    """Add a recurring decision, or change one."""
    require(policies.can_keep_cadence(actor))
    told = {name: fields[name] for name in FIELDS} | {"changed_by": actor, "changed_at": at}
    if cadence is None:
        made = Cadence.objects.create(**told)
        record("cadence.added", made, actor=actor, at=at, name=made.name)
        return made
    fresh = Cadence.objects.select_for_update(of=("self",)).get(pk=cadence.pk)
    if seen is not None and seen != fresh.number:
        raise StaleCadenceError(fresh)
    for name, value in told.items():
        setattr(fresh, name, value)
    fresh.number += 1
    fresh.save()
    record("cadence.changed", fresh, actor=actor, at=at, name=fresh.name)
    return fresh


@transaction.atomic
def end_cadence(cadence: Cadence, *, actor: User, at: datetime) -> None:
    """Take it out of the calendar; what it answered stays."""
    require(policies.can_keep_cadence(actor))
    Cadence.objects.filter(pk=cadence.pk).update(ended_at=at)
    record("cadence.ended", cadence, actor=actor, at=at, name=cadence.name)


def matching(text: str) -> Cadence | None:
    """The recurring decision that somebody named: by its own name, or by who decides."""
    said = _plain(text)
    if len(said) < SHORTEST_NAME:
        return None
    kept = Cadence.objects.filter(ended_at=None).order_by("next_on", "name")
    for cadence in kept:
        names = (_plain(cadence.name), _plain(cadence.decider))
        if any(len(name) >= SHORTEST_NAME and (name in said or said in name) for name in names):
            return cadence
    return None


def matching_draft(draft: Draft) -> Cadence | None:
    """The recurring decision that the answer to "who decides?" names."""
    answer = draft.answers.get(QUESTION)
    return matching(str(answer.get("decider"))) if answer else None


def _plain(text: str) -> str:
    """Words without case, articles and double spaces, so that "The capacity call" is found."""
    words = text.casefold().split()
    return " ".join(word.strip(".,;:") for word in words if word not in ("the", "our", "a"))


def note_answer(cadence: Cadence, work: WorkRequest, *, actor: User, at: datetime) -> None:
    """Count a request as answered by it; the caller closes the request in the same transaction."""
    CadenceAnswer.objects.create(cadence=cadence, work=work, by=actor, at=at)
    record("intake.answered_by_cadence", work, actor=actor, at=at, cadence=cadence.name)


def next_date(cadence: Cadence, today: date) -> date:
    """When it is decided next, counted on from its last known date."""
    on, number = cadence.next_on, 0
    while on < today:
        number += 1
        on = _after(cadence, number)
    return on


def _after(cadence: Cadence, number: int) -> date:
    """The date so many rounds after the known one; a 31st falls on the last of a shorter month."""
    on = cadence.next_on
    if cadence.rhythm not in MONTHS_AHEAD:
        return on + timedelta(days=number * (1 if cadence.rhythm == "day" else 7))
    months = on.month - 1 + number * MONTHS_AHEAD[cadence.rhythm]
    year, month = on.year + months // 12, months % 12 + 1
    return date(year, month, min(on.day, calendar.monthrange(year, month)[1]))


def dates_between(cadence: Cadence, first: date, last: date) -> list[date]:
    """Each date it is decided on from `first` to `last`; weekends are left out of a daily one."""
    found: list[date] = []
    number = 0
    while (on := _after(cadence, number)) <= last:
        if on >= first and not (cadence.rhythm == "day" and on.weekday() > calendar.FRIDAY):
            found.append(on)
        number += 1
    return found
