"""What was done to a clock, and which of its thresholds were reached."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from sla.models.clocks import Clock

NOTICED_LATE = timedelta(minutes=5)


class ClockCommand(models.Model):
    """What was done to a clock and when; the history that its columns are derived from.

    `at` is the time it counts from, `raw_at` the one that was asked for, `received_at` the
    database's when it was written. `payload` names targets and calendar versions.
    """

    clock = models.ForeignKey(
        Clock, on_delete=models.CASCADE, related_name="commands", db_index=False
    )
    seq = models.PositiveIntegerField()
    type = models.CharField(max_length=10)
    at = models.DateTimeField()
    raw_at = models.DateTimeField()
    received_at = models.DateTimeField(db_default=Now())
    # Without a key there is nothing to recognise a repetition by: NULL, so that many may have none.
    key = models.CharField(max_length=120, null=True, unique=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    reason = models.CharField(max_length=200, blank=True)
    payload = models.JSONField(default=dict)
    is_ignored = models.BooleanField(default=False)

    objects: ClassVar[models.Manager[ClockCommand]] = models.Manager()

    class Meta:
        ordering = ("clock", "seq")
        constraints = (
            models.UniqueConstraint(fields=["clock", "seq"], name="one_command_per_seq"),
        )

    def __str__(self) -> str:
        return f"{self.type} {self.seq}"


class ClockEventQuerySet(models.QuerySet["ClockEvent"]):
    def live(self) -> ClockEventQuerySet:
        """Events that are still facts."""
        return self.filter(superseded_at__isnull=True)

    def unnotified(self) -> ClockEventQuerySet:
        """Facts that nobody was told of, oldest first."""
        return self.live().filter(is_notified=False).order_by("id")


class ClockEvent(models.Model):
    """A threshold that became a fact: recorded once per clock, cycle and threshold."""

    class Kind(models.TextChoices):
        WARN = "warn", "Due soon"
        BREACH = "breach", "Missed"
        ESCALATE = "escalate", "Escalated"

    clock = models.ForeignKey(Clock, on_delete=models.CASCADE, related_name="events")
    cycle = models.PositiveIntegerField()
    threshold_key = models.CharField(max_length=30)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    due_at = models.DateTimeField()
    effective_at = models.DateTimeField()
    detected_at = models.DateTimeField()
    cause = models.CharField(max_length=8, default="time")
    is_notified = models.BooleanField(default=False)
    superseded_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[ClockEvent]] = ClockEventQuerySet.as_manager()

    class Meta:
        ordering = ("effective_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["clock", "cycle", "threshold_key"],
                condition=Q(superseded_at__isnull=True),
                name="one_live_event_per_threshold",
            ),
        )
        indexes = (
            models.Index(fields=["effective_at"], name="event_effective"),
            models.Index(
                fields=["id"],
                condition=Q(is_notified=False, superseded_at__isnull=True),
                name="event_to_tell",
            ),
        )

    def __str__(self) -> str:
        return f"{self.threshold_key} of {self.clock_id}"

    @property
    def is_late(self) -> bool:
        """Noticed over five minutes after it was true; a notice then says so (sla-spec 7.4)."""
        return self.detected_at - self.effective_at > NOTICED_LATE
