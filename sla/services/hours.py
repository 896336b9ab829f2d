"""Compiled calendars, kept in this process under the digest of their hours.

The key is the content, so what is kept here can never be out of date.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q

from sla.business_time import WorkingCalendar
from sla.calendar_document import compile_calendar, digest
from sla.models import BusinessCalendar, CalendarVersion
from sla.terms import Timetable

KEPT = 128
_compiled: dict[str, WorkingCalendar] = {}


def remember(document: Mapping[str, Any]) -> str:
    """Compile hours, keep them and return their digest; ValueError for hours that are none."""
    key = digest(document)
    _keep(key, document)
    return key


def _keep(key: str, document: Mapping[str, Any]) -> WorkingCalendar:
    found = _compiled.get(key)
    if found is None:
        found = compile_calendar(document)
        while len(_compiled) >= KEPT:
            _compiled.pop(next(iter(_compiled)))
        _compiled[key] = found
    return found


def timetable(calendar: BusinessCalendar) -> Timetable:
    """The calendar with the hours of its newest version; no query when they were seen before."""
    hours = _compiled.get(calendar.digest)
    if hours is None:
        version = CalendarVersion.objects.get(calendar=calendar, number=calendar.version)
        return timetable_of(version)
    return Timetable(calendar.pk, hours)


def timetable_of(version: CalendarVersion) -> Timetable:
    """The calendar with the hours of this version."""
    return Timetable(version.calendar_id, _keep(version.digest, version.hours))


def load(calendars: Iterable[BusinessCalendar]) -> None:
    """Compile in one query what this process has not seen yet; none when it has seen all."""
    unseen = {calendar.digest for calendar in calendars} - _compiled.keys()
    if unseen:
        for version in CalendarVersion.objects.filter(digest__in=unseen):
            _keep(version.digest, version.hours)


def of_versions(wanted: Iterable[tuple[int, int]]) -> dict[tuple[int, int], Timetable]:
    """Timetables of older versions by (calendar, number), in one query if there are any."""
    chosen = [Q(calendar=calendar, number=number) for calendar, number in wanted]
    rows = CalendarVersion.objects.filter(reduce(or_, chosen)) if chosen else ()
    return {(row.calendar_id, row.number): timetable_of(row) for row in rows}
