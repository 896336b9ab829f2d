"""Which dates are holidays: those that the organisation's calendar is closed on by name.

The organisation's calendar is the one that most promises in force are counted in. A weekend is
no holiday; a day with shorter hours is neither.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from django.db.models import Count, F, Subquery

from accounts.models import User
from sla.models import BusinessCalendar, CalendarVersion, SlaTarget


def organisation_calendar(at: datetime) -> BusinessCalendar | None:
    """Return the calendar of most promises in force then; None where nothing is promised yet."""
    used = SlaTarget.objects.in_force(at).values("calendar")
    most = used.annotate(promises=Count("pk")).order_by("-promises", "calendar").first()
    return BusinessCalendar.objects.get(pk=most["calendar"]) if most else None


def is_day_off(_: User, day: date) -> bool:
    """Whether this date is a holiday, for everybody alike."""
    return day in holidays(datetime.combine(day, time(), UTC))


def holidays(at: datetime) -> frozenset[date]:
    """The holidays of the organisation's calendar of that moment, in one query."""
    used = SlaTarget.objects.in_force(at).values("calendar")
    most = used.annotate(promises=Count("pk")).order_by("-promises", "calendar")
    versions = CalendarVersion.objects.filter(calendar=Subquery(most.values("calendar")[:1]))
    newest = versions.filter(number=F("calendar__version")).first()
    special = newest.hours.get("exceptions") or () if newest else ()
    return frozenset(date.fromisoformat(row["date"]) for row in special if not row.get("windows"))
