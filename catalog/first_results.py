"""By when a tier's first result would be there, worked out from its delivery promise."""

from collections.abc import Collection
from datetime import datetime, timedelta

from catalog.models import ServiceTier
from sla.business_time import add_working_time
from sla.models import SlaTarget
from sla.services import hours

DELIVERY = "delivery"


def first_results(tiers: Collection[ServiceTier], *, at: datetime) -> dict[int, datetime | None]:
    """When each tier chosen at `at` would be due, by the tier's id, in one or two queries.

    None for a tier whose policy promises no delivery or whose calendar has no hours.
    """
    targets = _targets_in_force({tier.policy_id for tier in tiers}, at)
    hours.load(target.calendar for target in targets.values())
    return {tier.pk: _due(targets.get(tier.policy_id), at) for tier in tiers}


def _targets_in_force(policies: Collection[int], at: datetime) -> dict[int, SlaTarget]:
    """The delivery target by policy; the newest version that is valid comes last and wins."""
    found = SlaTarget.objects.filter(
        metric=DELIVERY, version__policy__in=policies, version__valid_from__lte=at
    ).select_related("version", "calendar")
    ordered = found.order_by("version__valid_from", "version__number")
    return {target.version.policy_id: target for target in ordered}


def _due(target: SlaTarget | None, at: datetime) -> datetime | None:
    if target is None:
        return None
    calendar = hours.timetable(target.calendar).hours
    return add_working_time(calendar, at, timedelta(seconds=target.target_seconds))
