"""The catalog as a list: which services somebody sees, in groups, with where each one stands."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from accounts.date_words import day_words
from accounts.models import User
from catalog import audience, track_record
from catalog.models import Service
from catalog.models.service import Standing
from sla.outcomes import Compliance

TONES = {
    Standing.PILOT: "tone-brand icon-flask",
    Standing.COMING: "tone-paused icon-calendar",
    Standing.RETIRING: "tone-amber icon-clock",
    Standing.RETIRED: "tone-plain icon-cross",
}
IN_CATALOG = (Standing.OFFERED, Standing.PILOT, Standing.COMING, Standing.RETIRING)


class Card(NamedTuple):
    """One service of the list: what it takes at least, how it kept its promise, where it stands.

    `state` is empty for a service that is simply offered; `why_not` for one that is for the viewer.
    """

    service: Service
    days: int
    kept: Compliance | None
    standing: Standing = Standing.OFFERED
    state: str = ""
    tone: str = ""
    why_not: str = ""


class Group(NamedTuple):
    aim: str
    cards: list[Card]


def groups(
    chosen: Mapping[str, Any], *, person: User | None, today: date, now: datetime
) -> list[Group]:
    """The services that fit the filters, in groups of what people want to achieve."""
    found = (
        Service.objects.in_catalog()
        .visible_to(person)
        .with_tiers()
        .for_aim(chosen.get("aim", ""))
        .with_tier_like(level=chosen.get("tier", ""), within=chosen.get("within"))
        .for_audience(chosen.get("audience", ""))
        .saying(chosen.get("q", ""))
    )
    wanted = {chosen["state"]} if chosen.get("state") else set(IN_CATALOG)
    shown = [service for service in found if service.standing(today) in wanted]
    audience.load_rules(service for service in shown if not _is_for(service))
    return _grouped(shown, person, today, now)


def _grouped(
    services: Iterable[Service], person: User | None, today: date, now: datetime
) -> list[Group]:
    record = track_record.by_service(now)
    cards: dict[str, list[Card]] = {aim: [] for aim in Service.Aim.values}
    for service in services:
        cards[service.aim].append(
            card(service, record.get(service.pk), person=person, today=today, now=now)
        )
    return [Group(str(Service.Aim(aim).label), group) for aim, group in cards.items() if group]


def card(
    service: Service,
    kept: Compliance | None,
    *,
    person: User | None,
    today: date,
    now: datetime,
) -> Card:
    """A service read `with_tiers()` and `visible_to()` as a card of the list."""
    assert service.current is not None
    days = [tier.first_result_days for tier in service.current.tiers.all()]
    standing = service.standing(today)
    return Card(
        service=service,
        days=min(days),
        kept=kept,
        standing=standing,
        state=standing_words(service, standing, now=now),
        tone=TONES.get(standing, ""),
        why_not="" if _is_for(service) else audience.why_not(service, person),
    )


def _is_for(service: Service) -> bool:
    return bool(getattr(service, "is_for_them", True))


def standing_words(service: Service, standing: Standing, *, now: datetime) -> str:
    """What the catalog says of a service that is not simply offered."""
    if standing == Standing.COMING and service.available_from:
        return f"Coming from {day_words(service.available_from, now=now)}"
    if standing == Standing.COMING:
        return "Coming, no date yet"
    if standing == Standing.RETIRING and service.retires_on:
        return f"Retiring, until {day_words(service.retires_on, now=now)}"
    return "" if standing == Standing.OFFERED else str(standing.label)
