"""The tiers of a service side by side, as the table that every page of tiers shows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.date_words import day_words
from catalog.models import ServiceTier
from catalog.track_record import Achieved

NOTHING = "–"


@dataclass(frozen=True)
class Cell:
    """`differs` says that it is not what the tier before it says."""

    words: str
    differs: bool


@dataclass(frozen=True)
class Row:
    label: str
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Column:
    """The head of one tier; `slug` names its colour."""

    slug: str
    words: str
    is_suggested: bool = False


@dataclass(frozen=True)
class Bars:
    """How one tier stands: the days to its first result, and how much one gets, of the most."""

    words: str
    days: int
    most_days: int
    depth: int
    most_depth: int


def bars(tiers: Sequence[ServiceTier]) -> list[Bars]:
    """Speed against depth at a glance. Depth counts the rows of the table that the tier fills."""
    longest = max((tier.first_result_days for tier in tiers), default=0)
    depths = {tier.pk: _depth(tier) for tier in tiers}
    deepest = max(depths.values(), default=0)
    return [
        Bars(str(tier), tier.first_result_days, longest, depths[tier.pk], deepest) for tier in tiers
    ]


def _depth(tier: ServiceTier) -> int:
    """What it says, how exact it is, and that nothing is left out."""
    given = (tier.you_will_know, tier.promise, tier.exactness, not tier.you_will_not_get)
    return sum(map(bool, given))


def caption(tiers: Sequence[ServiceTier]) -> str:
    """What the table is for; with one tier there is nothing to choose."""
    return "Choose how fast and how deep" if len(tiers) > 1 else "One tier, the same for all"


def columns(tiers: Sequence[ServiceTier], *, suggested: int | None = None) -> list[Column]:
    """One head per tier; `suggested` is the id of the tier that the PMO advises."""
    return [Column(tier.level, str(tier), tier.pk == suggested) for tier in tiers]


def rows(
    tiers: Sequence[ServiceTier],
    *,
    due: Mapping[int, datetime | None],
    now: datetime,
    mark_differences: bool = False,
    achieved: Mapping[str, Achieved] | None = None,
    load: str = "",
) -> list[Row]:
    """What the tiers promise, row by row; rows that no tier fills are left out.

    `due` tells by tier when its first result would be there if it was chosen now, `achieved` by
    level what results really took, `load` what our load says of the whole service ("fits").
    """
    took = achieved or {}
    said: list[tuple[str, Callable[[ServiceTier], str]]] = [
        ("First result", _days),
        ("If chosen today", lambda tier: _day(due.get(tier.pk), now)),
        ("Really took", lambda tier: achieved_words(took.get(tier.level))),
        ("What you will know", lambda tier: tier.you_will_know),
        ("What you will not get", lambda tier: tier.you_will_not_get),
        ("Promise", lambda tier: tier.promise),
        ("How exact", lambda tier: tier.exactness),
        ("Your time", lambda tier: tier.your_time),
        ("Our load", lambda _: load),
    ]
    table = [(label, [of(tier) for tier in tiers]) for label, of in said]
    return [_row(label, texts, mark_differences) for label, texts in table if any(texts)]


def achieved_words(achieved: Achieved | None) -> str:
    """What results of the last 90 days took: the median and the 85th percentile, in words."""
    if achieved is None:
        return ""
    results = f"{achieved.count} result{'' if achieved.count == 1 else 's'} in 90 days"
    if achieved.median == achieved.most:
        return f"{achieved.median} ({results})"
    return f"half within {achieved.median}, 85 % within {achieved.most} ({results})"


def _row(label: str, texts: Sequence[str], mark: bool) -> Row:
    before = [texts[0], *texts]
    cells = [
        Cell(text or NOTHING, mark and text != was)
        for text, was in zip(texts, before, strict=False)
    ]
    return Row(label, cells)


def _days(tier: ServiceTier) -> str:
    days = tier.first_result_days
    return f"in {days} working {'day' if days == 1 else 'days'}"


def _day(moment: datetime | None, now: datetime) -> str:
    return f"by {day_words(moment, now=now)}" if moment else ""
