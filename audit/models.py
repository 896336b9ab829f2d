"""What happened: entries that are added and never changed."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models


class EntryQuerySet(models.QuerySet["Entry"]):
    def about(self, subject: models.Model) -> EntryQuerySet:
        """The history of one thing, oldest first."""
        return self.filter(subject_type=subject._meta.label_lower, subject_id=subject.pk).order_by(
            "at", "id"
        )

    def for_requester(self) -> EntryQuerySet:
        """What may be shown outside the PMO."""
        return self.filter(is_internal=False)


class Entry(models.Model):
    """One thing that happened. `actor` empty means that the system acted."""

    action = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    subject_name = models.CharField(max_length=200)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    actor_name = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()
    reason = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    source = models.CharField(max_length=12, blank=True)
    is_internal = models.BooleanField(default=False)

    objects: ClassVar[models.Manager[Entry]] = EntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "entries"
        indexes = (
            models.Index(fields=["subject_type", "subject_id", "id"], name="entry_by_subject"),
            models.Index(fields=["at"], name="entry_by_time"),
        )

    def __str__(self) -> str:
        return f"{self.action} {self.subject_name}"


class Heartbeat(models.Model):
    """When a job that must never fall silent last ran."""

    name = models.CharField(max_length=40, unique=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
