"""Opening hours as a document: the JSON form that a calendar version stores, checked when read.

    {"timezone": "Europe/Berlin",
     "weekly": {"mon": [["09:00", "17:00"]], ...},
     "exceptions": [{"date": "2026-12-24", "name": "Christmas Eve", "source": "manual",
                     "windows": [["09:00", "12:30"]]}]}

Windows end up to "24:00"; an end before the start is overnight. No windows: closed.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sla.business_time import (
    DAY_SECONDS,
    DayException,
    Window,
    Windows,
    WorkingCalendar,
    load_zone,
)

Document = dict[str, Any]
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")


def compile_calendar(document: Mapping[str, Any]) -> WorkingCalendar:
    """Return the working calendar; raise ValueError for a zone, time or date that is none."""
    weekly = document.get("weekly") or {}
    unknown = set(weekly) - set(WEEKDAYS)
    if unknown:
        raise ValueError(f"{sorted(unknown)[0]!r} is not a weekday")
    exceptions = document.get("exceptions") or ()
    return WorkingCalendar(
        zone=load_zone(document["timezone"]),
        weekly=tuple(_windows(weekly.get(day) or ()) for day in WEEKDAYS),
        exceptions={
            date.fromisoformat(row["date"]): DayException(
                row.get("name", ""), _windows(row.get("windows") or ())
            )
            for row in exceptions
        },
    )


def from_case_form(case: Mapping[str, Any]) -> Document:
    """Return the document for the form of case files (sla-spec 13): special wins over closed."""
    special = case.get("special") or {}
    closed = [day for day in case.get("closed") or () if day not in special]
    return {
        "timezone": case["timezone"],
        "weekly": dict(case.get("weekly") or {}),
        "exceptions": [
            *({"date": day, "name": "", "source": "case", "windows": []} for day in closed),
            *(
                {"date": day, "name": "", "source": "case", "windows": windows}
                for day, windows in special.items()
            ),
        ],
    }


def digest(document: Mapping[str, Any]) -> str:
    """A name for these very hours: equal documents have equal digests."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def seconds_of_day(text: str) -> int:
    """Return "HH:MM" or "HH:MM:SS", at most "24:00", as seconds; raise ValueError otherwise."""
    match = TIME.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a time of day")
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    total = hours * 3600 + minutes * 60 + seconds
    if minutes > 59 or seconds > 59 or total > DAY_SECONDS:
        raise ValueError(f"{text!r} is not a time of day")
    return total


def _windows(rows: Iterable[Iterable[str]]) -> Windows:
    return tuple(_window(row) for row in rows)


def _window(row: Iterable[str]) -> Window:
    start, end = row
    return seconds_of_day(start), seconds_of_day(end)
