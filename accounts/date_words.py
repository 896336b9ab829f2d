"""Dates as people read them: their zone, the weekday, the year only when it is another one."""

from datetime import date, datetime, tzinfo
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.dateformat import format as written


def day_words(value: date, *, now: datetime) -> str:
    """Return "Tue 14 Oct", or "Tue 14 Oct 2025" when `now` is in another year."""
    if isinstance(value, datetime):
        value = timezone.localtime(value)
    same_year = value.year == timezone.localtime(now).year
    return written(value, "D j M" if same_year else "D j M Y")


def hour_words(at: datetime) -> str:
    """Return "17:00" in the viewer's zone."""
    return written(timezone.localtime(at), "H:i")


def day_hour_words(at: datetime, *, now: datetime, home: str = "") -> str:
    """Return "Tue 14 Oct, 17:00", and whose time it is when it differs from that of `home`.

    `home` is the IANA name of the calendar's zone; without it the organisation's is meant.
    """
    words = f"{day_words(at, now=now)}, {hour_words(at)}"
    home_zone = ZoneInfo(home or settings.TIME_ZONE)
    here = timezone.get_current_timezone()
    same = at.astimezone(here).utcoffset() == at.astimezone(home_zone).utcoffset()
    return words if same else f"{words} ({zone_words(here)})"


def zone_words(zone: tzinfo) -> str:
    """Return "New York time" for America/New_York, and "UTC" for UTC."""
    city = str(zone).rsplit("/", maxsplit=1)[-1].replace("_", " ")
    return city if city == "UTC" else f"{city} time"
