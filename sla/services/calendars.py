"""Calendars and their versions: an edit is either a correction or a new calendar (sla-spec 5.2)."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from zoneinfo import TZPATH

import holidays
from django.db import transaction
from django.utils.text import slugify

from accounts.models import User
from audit.services import record
from sla.business_time import WorkingCalendar, working_spans
from sla.calendar_document import Document, compile_calendar
from sla.models import BusinessCalendar, CalendarVersion
from sla.services import corrections, hours, policies

Kind = Literal["correction", "new"]
TABLE_SPAN = timedelta(days=2 * 366)


NAME_LENGTH = 80
SINCE = re.compile(r" from \d{4}-\d{2}-\d{2}$")


class HoursError(ValueError):
    """Hours that can't be saved, with a sentence for the person who wrote them."""


class CalendarChangedError(Exception):
    """Somebody else saved the calendar, or replaced it, since the person saw it."""


@transaction.atomic
def create(
    name: str,
    hours_document: Document,
    *,
    at: datetime,
    actor: User | None = None,
    slug: str = "",
    reason: str = "",
) -> BusinessCalendar:
    """Make a calendar with its first version. Raise HoursError for hours that can't be saved."""
    check(hours_document)
    calendar = BusinessCalendar.objects.create(slug=slug or _free_slug(name), name=name)
    _add_version(calendar, hours_document, at=at, actor=actor, reason=reason)
    record("sla.calendar_created", calendar, actor=actor, at=at, reason=reason)
    return calendar


@transaction.atomic
def save_version(
    calendar: BusinessCalendar,
    hours_document: Document,
    *,
    actor: User | None,
    at: datetime,
    reason: str,
    kind: Kind = "correction",
    seen: int | None = None,
) -> CalendarVersion:
    """Correct the calendar for open clocks too, or make a new one for new promises only.

    Raise CalendarChangedError if its newest version is not the one that was `seen`.

    A correction reaches open clocks when `corrections.apply_corrections` runs next. A new
    calendar takes the old one's place in new versions of the policies that use it.
    """
    check(hours_document)
    locked = BusinessCalendar.objects.select_for_update().get(pk=calendar.pk)
    if seen is not None and (locked.version != seen or locked.is_archived):
        raise CalendarChangedError
    if kind == "new":
        return _replace(locked, hours_document, actor=actor, at=at, reason=reason)
    version = _add_version(locked, hours_document, at=at, actor=actor, reason=reason)
    record(
        "sla.calendar_corrected",
        locked,
        actor=actor,
        at=at,
        reason=reason,
        was=version.number - 1,
        to=version.number,
    )
    calendar.version, calendar.digest = locked.version, locked.digest
    transaction.on_commit(corrections.ring)
    return version


def _replace(
    calendar: BusinessCalendar,
    document: Document,
    *,
    actor: User | None,
    at: datetime,
    reason: str,
) -> CalendarVersion:
    fresh = create(_name_since(calendar.name, at), document, at=at, actor=actor, reason=reason)
    policies.move_to_calendar(calendar, fresh, at=at, actor=actor)
    BusinessCalendar.objects.filter(pk=calendar.pk).update(is_archived=True)
    record("sla.calendar_replaced", calendar, actor=actor, at=at, reason=reason, by=fresh.slug)
    return CalendarVersion.objects.get(calendar=fresh, number=fresh.version)


def _name_since(name: str, at: datetime) -> str:
    """The name with the date it counts from; a name that had one gets the new date instead."""
    since = f" from {at:%Y-%m-%d}"
    return SINCE.sub("", name)[: NAME_LENGTH - len(since)] + since


def _add_version(
    calendar: BusinessCalendar,
    document: Document,
    *,
    at: datetime,
    actor: User | None,
    reason: str,
) -> CalendarVersion:
    calendar.version += 1
    calendar.digest = hours.remember(document)
    calendar.save(update_fields=["version", "digest"])
    return CalendarVersion.objects.create(
        calendar=calendar,
        number=calendar.version,
        hours=document,
        digest=calendar.digest,
        tzdata_version=tzdata_version(),
        table_digest=table_digest(compile_calendar(document), at),
        saved_at=at,
        saved_by=actor,
        reason=reason,
    )


def check(document: Document) -> None:
    """Raise HoursError for an unknown zone, a bad time, an empty or overlapping window, or a date
    that is listed twice. A calendar without hours may be saved, but not chosen for a target."""
    try:
        calendar = compile_calendar(document)
    except (ValueError, KeyError, TypeError) as error:
        raise HoursError(str(error)) from error
    dates = [row["date"] for row in document.get("exceptions") or ()]
    for day in dates:
        if dates.count(day) > 1:
            raise HoursError(f"{day} is listed twice.")
    for windows in (*calendar.weekly, *(rule.windows for rule in calendar.exceptions.values())):
        _check_day(sorted(windows))


def _check_day(windows: list[tuple[int, int]]) -> None:
    ends = 0
    for start, end in windows:
        if start == end:
            raise HoursError(
                "Hours begin and end at the same time. Round the clock is 00:00-24:00."
            )
        if start < ends:
            raise HoursError("Two hours of one day overlap.")
        # An overnight window takes the rest of its day.
        ends = end if end > start else 86_400


def _free_slug(name: str) -> str:
    base = slugify(name)[:50] or "calendar"
    taken = set(
        BusinessCalendar.objects.filter(slug__startswith=base).values_list("slug", flat=True)
    )
    numbered = (f"{base}-{number}" for number in range(2, len(taken) + 3))
    return next(slug for slug in (base, *numbered) if slug not in taken)


# Holidays


def holiday_rows(country: str, years: list[int], *, subdivision: str = "") -> list[dict[str, Any]]:
    """Closed dates from the `holidays` library, for a person to confirm and copy (sla-spec 1.1).

    Raise HoursError for a country or subdivision that it does not know.
    """
    try:
        found = holidays.country_holidays(
            country, subdiv=subdivision or None, years=years, language="en_US"
        )
    except NotImplementedError as error:
        raise HoursError(f"No holidays are known for {country} {subdivision}".strip()) from error
    source = "-".join(["holidays", country, *filter(None, [subdivision])])
    return [
        {"date": day.isoformat(), "name": name, "source": source, "windows": []}
        for day, name in sorted(found.items())
    ]


def with_holidays(document: Document, rows: list[dict[str, Any]]) -> Document:
    """The document with these dates added; an exception that a person made wins."""
    own = {row["date"]: row for row in document.get("exceptions") or ()}
    manual = {day: row for day, row in own.items() if row.get("source") == "manual"}
    merged = own | {row["date"]: row for row in rows} | manual
    return document | {"exceptions": [merged[day] for day in sorted(merged)]}


# A new time zone database


def tzdata_version() -> str:
    """The time zone database that this process reads; empty when it does not say."""
    for folder in TZPATH:
        file = Path(folder) / "tzdata.zi"
        if file.is_file():
            with file.open() as lines:
                return lines.readline().removeprefix("# version").strip()[:20]
    return ""


def table_digest(calendar: WorkingCalendar, at: datetime) -> str:
    """A name for the instants at which the calendar opens and closes around `at`."""
    spans = working_spans(calendar, at - TABLE_SPAN, at + TABLE_SPAN)
    text = ";".join(f"{opening.isoformat()}/{closing.isoformat()}" for opening, closing in spans)
    return hashlib.sha256(text.encode()).hexdigest()


def correct_for_time_zones(*, at: datetime) -> list[CalendarVersion]:
    """Save a correction of every calendar whose instants a new time zone database has moved."""
    current = tzdata_version()
    newest = [
        CalendarVersion.objects.get(calendar=calendar, number=calendar.version)
        for calendar in BusinessCalendar.objects.filter(is_archived=False)
    ]
    return [
        save_version(
            version.calendar,
            version.hours,
            actor=None,
            at=at,
            reason=f"Time zone database {current}",
        )
        for version in newest
        if version.tzdata_version != current and _has_moved(version)
    ]


def _has_moved(version: CalendarVersion) -> bool:
    table = table_digest(compile_calendar(version.hours), version.saved_at)
    return table != version.table_digest
