"""The next hour in which the PMO can be talked to, for the front door and the help page."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from intake.open_hours import OpenHour, next_open
from sla.services.days_off import holidays


def next_hour(now: datetime) -> OpenHour | None:
    """In the organisation's zone; None where no hours are set."""
    if not settings.OPEN_HOURS:
        return None
    return next_open(
        settings.OPEN_HOURS,
        now=now,
        zone=ZoneInfo(settings.TIME_ZONE),
        is_day_off=holidays(now).__contains__,
    )
