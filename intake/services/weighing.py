"""The PMO's own words and weights on a request. They change no promise and no version of it."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models.functions import Lower

from accounts.models import User
from accounts.policies import require
from audit.services import record
from intake import policies
from intake.models import Tag, Weighing, WorkRequest

TAGS_AT_MOST = 8
NAME = Tag._meta.get_field("name").max_length or 0


def tags_in(text: str) -> list[str]:
    """Read "Fleet, board" as names of tags, each once."""
    names = (re.sub(r"\s+", " ", part).strip() for part in text.split(","))
    return list({name.casefold(): name for name in names if name}.values())


@transaction.atomic
def tag(work: WorkRequest, *, names: Sequence[str], actor: User, at: datetime) -> list[Tag]:
    """Let a request carry exactly these tags; new ones are made by naming them."""
    require(policies.can_triage(actor, work) and len(names) <= TAGS_AT_MOST)
    wanted = _tags(names)
    if {one.pk for one in wanted} == set(work.tags.values_list("pk", flat=True)):
        return wanted
    work.tags.set(wanted)
    given = [one.name for one in wanted]
    record("intake.tagged", work, actor=actor, at=at, is_internal=True, tags=given)
    return wanted


@transaction.atomic
def add_tags(work: WorkRequest, *, names: Sequence[str], actor: User, at: datetime) -> list[Tag]:
    """Add tags to those that a request carries."""
    carried = list(work.tags.values_list("name", flat=True))
    known = {name.casefold() for name in carried}
    new = [name for name in names if name.casefold() not in known]
    return tag(work, names=[*carried, *new], actor=actor, at=at)


def _tags(names: Iterable[str]) -> list[Tag]:
    wanted = {name.casefold(): name[:NAME] for name in names}
    missing = set(wanted) - set(_known(wanted))
    Tag.objects.bulk_create(
        [Tag(name=wanted[key]) for key in sorted(missing)], ignore_conflicts=True
    )
    return sorted(_known(wanted).values(), key=lambda one: one.name.casefold())


def _known(keys: Iterable[str]) -> dict[str, Tag]:
    found = Tag.objects.annotate(key=Lower("name")).filter(key__in=list(keys))
    return {one.name.casefold(): one for one in found}


@transaction.atomic
def weigh(
    work: WorkRequest,
    *,
    cost_of_delay: int | None,
    effect: int | None,
    priority: str,
    why: str,
    actor: User,
    at: datetime,
) -> Weighing:
    """Keep what a person found it to weigh, and the place they gave it; the advice stays advice."""
    require(policies.can_triage(actor, work) and work.is_open)
    weighing, _ = Weighing.objects.update_or_create(
        work=work,
        defaults={
            "cost_of_delay": cost_of_delay,
            "effect": effect,
            "priority": priority,
            "why": why,
            "by": actor,
            "at": at,
        },
    )
    said = {"priority": priority, "cost_of_delay": cost_of_delay, "effect": effect}
    record("intake.weighed", work, actor=actor, at=at, reason=why, is_internal=True, **said)
    return weighing
