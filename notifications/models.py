"""What we owe people: rows written with their cause, delivered later."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q


class OutboxMessageQuerySet(models.QuerySet["OutboxMessage"]):
    def with_status(self, status: str) -> OutboxMessageQuerySet:
        """Those of one status; all of them without one."""
        return self.filter(status=status) if status else self

    def dead(self) -> OutboxMessageQuerySet:
        """Given up, until somebody tries again."""
        return self.filter(status="dead")

    def overdue(self, since: datetime) -> OutboxMessageQuerySet:
        """Due since before that moment and still waiting: nobody delivers."""
        return self.filter(status="due", not_before__lt=since)


class OutboxMessage(models.Model):
    """One notice to one person over one channel. Recorded once, sent at least once."""

    class Channel(models.TextChoices):
        EMAIL = "email", "Mail"

    class Status(models.TextChoices):
        DUE = "due", "Waiting"
        SENT = "sent", "Sent"
        DEAD = "dead", "Gave up"
        STALE = "stale", "No longer needed"

    key = models.CharField(max_length=160, unique=True)
    kind = models.CharField(max_length=60)
    channel = models.CharField(max_length=8, choices=Channel.choices, default=Channel.EMAIL)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices"
    )
    about = models.CharField(max_length=60)
    payload = models.JSONField(default=dict)
    is_urgent = models.BooleanField(default=False, db_default=False)
    status = models.CharField(max_length=5, choices=Status.choices, default=Status.DUE)
    created_at = models.DateTimeField()
    not_before = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)
    sent_at = models.DateTimeField(null=True)
    # Filled at delivery, so that administrators can read what went out.
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True)

    objects: ClassVar[models.Manager[OutboxMessage]] = OutboxMessageQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=["not_before", "id"], condition=Q(status="due"), name="outbox_due"),
            models.Index(fields=["about"], name="outbox_about"),
            models.Index(fields=["id"], condition=Q(status="dead"), name="outbox_dead"),
        )

    def __str__(self) -> str:
        return self.key

    @property
    def kind_words(self) -> str:
        """Its kind as a heading: "Request received"."""
        return self.kind.replace("_", " ").capitalize()
