"""Doorbells of the clocks. Each may ring twice, or at the same time as itself."""

from celery import shared_task

from accounts.moment import database_now
from sla.services import calendars, corrections, verify
from sla.services.sweep import sweep


@shared_task
def sweep_clocks() -> None:
    """Record what time has passed, after corrections that a lost bell left undone."""
    now = database_now()
    corrections.apply_corrections(now=now)
    sweep(now=now)


@shared_task
def apply_corrections() -> None:
    corrections.apply_corrections(now=database_now())


@shared_task
def verify_clocks() -> None:
    """Compare every open clock with its history, and calendars with the time zone database."""
    now = database_now()
    calendars.correct_for_time_zones(at=now)
    verify.report(verify.differences(now=now))
