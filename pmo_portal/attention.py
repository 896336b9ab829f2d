"""What an administrator should look at: each check is a question to the stored facts."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Min
from django.urls import reverse

from accounts.date_words import day_hour_words
from accounts.models import User
from audit.models import Heartbeat
from catalog.models import Service
from notifications.models import OutboxMessage
from sla.models import BusinessCalendar, Clock, SlaPolicy
from sla.services import hours
from sla.services.sweep import HEARTBEAT

# Both are looked at every few seconds; after this long nobody does.
MAIL_WAITS = timedelta(minutes=10)
SWEEP_SILENT = timedelta(minutes=5)
STARTER = "On the server, “python manage.py make_starter” makes the ones to begin with."


class Finding(NamedTuple):
    """What is wrong, what it means or what helps, and where to go if there is a page for it."""

    words: str
    detail: str
    address: str = ""
    action: str = ""


def findings(now: datetime) -> list[Finding]:
    """Everything that needs attention at this moment, the most pressing first."""
    return [finding for check in CHECKS if (finding := check(now))]


def _sweep_is_silent(now: datetime) -> Finding | None:
    beat = Heartbeat.objects.filter(name=HEARTBEAT).first()
    if beat and now - beat.at <= SWEEP_SILENT:
        return None
    since = f"since {day_hour_words(beat.at, now=now)}" if beat else "yet"
    return Finding(
        f"Nobody has looked at the clocks {since}",
        "Promises run, but warnings are not noticed. See that the worker is running.",
    )


def _mail_waits(now: datetime) -> Finding | None:
    late = OutboxMessage.objects.overdue(now - MAIL_WAITS)
    oldest = late.aggregate(oldest=Min("created_at"))["oldest"]
    if oldest is None:
        return None
    return Finding(
        f"Mails wait since {day_hour_words(oldest, now=now)}",
        "Either the mail server does not answer, or the worker is not running.",
        reverse("notifications:outbox") + "?status=due",
        "See what waits",
    )


def _mail_gave_up(now: datetime) -> Finding | None:
    count = OutboxMessage.objects.dead().count()
    if not count:
        return None
    mails = "mail" if count == 1 else "mails"
    return Finding(
        f"{count} {mails} could not be delivered",
        "They were tried for three days, or refused for good.",
        reverse("notifications:outbox") + "?status=dead",
        "See which, and try again",
    )


def _clocks_fail(now: datetime) -> Finding | None:
    count = Clock.objects.failing().count()
    if not count:
        return None
    clocks = "clock" if count == 1 else "clocks"
    return Finding(
        f"{count} {clocks} could not be worked out", "The server's log says why, clock by clock."
    )


def _no_promises(now: datetime) -> Finding | None:
    if SlaPolicy.objects.exists():
        return None
    return Finding("No promise is defined", f"Requests would have no dates. {STARTER}")


def _calendars_without_hours(now: datetime) -> Finding | None:
    used = BusinessCalendar.objects.filter(is_archived=False)
    closed = [calendar.name for calendar in used if not hours.timetable(calendar).hours.has_hours]
    if not closed:
        return None
    return Finding(f"No working hours in {', '.join(closed)}", "Its promises never come due.")


def _no_services(now: datetime) -> Finding | None:
    if Service.objects.listed().exists():
        return None
    return Finding("No service is offered", f"Nothing can be proposed. {STARTER}")


def _services_without_owner(now: datetime) -> Finding | None:
    ownerless = Service.objects.listed().filter(owner=None)
    names = [str(service) for service in ownerless]
    if not names:
        return None
    return Finding(
        f"Without an owner: {', '.join(names)}",
        "On the server, “python manage.py make_starter --owner <mail address>” names one.",
    )


def _nobody_works(now: datetime) -> Finding | None:
    if User.objects.pmo().exists():
        return None
    return Finding("Nobody works requests", "No person holds the role of analyst or lead.")


CHECKS: tuple[Callable[[datetime], Finding | None], ...] = (
    _sweep_is_silent,
    _mail_waits,
    _mail_gave_up,
    _clocks_fail,
    _nobody_works,
    _no_promises,
    _calendars_without_hours,
    _no_services,
    _services_without_owner,
)
