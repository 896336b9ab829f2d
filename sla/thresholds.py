"""Thresholds as the rows that a target stores, and the ones it has unless told otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sla.terms import Kind, Threshold

Row = dict[str, Any]
BREACH_PERCENT = 100


def row(
    kind: Kind,
    *,
    percent: int | None = None,
    offset_seconds: int = 0,
    recipients: Iterable[str] = (),
    severity: int = 1,
) -> Row:
    """One threshold as it is stored; `recipients` are roles, a higher severity is more urgent."""
    point = {"offset_seconds": offset_seconds} if percent is None else {"percent": percent}
    name = f"{offset_seconds:+d}s" if percent is None else str(percent)
    return {
        "key": f"{kind}-{name}",
        "kind": str(kind),
        **point,
        "recipients": list(recipients),
        "severity": severity,
    }


def defaults() -> list[Row]:
    """Warn at 50, 75 and 90 %, breach at 100, escalate at 150 (sla-spec 2)."""
    warnings = (row(Kind.WARN, percent=percent, recipients=["analyst"]) for percent in (50, 75, 90))
    return [
        *warnings,
        row(Kind.BREACH, percent=BREACH_PERCENT, recipients=["analyst"], severity=2),
        row(Kind.ESCALATE, percent=150, recipients=["lead"], severity=3),
    ]


# The steps of the ladder: whoever works the request, those who lead, whose area it is.
ROLES = ("analyst", "lead", "sponsor")
TOLD_BY_DEFAULT = {Kind.WARN: "analyst", Kind.BREACH: "analyst", Kind.ESCALATE: "lead"}


def recipients_of(rows: Iterable[Mapping[str, Any]], key: str, kind: str) -> list[str]:
    """The roles that hear of a threshold; those of its kind where the target names none."""
    named = next((row.get("recipients") for row in rows if row.get("key") == key), None)
    return list(named) if named else [TOLD_BY_DEFAULT[Kind(kind)]]


def read(rows: Iterable[Mapping[str, Any]]) -> tuple[Threshold, ...]:
    """Return stored rows as thresholds; KeyError or ValueError for a damaged one."""
    return tuple(
        Threshold(
            key=stored["key"],
            kind=Kind(stored["kind"]),
            percent=stored.get("percent"),
            offset_seconds=stored.get("offset_seconds", 0),
        )
        for stored in rows
    )
