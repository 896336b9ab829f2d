"""When a person is left alone: their night, and days off (ux.md 5.17). Urgent notices go anyway."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from accounts.models import User

NIGHT = (time(19), time(7))
# Longer than any row of holidays with its nights; a calendar closed for good must not hold mail.
MOST_STEPS = 60

IsDayOff = Callable[[User, date], bool]
_days_off: list[IsDayOff] = []


def register_days_off(is_day_off: IsDayOff) -> None:
    """Let an app that knows calendars say which dates are holidays of a person."""
    if is_day_off not in _days_off:
        _days_off.append(is_day_off)


def quiet_until(person: User, now: datetime) -> datetime | None:
    """Return when a person may be written to again; None when they may be now."""
    zone = ZoneInfo(person.time_zone or settings.TIME_ZONE)
    at = now.astimezone(zone)
    for _ in range(MOST_STEPS):
        later = _end_of_day_off(person, at) or _end_of_night(person, at)
        if later is None:
            break
        at = later
    return at if at > now else None


def _end_of_day_off(person: User, at: datetime) -> datetime | None:
    if not any(is_day_off(person, at.date()) for is_day_off in _days_off):
        return None
    return _wall(at.date() + timedelta(days=1), time(0), at)


def _end_of_night(person: User, at: datetime) -> datetime | None:
    """The end of the quiet hours that `at` lies in; they may reach over midnight."""
    start, end = hours_of(person)
    clock = at.time()
    if start < end:
        return _wall(at.date(), end, at) if start <= clock < end else None
    if clock >= start:
        return _wall(at.date() + timedelta(days=1), end, at)
    return _wall(at.date(), end, at) if clock < end else None


def hours_of(person: User) -> tuple[time, time]:
    """A person's own quiet hours, or the night."""
    if person.quiet_from is None or person.quiet_until is None:
        return NIGHT
    return person.quiet_from, person.quiet_until


def _wall(day: date, clock: time, like: datetime) -> datetime:
    return datetime.combine(day, clock, tzinfo=like.tzinfo)
