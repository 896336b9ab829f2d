"""Publishing what the PMO offers. A change is a new version; running requests keep theirs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from audit.services import record
from catalog.models import Goal, Service, ServiceTier, ServiceVersion, StandardBlueprint
from catalog.services import interest


@dataclass(frozen=True)
class CannotPublishError(Exception):
    """What is missing, in a sentence for the person who publishes."""

    reason: str


@transaction.atomic
def publish(
    service: Service,
    *,
    words: dict[str, Any],
    tiers: Sequence[dict[str, Any]],
    blueprint: dict[str, Any],
    actor: User | None,
    at: datetime,
    note: str = "",
    goals: Sequence[Goal] = (),
    opens: bool = True,
) -> ServiceVersion:
    """Put a new version in force. Raise CannotPublishError without outcome, measure or tier.

    A service that was only proposed goes live, unless it is announced: `opens` is False then.
    """
    _check(words, tiers, blueprint)
    service = Service.objects.select_for_update().get(pk=service.pk)
    newest = service.versions.aggregate(newest=Max("number"))["newest"] or 0
    version = ServiceVersion.objects.create(
        service=service,
        number=newest + 1,
        published_at=at,
        published_by=actor,
        note=note,
        **words,
    )
    version.goals.set(goals)
    ServiceTier.objects.bulk_create(ServiceTier(version=version, **tier) for tier in tiers)
    StandardBlueprint.objects.create(version=version, **blueprint)
    service.current = version
    if service.state == Service.State.PROPOSED and opens:
        service.state = Service.State.LIVE
    service.save(update_fields=["current", "state"])
    record(
        "service.published",
        service,
        actor=actor,
        at=at,
        reason=note,
        version=version.number,
        state=service.state,
    )
    interest.tell_if_available(service, at=at)
    return version


def _check(
    words: dict[str, Any], tiers: Sequence[dict[str, Any]], blueprint: dict[str, Any]
) -> None:
    if not words.get("outcome") or not words.get("measure"):
        raise CannotPublishError("A service needs an outcome and a measure before it goes live.")
    if not tiers:
        raise CannotPublishError("A service needs at least one tier.")
    if not blueprint.get("exit_criteria"):
        raise CannotPublishError("Say when the work is finished: one criterion at least.")
