"""Doorbells of the API."""

from celery import shared_task

from accounts.moment import database_now
from api import services


@shared_task
def forget_answers() -> int:
    """Drop answers kept for repeated requests that nobody will repeat any more."""
    return services.forget_answers(at=database_now())
