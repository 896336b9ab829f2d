"""Doorbells of the outbox."""

import threading

from celery import shared_task
from django.db import close_old_connections, connection

from accounts.moment import database_now
from notifications.services import deliver_next

BATCH = 500
# A mail server that hangs must not take every thread of a worker, one tick after the other.
_delivering = threading.Lock()


@shared_task
def deliver_outbox() -> int:
    """Deliver what is due, and return how much it was. May ring twice: each row is claimed."""
    if not _delivering.acquire(blocking=False):
        return 0
    try:
        return _deliver_batch()
    finally:
        _delivering.release()


def _deliver_batch() -> int:
    delivered = 0
    while delivered < BATCH and deliver_next(now=database_now()):
        delivered += 1
        # Inside somebody's transaction the connection is theirs.
        if not connection.in_atomic_block:
            close_old_connections()
    return delivered
