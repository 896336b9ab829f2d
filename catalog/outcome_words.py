"""Outcome promises in words."""

from __future__ import annotations

from decimal import Decimal

from catalog.judging import MonthVerdict, Status
from catalog.models import MetricVersion

Kind = MetricVersion.Kind
ENOUGH_FOR_PERCENT = 10


def number_words(value: Decimal | None) -> str:
    return f"{(value or Decimal(0)).normalize():f}"


def promise_words(version: MetricVersion) -> str:
    """One sentence with a number: "95 % within less than 48 h, in real time"."""
    limit, share = number_words(version.limit), number_words(version.compliance_target)
    operator = str(version.get_operator_display())
    if version.kind == Kind.DURATION:
        counted = f"working hours of {version.calendar}" if version.calendar else "real time"
        return f"{share} % in {operator} {limit} h, counted in {counted}"
    if version.kind == Kind.TOLERANCE:
        return f"{share} % within ± {limit} % of the forecast"
    if version.kind == Kind.SHARE:
        return f"{share} % of {version.population}"
    return f"{operator} {limit} a month".capitalize()


def kept_words(verdict: MonthVerdict) -> str:
    """ "9 of 10 (90.0 %)", "3 of 4, too few to judge" or "no data"."""
    if verdict.version is None or (verdict.status == Status.NO_DATA and not verdict.beside):
        return str(Status.NO_DATA)
    if verdict.version.kind == Kind.COUNT:
        return verdict.beside
    counts = verdict.counts
    words = f"{counts.met} of {verdict.judged}"
    if verdict.status == Status.TOO_FEW:
        return f"{words}, {Status.TOO_FEW}"
    if verdict.judged < ENOUGH_FOR_PERCENT:
        return words
    # Rounded down: 94.96 % never reads 95.0 %.
    tenths = counts.tenths_of_percent or 0
    return f"{words} ({tenths // 10}.{tenths % 10} %)"
