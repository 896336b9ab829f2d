"""Opening hours in words: one day's hours, and how one version of a calendar differs from another.

Pure, like the document that it reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sla import countries
from sla.calendar_document import WEEKDAYS

DAY_NAMES = dict(
    zip(
        WEEKDAYS,
        ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        strict=True,
    )
)
CLOSED = "Closed"


def date_words(day: date) -> str:
    """Return "Thu 24 Dec 2026": a calendar spans years, so each date says its own."""
    return f"{day:%a} {day.day} {day:%b %Y}"


def hours_words(windows: Iterable[Sequence[str]]) -> str:
    """Return "09:00–12:00 and 13:00–17:00", or "Closed"."""
    spans = [_window_words(start, end) for start, end in sorted(map(tuple, windows))]
    return " and ".join(filter(None, [", ".join(spans[:-1]), *spans[-1:]])) or CLOSED


def _window_words(start: str, end: str) -> str:
    return f"{start}–{end}" + (" the next day" if end < start else "")


def week_words(document: Mapping[str, Any]) -> str:
    """Return "Mon–Thu 09:00–17:00; Fri 09:00–15:00", neighbours of equal hours together."""
    weekly = document.get("weekly") or {}
    open_days = [(day, hours_words(weekly[day])) for day in WEEKDAYS if weekly.get(day)]
    runs: list[tuple[list[str], str]] = []
    for day, hours in open_days:
        if runs and runs[-1][1] == hours and _is_next(runs[-1][0][-1], day):
            runs[-1][0].append(day)
        else:
            runs.append(([day], hours))
    return "; ".join(f"{_run_words(days)} {hours}" for days, hours in runs) or "No weekly hours"


def _is_next(day: str, other: str) -> bool:
    return WEEKDAYS.index(other) == WEEKDAYS.index(day) + 1


def _run_words(days: Sequence[str]) -> str:
    first, last = days[0].title(), days[-1].title()
    return first if first == last else f"{first}–{last}"


def duration_words(seconds: int) -> str:
    """Return "8 h", "7 h 30 min", "45 min" or "1 h 5 s"; "0 min" for nothing."""
    hours, rest = divmod(seconds, 3600)
    parts = ((hours, "h"), (rest // 60, "min"), (rest % 60, "s"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "0 min"


def source_words(source: str) -> str:
    """Say where a special day came from; its source is "manual", "file" or "holidays-DE-BY"."""
    if source.startswith("holidays-"):
        country, _, region = source.removeprefix("holidays-").partition("-")
        where = [countries.names().get(country, country), region]
        return "Holidays of " + ", ".join(filter(None, where))
    return {"file": "Calendar file", "manual": "Added by hand"}.get(source, source)


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Say each difference between two documents as a sentence; nothing when the hours are alike."""
    return [*_zone(old, new), *_weekdays(old, new), *_special_days(old, new)]


def _zone(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    if old["timezone"] != new["timezone"]:
        yield f"Time zone: {new['timezone']} instead of {old['timezone']}"


def _weekdays(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    for key, name in DAY_NAMES.items():
        was, now = (hours_words((doc.get("weekly") or {}).get(key) or ()) for doc in (old, new))
        if was != now:
            yield f"{name}: {now} instead of {was}"


def _special_days(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    was, now = _by_date(old), _by_date(new)
    for day in sorted(was.keys() | now.keys()):
        words = date_words(date.fromisoformat(day))
        if day not in was:
            yield f"Added: {words}, {now[day]}"
        elif day not in now:
            yield f"Taken away: {words}, {was[day]}"
        elif was[day] != now[day]:
            yield f"{words}: {now[day]} instead of {was[day]}"


def _by_date(document: Mapping[str, Any]) -> dict[str, str]:
    return {
        row["date"]: f"{row.get('name') or 'Special day'} ({hours_words(row.get('windows') or ())})"
        for row in document.get("exceptions") or ()
    }
