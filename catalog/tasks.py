"""Doorbells of the catalog."""

from celery import shared_task

from accounts.moment import database_now
from catalog.services import interest


@shared_task
def tell_interested() -> int:
    """Tell people that a service they wait for has become available."""
    return interest.tell_all(now=database_now())
