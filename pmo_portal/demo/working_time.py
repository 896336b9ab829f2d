"""Moments of the demo, counted in the working time of the PMO."""

from datetime import datetime, timedelta

from sla.business_time import WorkingCalendar, add_working_time, working_time_between

HOUR = timedelta(hours=1)
DAY = 8 * HOUR
UNITS = {"h": HOUR, "d": DAY}
# Wide enough for everything that the demo tells of.
LOOK_BACK = timedelta(days=400)


def duration(text: str) -> timedelta:
    """Read "3h" or "2d" as working time."""
    return int(text[:-1]) * UNITS[text[-1]]


def after(calendar: WorkingCalendar, start: datetime, amount: timedelta) -> datetime:
    """The moment by which this much working time has passed since `start`."""
    moment = add_working_time(calendar, start, amount)
    if moment is None:
        raise ValueError("the calendar of the demo has no hours")
    return moment


def before(calendar: WorkingCalendar, end: datetime, amount: timedelta) -> datetime:
    """The moment from which this much working time passes until `end`."""
    start = end - LOOK_BACK
    return after(calendar, start, working_time_between(calendar, start, end) - amount)
