"""Everything that the page of a service shows, for a stored version or for a draft."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.utils import timezone

from accounts.date_words import day_words
from accounts.models import User
from catalog import audience, browsing, capacity, comparison, track_record
from catalog.first_results import first_results
from catalog.models import Goal, Interest, Service, ServiceTier, ServiceVersion, StandardBlueprint
from catalog.models.service import Standing
from catalog.outcome_policies import can_see
from catalog.outcome_record import OutcomeLine, months_until, outcome_lines
from catalog.track_record import Achieved, ServiceRecord
from sla.outcomes import Compliance

STORIES = 3


@dataclass(frozen=True)
class Shown:
    """A version of a service with all that belongs to it. A preview is not stored yet."""

    service: Service
    version: ServiceVersion
    tiers: Sequence[ServiceTier]
    goals: Sequence[Goal]
    blueprint: StandardBlueprint | None
    is_preview: bool = False

    @classmethod
    def stored(cls, service: Service, version: ServiceVersion) -> Shown:
        tiers = list(version.tiers.select_related("policy"))
        blueprint = getattr(version, "blueprint", None)
        return cls(service, version, tiers, list(version.goals.all()), blueprint)

    @property
    def is_current(self) -> bool:
        return self.is_preview or self.service.current_id == self.version.pk


class TierRecord(NamedTuple):
    """One tier: what it promises and what its results really took."""

    tier: ServiceTier
    achieved: Achieved | None


class Month(NamedTuple):
    month: Any
    kept: Compliance


def context_of(shown: Shown, *, person: User | None, now: datetime) -> dict[str, Any]:
    """What catalog/service.html needs, but for the crumbs."""
    service = shown.service
    record = track_record.of_service(service.pk, now) if service.pk else ServiceRecord()
    return {
        "service": service,
        "shown": shown.version,
        "is_current": shown.is_current,
        "is_preview": shown.is_preview,
        "goals": shown.goals,
        "blueprint": shown.blueprint,
        "kept": track_record.by_service(now).get(service.pk),
        "months": [Month(*pair) for pair in zip(record.months, record.kept, strict=True)],
        "has_record": not record.is_empty,
        "tier_records": [TierRecord(t, record.achieved.get(t.level)) for t in shown.tiers],
        "versions": list(service.versions.only("number", "published_at", "note", "service")),
        "stories": list(service.stories.shown()[:STORIES]),
        "improvements": list(service.improvements.public()),
        "outcomes": _outcomes(service, now) if shown.is_current else [],
        "may_open": person is not None and can_see(person),
        "now": now,
        **_table(shown, record, now),
        **_asking(shown, person, now),
    }


def _outcomes(service: Service, now: datetime) -> list[OutcomeLine]:
    months = months_until(timezone.localdate(now))
    return outcome_lines(service.metrics.select_related("service"), months, now=now)


def _table(shown: Shown, record: ServiceRecord, now: datetime) -> dict[str, Any]:
    due = first_results(shown.tiers, at=now) if shown.is_current else {}
    achieved = record.achieved if shown.is_current else {}
    return {
        "columns": comparison.columns(shown.tiers),
        "rows": comparison.rows(shown.tiers, due=due, now=now, achieved=achieved),
        "caption": comparison.caption(shown.tiers),
    }


def _asking(shown: Shown, person: User | None, now: datetime) -> dict[str, Any]:
    """Whether it can be asked for, by this person; if not, why, and what they can do instead."""
    service, today = shown.service, timezone.localdate(now)
    standing = service.standing(today)
    is_for_them = bool(getattr(service, "is_for_them", True))
    can_be_asked = shown.is_current and service.can_be_asked_for(today)
    can_wait = shown.is_current and standing == Standing.COMING
    return {
        "standing": standing,
        "state_words": browsing.standing_words(service, standing, now=now),
        "tone": browsing.TONES.get(standing, ""),
        "can_ask": can_be_asked and is_for_them,
        "why_not": "" if is_for_them else audience.why_not(service, person),
        "can_wait": can_wait,
        "waits": can_wait and person is not None and _waits(service, person),
        "full_words": _full_words(service, now) if can_be_asked else "",
    }


def _waits(service: Service, person: User) -> bool:
    return Interest.objects.waiting().filter(service=service, person=person).exists()


def _full_words(service: Service, now: datetime) -> str:
    """What somebody should know before asking when the PMO has its hands full with the service."""
    if service.at_once is None and service.per_month is None:
        return ""
    room = capacity.room_of(service, now=now)
    if not room.is_full:
        return ""
    starts = room.starts_on()
    then = f" We expect to begin the next one on {day_words(starts, now=now)}." if starts else ""
    return f"We have our hands full with this service: {room.details}.{then}"
