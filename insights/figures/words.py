"""Numbers as a review writes them, and what a number says beside baseline and target."""

from insights.figures.monthly import Counted

FEW = 5
PERCENT_FROM = 10


def days(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.1f}".rstrip("0").rstrip(".") + " d"


def percent(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value * 100:.1f}".rstrip("0").rstrip(".") + " %"


def of(counted: Counted) -> str:
    return f"{counted.part} of {counted.whole}" if counted.whole else "–"


def standing(value: float | None, baseline: float | None, target: float | None, n: int) -> str:
    """Where a number that should fall stands between its baseline and its target."""
    if value is None:
        return "nothing to count"
    if n < FEW:
        return "too few to judge"
    if baseline is None or target is None:
        return "baseline being measured"
    if value <= target:
        return "reached"
    return "on the way" if value < baseline else "not yet"
