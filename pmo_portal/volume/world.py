"""What requests need around them: people, services and promises, made by their own services."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from random import Random

from django.contrib.auth.models import Group

from accounts.models import Department, Role, User
from catalog.models import Service, ServiceTier
from catalog.services.starter import make_starter_catalog
from intake.models import QuestionVersion
from intake.services.lifecycle import POLICY_OF_LANE, URGENT_POLICY
from pmo_portal.volume.sheets import Json
from pmo_portal.volume.words import DEPARTMENTS, NAMES, SURNAMES
from sla.business_time import SECOND, WorkingCalendar
from sla.models import SlaTarget
from sla.services import clocks, hours
from sla.services.history import change_to, terms_of
from sla.services.starter import make_starter_policies
from sla.terms import Change, Terms

DOMAIN = "volume.example"
NO_SIGN_IN = "!"
MOST_REQUESTERS = 5_000
MOST_ANALYSTS = 40


@dataclass(frozen=True)
class Promise:
    """A target as the replay and the rows need it."""

    target: SlaTarget
    terms: Terms
    change: Change
    payload: Json


@dataclass(frozen=True)
class Offer:
    """A service in force, with its tiers and the sentences of its standard blueprint."""

    service_id: int
    version_id: int
    name: str
    tiers: list[ServiceTier]
    trigger: str
    handoffs: list[dict[str, str]]
    promises: list[str]
    criteria: list[str]
    measures: list[str]


@dataclass(frozen=True)
class World:
    """Everything that requests refer to, read once."""

    requesters: list[User]
    analysts: list[User]
    offers: list[Offer]
    promises: dict[str, dict[str, Promise]]
    questions: dict[str, int]
    hours: WorkingCalendar


def make_world(rng: Random, *, requests: int, start: datetime, at: datetime) -> World:
    """Make what is missing for so many requests since `start`, and read it all."""
    make_starter_policies(start)
    make_starter_catalog(start)
    departments = _departments()
    many = min(max(requests // 20, 20), MOST_REQUESTERS)
    few = min(max(requests // 2_500, 4), MOST_ANALYSTS)
    offers = [_offer(service) for service in _services()]
    slugs = {*POLICY_OF_LANE.values(), URGENT_POLICY}
    slugs |= {tier.policy.slug for offer in offers for tier in offer.tiers}
    promises = {slug: _promises(slug, at) for slug in slugs}
    return World(
        requesters=_people("asker", many, departments, Role.REQUESTER, rng=rng, at=start),
        analysts=_people("pmo", few, departments, Role.ANALYST, rng=rng, at=start),
        offers=offers,
        promises=promises,
        questions={question.slug: question.pk for question in QuestionVersion.objects.current()},
        hours=promises[URGENT_POLICY]["first_reply"].terms.timetable.hours,
    )


def _departments() -> list[Department]:
    return [Department.objects.get_or_create(name=name)[0] for name in DEPARTMENTS]


def _people(
    kind: str, number: int, departments: list[Department], role: Role, *, rng: Random, at: datetime
) -> list[User]:
    """So many people of a kind, in random departments. They can't sign in."""
    addresses = [f"{kind}{index}@{DOMAIN}" for index in range(number)]
    known = User.objects.filter(email__endswith=f"@{DOMAIN}").values_list("email", flat=True)
    missing = [
        User(
            email=address,
            name=f"{rng.choice(NAMES)} {rng.choice(SURNAMES)}",
            password=NO_SIGN_IN,
            department=rng.choice(departments),
            joined_at=at,
        )
        for address in sorted(set(addresses) - set(known))
    ]
    made = User.objects.bulk_create(missing, batch_size=1_000)
    group, holds = Group.objects.get(name=role), User.groups.through
    holds.objects.bulk_create([holds(user=person, group=group) for person in made])
    return list(User.objects.filter(email__endswith=f"@{DOMAIN}", email__startswith=kind))


def _services() -> list[Service]:
    services = Service.objects.filter(current__isnull=False, state__in=Service.OFFERED)
    found = services.select_related("current__blueprint")
    return list(found.prefetch_related("current__tiers__policy"))


def _offer(service: Service) -> Offer:
    version = service.current
    if version is None:
        raise ValueError(f"{service} has no version in force")
    standard = version.blueprint
    return Offer(
        service.pk,
        version.pk,
        version.name,
        list(version.tiers.all()),
        standard.trigger,
        standard.handoffs,
        standard.promises,
        standard.exit_criteria,
        standard.measures,
    )


def _promises(slug: str, at: datetime) -> dict[str, Promise]:
    return {
        metric: _promise(target) for metric, target in clocks.policy_targets(slug, at=at).items()
    }


def _promise(target: SlaTarget) -> Promise:
    timetable = hours.timetable(target.calendar)
    payload = Json(f'{{"target": {target.pk}, "version": {target.calendar.version}}}')
    return Promise(target, terms_of(target, timetable), change_to(target, timetable), payload)


def hours_of(promise: Promise) -> float:
    """The target in working hours."""
    return promise.terms.target / SECOND / 3600
