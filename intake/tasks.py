"""Doorbells of requests."""

from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from accounts.moment import database_now
from intake.services import (
    attachments,
    discovery,
    draft_life,
    figures,
    import_runs,
    improving,
    mailbox,
    pilots,
    triage,
)

WAKING_HOUR = 7


@shared_task
def wake_parked() -> int:
    """Bring back what was parked until today, from 07:00 in the organisation's zone."""
    now = database_now()
    local = timezone.localtime(now)
    return triage.wake_due(today=local.date(), at=now) if local.hour >= WAKING_HOUR else 0


@shared_task
def resume_after_talks() -> int:
    """Let the clocks go on that waited for a talk which has begun."""
    return discovery.resume_due(at=database_now())


@shared_task
def remove_orphans() -> int:
    """Remove files that no row has known for a day."""
    return attachments.remove_orphans(at=database_now())


@shared_task
def work_out_figures() -> None:
    """Keep the figures of the board ahead of its pages."""
    figures.refresh_recent(now=database_now())


@shared_task
def tend_drafts() -> int:
    """Remind of drafts that rest, and let go of those that nobody touched for sixty days."""
    return draft_life.tend(database_now())


@shared_task
def suggest_improvements() -> int:
    """Put the missed promises of this month and the last on the lists of their services."""
    now = database_now()
    today = timezone.localtime(now).date()
    first = today.replace(day=1)
    before = (first - timedelta(days=1)).replace(day=1)
    return sum(improving.suggest_from_misses(month, at=now) for month in (before, first))


@shared_task
def tend_pilots() -> int:
    """End pilots whose last day is over, and ask for the check-ins of today, from 07:00 on."""
    now = database_now()
    return pilots.tend(now) if timezone.localtime(now).hour >= WAKING_HOUR else 0


@shared_task
def fetch_mail() -> int:
    """Take in what is new in the mailbox for replies, where there is one."""
    return mailbox.fetch(settings.IMAP_URL, now=database_now) if settings.IMAP_URL else 0


@shared_task
def run_imports() -> None:
    """Go on with imports, and with taking them back, that were asked for on the page."""
    while import_runs.work_on_next(now=database_now):
        pass
