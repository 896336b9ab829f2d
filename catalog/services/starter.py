"""The services that a new PMO starts with, read from starter.yaml once."""

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from accounts.models import User
from catalog.models import Goal, Service
from catalog.services.publishing import publish
from sla.models import SlaPolicy

STARTER = Path(__file__).resolve().parent.parent / "starter.yaml"
RANKS = {"bronze": 1, "silver": 2, "gold": 3}


@cache
def _starter() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(STARTER.read_text(encoding="utf-8"))
    return document


def starter_services() -> tuple[dict[str, Any], ...]:
    """The starting services, in the order of the catalog."""
    return tuple(_starter()["services"])


@transaction.atomic
def make_starter_catalog(at: datetime, *, owner: User | None = None) -> list[Service]:
    """Publish each starting service that does not exist yet, and return those.

    The delivery promises must be there (sla's starter). An owner is given to every starting
    service that has none, also to one that was published before.
    """
    known = set(Service.objects.values_list("slug", flat=True))
    slugs = [document["slug"] for document in starter_services()]
    made = [
        _publish(document, position, at)
        for position, document in enumerate(starter_services(), start=1)
        if document["slug"] not in known
    ]
    if owner is not None:
        Service.objects.filter(slug__in=slugs, owner=None).update(owner=owner)
    return made


def starter_document(slug: str) -> dict[str, Any]:
    """One starting service as the file describes it."""
    return next(document for document in starter_services() if document["slug"] == slug)


def parts_of(document: dict[str, Any]) -> dict[str, Any]:
    """What `publish` needs of a service: its words, goals, tiers and blueprint.

    A goal of the file is made when it does not exist yet.
    """
    words = {name: value for name, value in document["words"].items() if name != "goal"}
    return {
        "words": words,
        "goals": [_goal(document["words"]["goal"])],
        "tiers": [_tier(row) for row in document["tiers"]],
        "blueprint": document["blueprint"],
    }


def _publish(document: dict[str, Any], position: int, at: datetime) -> Service:
    service = Service.objects.create(slug=document["slug"], aim=document["aim"], position=position)
    publish(service, **parts_of(document), actor=None, at=at)
    return service


def _goal(name: str) -> Goal:
    goals = _starter()["goals"]
    place, known = next((n, row) for n, row in enumerate(goals, start=1) if row["name"] == name)
    made = {"position": place, "sentence": known["sentence"]}
    return Goal.objects.get_or_create(name=name, defaults=made)[0]


def _tier(row: dict[str, Any]) -> dict[str, Any]:
    policy = SlaPolicy.objects.get(slug=f"deliver-in-{row['first_result_days']}-days")
    return {**row, "rank": RANKS[row["level"]], "policy": policy}
