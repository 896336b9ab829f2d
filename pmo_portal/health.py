"""How the portal is: what machines ask (/readyz, /metrics), and what an administrator reads."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count, Min
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from accounts.moment import database_now
from audit.models import Heartbeat
from intake.models import WorkRequest
from notifications.models import OutboxMessage
from sla.models import Clock
from sla.services.sweep import HEARTBEAT

# A sweep may be missed; three in a row mean that nobody looks at the clocks.
MISSED = 3


@dataclass(frozen=True)
class Figures:
    """The figures of one moment. Ages are whole; None where there is nothing to be old."""

    swept_ago: timedelta | None
    due: int
    oldest_due: timedelta | None
    dead: int
    failing_clocks: int
    late_clocks: int
    open_by_state: dict[str, int]

    @property
    def is_swept(self) -> bool:
        longest = MISSED * timedelta(seconds=settings.SWEEP_INTERVAL)
        return self.swept_ago is not None and self.swept_ago <= longest


def figures(now: datetime) -> Figures:
    """Ask the database; Redis is never asked, for nothing is lost without it."""
    beat = Heartbeat.objects.filter(name=HEARTBEAT).first()
    waiting = OutboxMessage.objects.with_status("due").filter(not_before__lte=now)
    told = waiting.aggregate(count=Count("pk"), oldest=Min("created_at"))
    states = WorkRequest.objects.open().order_by().values_list("state").annotate(Count("pk"))
    return Figures(
        swept_ago=now - beat.at if beat else None,
        due=told["count"],
        oldest_due=now - told["oldest"] if told["oldest"] else None,
        dead=OutboxMessage.objects.dead().count(),
        failing_clocks=Clock.objects.failing().count(),
        late_clocks=Clock.objects.filter(state=Clock.State.RUNNING, due_at__lt=now).count(),
        open_by_state=dict(states),
    )


def why_not_ready() -> str:
    """Why no request should be sent here now; empty when all is well."""
    connection = connections[DEFAULT_DB_ALIAS]
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return "" if _is_migrated() else "the database lacks migrations"
    except DatabaseError:
        return "the database does not answer"


@cache
def _known_ready() -> list[bool]:
    """Once migrated, a process stays so: its code does not change."""
    return []


def _is_migrated() -> bool:
    if not _known_ready():
        executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return False
        _known_ready().append(True)
    return True


class PortalCollector(Collector):
    """Reads the figures when they are asked for, so that every process tells the same."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        found = figures(database_now())
        yield _gauge("pmo_sweep_age_seconds", "Since the clocks were swept", found.swept_ago)
        yield _gauge("pmo_outbox_due", "Notices that wait to be sent", found.due)
        yield _gauge("pmo_outbox_oldest_seconds", "Age of the oldest of them", found.oldest_due)
        yield _gauge("pmo_outbox_dead", "Notices that were given up", found.dead)
        yield _gauge("pmo_clocks_failing", "Clocks that can't be worked out", found.failing_clocks)
        yield _gauge("pmo_clocks_late", "Running promises that are late", found.late_clocks)
        requests = GaugeMetricFamily("pmo_requests_open", "Open requests", labels=["state"])
        for state, count in sorted(found.open_by_state.items()):
            requests.add_metric([state], count)
        yield requests


def _gauge(name: str, words: str, value: timedelta | int | None) -> GaugeMetricFamily:
    """Nothing to be old is 0; a sweep that never ran has no value at all."""
    gauge = GaugeMetricFamily(name, words)
    if isinstance(value, timedelta):
        gauge.add_metric([], value.total_seconds())
    elif value is not None or name.endswith("oldest_seconds"):
        gauge.add_metric([], value or 0)
    return gauge


def registry() -> CollectorRegistry:
    made = CollectorRegistry(auto_describe=False)
    made.register(PortalCollector())
    return made
