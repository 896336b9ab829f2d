"""Calendars, targets and subjects for clocks, made through the services that the pages use."""

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import count
from typing import Any

from sla.calendar_document import WEEKDAYS, Document
from sla.models import BusinessCalendar, SlaTarget, Subject
from sla.services import calendars, policies
from sla.services.policies import Promise
from sla.thresholds import defaults

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
_numbers = count(1)


def working_week(
    timezone: str = "UTC",
    *,
    windows: list[list[str]] | None = None,
    days: tuple[str, ...] = WEEKDAYS[:5],
    exceptions: Mapping[str, list[list[str]]] | None = None,
) -> Document:
    """Monday to Friday nine to five, with dates that have other hours or none."""
    return {
        "timezone": timezone,
        "weekly": {day: windows or [["09:00", "17:00"]] for day in days},
        "exceptions": [
            {"date": day, "name": f"Day {day}", "source": "manual", "windows": hours}
            for day, hours in (exceptions or {}).items()
        ],
    }


def make_calendar(document: Document | None = None, *, name: str = "") -> BusinessCalendar:
    return calendars.create(
        name or f"Calendar {next(_numbers)}", document or working_week(), at=LONG_AGO
    )


def make_target(
    calendar: BusinessCalendar | None = None,
    *,
    hours: float = 8,
    metric: str = "proposal",
    thresholds: list[dict[str, Any]] | None = None,
) -> SlaTarget:
    """The only target of a policy of its own."""
    promise = Promise(
        metric,
        round(hours * 3600),
        calendar or make_calendar(),
        defaults() if thresholds is None else thresholds,
    )
    number = next(_numbers)
    policy = policies.new_policy(f"policy-{number}", f"Policy {number}", [promise], at=LONG_AGO)
    return SlaTarget.objects.select_related("calendar").get(version__policy=policy)


def make_subject(kind: str = "request") -> Subject:
    return Subject.objects.create(kind=kind, label=f"Thing {next(_numbers)}")
