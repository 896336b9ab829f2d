"""Doorbells of the outbox."""

from celery import shared_task
from django.db import close_old_connections

from accounts.moment import database_now
from notifications.services import deliver_next

BATCH = 500


@shared_task
def deliver_outbox() -> int:
    """Deliver what is due, and return how much it was. May ring twice: each row is claimed."""
    delivered = 0
    while delivered < BATCH and deliver_next(now=database_now()):
        delivered += 1
        close_old_connections()
    return delivered
