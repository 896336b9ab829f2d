"""What choosing one tier over the one before costs and gives, in a sentence (ux.md 5.7)."""

from collections.abc import Sequence

from catalog.models import ServiceTier


def tradeoff(tier: ServiceTier, tiers: Sequence[ServiceTier]) -> str:
    """Say how much longer one waits for more, or what is given up for speed."""
    faster = [other for other in tiers if other.first_result_days < tier.first_result_days]
    if not faster:
        return (
            f"The fastest. You will not get: {tier.you_will_not_get}"
            if tier.you_will_not_get
            else "The fastest."
        )
    before = max(faster, key=lambda other: other.first_result_days)
    days = tier.first_result_days - before.first_result_days
    unit = "day" if days == 1 else "days"
    return (
        f"You wait {days} working {unit} longer than {before.get_level_display()} "
        f"and get: {tier.you_will_know}"
    )
