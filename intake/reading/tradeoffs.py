"""What choosing one tier over the next faster one costs and gives, in a sentence (ux.md 5.7)."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.date_words import day_words
from catalog.models import ServiceTier

# With these a cell begins as any phrase does; other capitals may be names and stay.
OPENERS = re.compile(
    r"(an?|the|all|any|both|each|how|no|one|our|some|three|two|what|when|where|whether|which|who|"
    r"why|your)\b",
    re.IGNORECASE,
)
Due = Mapping[int, datetime | None]


def tradeoff(tier: ServiceTier, tiers: Sequence[ServiceTier]) -> str:
    """Say how much longer one waits for more, or what is given up for speed."""
    faster = [other for other in tiers if other.first_result_days < tier.first_result_days]
    if not faster:
        return _fastest(tier)
    before = max(faster, key=lambda other: other.first_result_days)
    days = tier.first_result_days - before.first_result_days
    waited = f"{days} working {'day' if days == 1 else 'days'}"
    gained = f"By choosing {_name(tier)} you wait {waited} longer than for {_name(before)}"
    return f"{gained} and get: {_inside(tier.you_will_know)}."


def _fastest(tier: ServiceTier) -> str:
    """Of one tier alone there is nothing to trade."""
    if not tier.you_will_not_get:
        return f"By choosing {_name(tier)} you have the first result soonest."
    lacking = _inside(tier.you_will_not_get)
    return f"By choosing {_name(tier)} you have it soonest and go without: {lacking}."


def options(
    tiers: Sequence[ServiceTier], due: Due, *, now: datetime
) -> list[tuple[str, SafeString]]:
    """The tiers as radio buttons, each with its date and its trade-off under it."""
    return [(str(tier.pk), _option(tier, tiers, due.get(tier.pk), now)) for tier in tiers]


def _option(
    tier: ServiceTier, tiers: Sequence[ServiceTier], due: datetime | None, now: datetime
) -> SafeString:
    words = str(tier) + (f", first result by {day_words(due, now=now)}" if due else "")
    return format_html('{}<span class="option-hint">{}</span>', words, tradeoff(tier, tiers))


def _name(tier: ServiceTier) -> str:
    return str(tier.get_level_display())


def _inside(text: str) -> str:
    """A cell of the table as the end of a sentence."""
    words = text.strip().rstrip(".")
    return words[:1].lower() + words[1:] if OPENERS.match(words) else words
