"""Who may define, measure and judge outcome promises."""

from accounts.models import User
from catalog.models import Measurement


def can_see(user: User) -> bool:
    return user.is_pmo or user.is_sponsor or user.is_administrator


def can_define(user: User) -> bool:
    return user.is_lead or user.is_administrator


def can_measure(user: User) -> bool:
    return user.is_pmo


def can_approve(user: User, reading: Measurement) -> bool:
    """Somebody else: neither the owner of the promise nor who asked for the exclusion."""
    is_other = user.pk not in (reading.metric.owner_id, reading.excluded_by_id)
    return is_other and (user.is_lead or user.is_sponsor) and reading.is_proposed_for_exclusion
