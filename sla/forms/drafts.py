"""The hours of a calendar as they are being typed: nothing is checked yet, nothing is lost."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, NamedTuple, TypeVar

from accounts.forms import clean_text
from sla.calendar_document import WEEKDAYS

WINDOW_KEY = re.compile(r"(mon|tue|wed|thu|fri|sat|sun)-(\d{1,3})-(?:start|end)")
SPECIAL_KEY = re.compile(r"special-(\d{1,3})-(?:date|name|hours)")
MOST_WINDOWS = 12  # of one weekday
MOST_SPECIAL = 240
MANUAL, FILE = "manual", "file"
SOURCE = re.compile(r"manual|file|holidays-[A-Z]{2}(?:-[\w -]{1,40})?")
SEPARATOR = "|"
Row = TypeVar("Row")


class Window(NamedTuple):
    """One interval of a weekday, as typed."""

    start: str = ""
    end: str = ""


class Special(NamedTuple):
    """One date with hours of its own, as typed; no hours: closed."""

    date: str = ""
    name: str = ""
    hours: str = ""
    source: str = MANUAL

    @property
    def proposal(self) -> str:
        """This closed day as the value of a check box."""
        return SEPARATOR.join((self.date, self.source, self.name))


@dataclass(frozen=True)
class Draft:
    """Everything on the form; `seen` is the version that it was filled from."""

    name: str = ""
    timezone: str = ""
    seen: str = ""
    windows: Mapping[str, tuple[Window, ...]] = field(default_factory=dict)
    special: tuple[Special, ...] = ()

    def of(self, weekday: str) -> tuple[Window, ...]:
        return self.windows.get(weekday, ())

    def fields(self) -> dict[str, str]:
        """The draft as the form posts it, to be checked or to be carried through another page."""
        found = {"name": self.name, "timezone": self.timezone, "seen": self.seen}
        for weekday in WEEKDAYS:
            for number, window in enumerate(self.of(weekday)):
                found |= named(f"{weekday}-{number}", window._asdict())
        for number, row in enumerate(self.special):
            found |= named(f"special-{number}", row._asdict())
        return found

    # What the buttons do

    def with_window(self, weekday: str) -> Draft:
        """One more interval on a weekday, as far as there is room."""
        if weekday not in WEEKDAYS or len(self.of(weekday)) >= MOST_WINDOWS:
            return self
        return self._with(weekday, (*self.of(weekday), Window()))

    def without_window(self, weekday: str, number: int) -> Draft:
        return self._with(weekday, _without(self.of(weekday), number))

    def with_special(self) -> Draft:
        if len(self.special) >= MOST_SPECIAL:
            return self
        return replace(self, special=(*self.special, Special()))

    def without_special(self, number: int) -> Draft:
        return replace(self, special=_without(self.special, number))

    def with_proposals(self, chosen: Iterable[str]) -> Draft:
        """Closed days that were confirmed; a day added by hand stays (sla-spec 1.1)."""
        rows = {row.date: row for row in map(_proposed, chosen) if row}
        kept = [row for row in self.special if row.date not in rows or row.source == MANUAL]
        held = {row.date for row in kept}
        added = [row for day, row in rows.items() if day not in held]
        room = max(MOST_SPECIAL - len(kept), 0)
        return replace(self, special=tuple(sorted([*kept, *added[:room]], key=_in_order)))

    def _with(self, weekday: str, windows: tuple[Window, ...]) -> Draft:
        return replace(self, windows={**self.windows, weekday: windows})


def from_document(document: Mapping[str, Any], *, name: str = "", seen: int | str = "") -> Draft:
    """The draft that a saved version fills the form with."""
    weekly = document.get("weekly") or {}
    special = [
        Special(
            row["date"],
            row.get("name", ""),
            ", ".join(f"{start}–{end}" for start, end in row.get("windows") or ()),
            row.get("source", MANUAL),
        )
        for row in document.get("exceptions") or ()
    ]
    return Draft(
        name=name,
        timezone=document["timezone"],
        seen=str(seen),
        windows={
            day: tuple(Window(*pair) for pair in sorted(weekly.get(day) or ())) for day in WEEKDAYS
        },
        special=tuple(sorted(special, key=_in_order)),
    )


def from_post(data: Mapping[str, Any]) -> Draft:
    """The draft out of a posted form; rows beyond what a calendar may have are left out."""
    numbers = _numbers(data)
    return Draft(
        name=_text(data, "name"),
        timezone=_text(data, "timezone"),
        seen=_text(data, "seen"),
        windows={
            day: tuple(
                Window(_text(data, f"{day}-{number}-start"), _text(data, f"{day}-{number}-end"))
                for number in numbers[day][:MOST_WINDOWS]
            )
            for day in WEEKDAYS
        },
        special=tuple(_special(data, number) for number in numbers["special"][:MOST_SPECIAL]),
    )


def _special(data: Mapping[str, Any], number: int) -> Special:
    day, name, hours, source = (_text(data, f"special-{number}-{part}") for part in Special._fields)
    # A holiday that was given hours of its own is a person's day from then on.
    is_known = SOURCE.fullmatch(source) and not hours.strip()
    return Special(day, name, hours, source if is_known else MANUAL)


def _numbers(data: Mapping[str, Any]) -> dict[str, list[int]]:
    """The numbers of the rows that were posted, by weekday and for special days."""
    found: dict[str, set[int]] = {day: set() for day in (*WEEKDAYS, "special")}
    for key in data:
        if match := WINDOW_KEY.fullmatch(key):
            found[match[1]].add(int(match[2]))
        elif match := SPECIAL_KEY.fullmatch(key):
            found["special"].add(int(match[1]))
    return {name: sorted(numbers) for name, numbers in found.items()}


def _proposed(value: str) -> Special | None:
    day, _, rest = value.partition(SEPARATOR)
    source, _, name = rest.partition(SEPARATOR)
    try:
        date.fromisoformat(day)
    except ValueError:
        return None
    return Special(day, clean_text(name), "", source if SOURCE.fullmatch(source) else MANUAL)


def _text(data: Mapping[str, Any], name: str) -> str:
    return str(clean_text(data.get(name, "")))


def named(prefix: str, row: Mapping[str, str]) -> dict[str, str]:
    """The parts of one row under the names of their controls."""
    return {f"{prefix}-{name}": value for name, value in row.items()}


def _without(rows: tuple[Row, ...], number: int) -> tuple[Row, ...]:
    return tuple(row for index, row in enumerate(rows) if index != number)


def _in_order(row: Special) -> str:
    return row.date or "9999"
