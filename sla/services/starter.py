"""The calendar and the promises that a new PMO starts with (ux.md 3.4)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from sla.calendar_document import WEEKDAYS, Document
from sla.models import BusinessCalendar, SlaPolicy
from sla.services import calendars
from sla.services.policies import Promise, new_policy

CALENDAR = "pmo-hours"
HOUR = 3600
DAY = 8 * HOUR
POLICIES: dict[str, tuple[str, dict[str, int]]] = {
    "quick-lane": ("Quick lane", {"first_reply": DAY, "proposal": 2 * DAY}),
    "full-lane": (
        "Full lane",
        {
            "first_reply": DAY,
            "proposal": 5 * DAY,
            "next_contact": 5 * DAY,
            "blueprint": 10 * DAY,
            "verdict": 3 * DAY,
        },
    ),
    "urgent": (
        "Urgent",
        {"first_reply": 2 * HOUR, "proposal": DAY, "next_contact": DAY},
    ),
}
DELIVERY_DAYS = (1, 2, 3, 5, 8, 10, 15, 20)


@transaction.atomic
def make_starter_policies(at: datetime) -> list[SlaPolicy]:
    """Make the starting calendar and policies; what exists already is left as it is."""
    calendar = BusinessCalendar.objects.filter(slug=CALENDAR).first() or _make_calendar(at)
    existing = set(SlaPolicy.objects.values_list("slug", flat=True))
    return [
        new_policy(slug, name, _promises(targets, calendar), at=at)
        for slug, (name, targets) in all_policies().items()
        if slug not in existing
    ]


def all_policies() -> dict[str, tuple[str, dict[str, int]]]:
    """Names and targets in seconds by slug."""
    deliveries = {
        f"deliver-in-{days}-days": (
            f"Deliver in {days} working {'day' if days == 1 else 'days'}",
            {"delivery": days * DAY},
        )
        for days in DELIVERY_DAYS
    }
    return POLICIES | deliveries


def starter_hours(year: int) -> Document:
    """Monday to Friday, nine to five in Berlin, closed on Germany's national holidays."""
    document: Document = {
        "timezone": "Europe/Berlin",
        "weekly": {day: [["09:00", "17:00"]] for day in WEEKDAYS[:5]},
        "exceptions": [],
    }
    closed = calendars.holiday_rows("DE", [year, year + 1, year + 2])
    return calendars.with_holidays(document, closed)


def _make_calendar(at: datetime) -> BusinessCalendar:
    return calendars.create(
        "PMO working hours", starter_hours(at.year), at=at, slug=CALENDAR, reason="Starting hours"
    )


def _promises(targets: dict[str, int], calendar: BusinessCalendar) -> list[Promise]:
    return [Promise(metric, seconds, calendar) for metric, seconds in targets.items()]
