"""Promises in words: amounts of working time, thresholds, and how two versions differ.

Thresholds can be read back from their words, so that people edit what they read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, NamedTuple

from sla import thresholds
from sla.calendar_words import duration_words
from sla.metrics import METRICS
from sla.terms import Kind

UNITS = {"h": 3600, "min": 60, "s": 1}
ROLE_WORDS = re.compile(r"(?P<point>.*?)\s+to\s+(?P<roles>[a-z ]+)", re.IGNORECASE)
OFFSET = re.compile(r"(\d{1,6})\s*(h|min|s)\s+(before|after)(?:\s+due)?")
PERCENT = re.compile(r"(\d{1,4})\s*%?")
MOST_THRESHOLDS = 10
# Who is told, and how urgently, unless an older version says otherwise.
TOLD: dict[Kind, tuple[list[str], int]] = {
    Kind.WARN: (["analyst"], 1),
    Kind.BREACH: (["analyst"], 2),
    Kind.ESCALATE: (["lead"], 3),
}
Row = dict[str, Any]


class Told(NamedTuple):
    """One promise as the pages show it."""

    metric: str
    name: str
    promise: str
    starts: str
    within: str
    calendar: str
    calendar_slug: str
    warns: str
    escalates: str


def amount_words(seconds: int, day: timedelta | None) -> str:
    """Return "5 working days (40 h)", or hours alone where days differ or do not come out even."""
    hours = duration_words(seconds)
    length = int(day.total_seconds()) if day else 0
    if not length or seconds % length:
        return f"{hours} of working time"
    days = seconds // length
    return f"{days} working {'day' if days == 1 else 'days'} ({hours})"


def threshold_words(row: Mapping[str, Any]) -> str:
    """Return "75 %", "2 h before due", or "200 % to lead and sponsor" where others are told."""
    usual = TOLD[Kind(row["kind"])][0]
    told = list(row.get("recipients") or usual)
    point = _point_words(row)
    return point if told == usual else f"{point} to {' and '.join(told)}"


def _point_words(row: Mapping[str, Any]) -> str:
    if "percent" in row:
        return f"{row['percent']} %"
    offset = int(row.get("offset_seconds", 0))
    return f"{_offset_words(abs(offset))} {'before' if offset < 0 else 'after'} due"


def _offset_words(seconds: int) -> str:
    """The offset in its largest whole unit, as it can be typed."""
    unit = next(unit for unit, size in UNITS.items() if seconds % size == 0)
    return f"{seconds // UNITS[unit]} {unit}"


def ladder_words(rows: Iterable[Mapping[str, Any]], kind: Kind) -> str:
    """All thresholds of a kind, as they can be typed; nothing where there are none."""
    return ", ".join(threshold_words(row) for row in rows if row["kind"] == kind)


def read_ladder(text: str, kind: Kind, *, old: Iterable[Row] = ()) -> list[Row]:
    """Return "50 %, 2 h before" as thresholds; raise ValueError with a sentence otherwise.

    Who is told may follow: "200 % to lead and sponsor"; else it is the role of the kind.
    """
    parts = [part.strip() for part in re.split(r"[,;]", text) if part.strip()]
    if len(parts) > MOST_THRESHOLDS:
        raise ValueError(f"Enter at most {MOST_THRESHOLDS} of them")
    known = {row["key"]: row for row in old}
    rows = [_read(part, kind) for part in parts]
    keys = [row["key"] for row in rows]
    for row in rows:
        if keys.count(row["key"]) > 1:
            raise ValueError(f"{threshold_words(row)} is listed twice")
    return [
        _kept(known.get(row["key"]), row, says_whom=bool(ROLE_WORDS.fullmatch(part)))
        for row, part in zip(rows, parts, strict=True)
    ]


def _kept(known: Row | None, row: Row, *, says_whom: bool) -> Row:
    """The threshold as it was, unless somebody else is told of it now."""
    if known is None or (says_whom and known["recipients"] != row["recipients"]):
        return row
    return known


def _read(text: str, kind: Kind) -> Row:
    recipients, severity = TOLD[kind]
    if match := ROLE_WORDS.fullmatch(text):
        text, recipients = match["point"], _read_roles(match["roles"])
    if match := PERCENT.fullmatch(text):
        percent = int(match[1])
        if not 1 <= percent <= 1000:
            raise ValueError("Enter percentages between 1 and 1000")
        return thresholds.row(kind, percent=percent, recipients=recipients, severity=severity)
    if match := OFFSET.fullmatch(text):
        seconds = int(match[1]) * UNITS[match[2]] * (-1 if match[3] == "before" else 1)
        return thresholds.row(
            kind, offset_seconds=seconds, recipients=recipients, severity=severity
        )
    raise ValueError("Enter percentages such as 50 %, or times such as 2 h before")


def _read_roles(text: str) -> list[str]:
    """Return "lead and sponsor" as roles; raise ValueError for one that is no step."""
    roles = [role.strip().lower() for role in re.split(r"\s+and\s+", text.strip())]
    if unknown := [role for role in roles if role not in thresholds.ROLES]:
        raise ValueError(f"{unknown[0]} is nobody to tell. Choose analyst, lead or sponsor")
    return list(dict.fromkeys(roles))


def differences(old: Iterable[Told], new: Iterable[Told]) -> list[str]:
    """Say each difference between two versions as a sentence."""
    was, now = ({told.metric: told for told in side} for side in (old, new))
    found: list[str] = []
    for metric in METRICS:
        if metric in was and metric in now:
            found += _changes(was[metric], now[metric])
        elif metric in now:
            found.append(f"{now[metric].name}: promised within {now[metric].within}")
        elif metric in was:
            found.append(f"{was[metric].name}: no longer promised")
    return found


def _changes(old: Told, new: Told) -> list[str]:
    parts = (
        ("within", old.within, new.within),
        ("counted in", old.calendar, new.calendar),
        ("warns at", old.warns or "no time", new.warns or "no time"),
        ("escalates at", old.escalates or "no time", new.escalates or "no time"),
    )
    return [
        f"{new.name}: {words} {now} instead of {was}" for words, was, now in parts if was != now
    ]
