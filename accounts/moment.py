"""The moment that an act happens at: the database's clock, so that no worker's clock matters."""

from datetime import UTC, datetime

from django.conf import settings
from django.db import connection
from django.utils import timezone


def database_now() -> datetime:
    """Return now by the database's clock, in UTC (sla-spec 6); on SQLite, the process's."""
    if not settings.USE_DATABASE_CLOCK:
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment.astimezone(UTC)
