"""Imports of an old queue that were asked for on the page: how far each is, and what it refused."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from intake.models.work_request import WorkRequest


class ImportRunQuerySet(models.QuerySet["ImportRun"]):
    def to_work_on(self, now: datetime) -> ImportRunQuerySet:
        """Those that wait, and those whose worker has not been heard of since its lease ended."""
        free = Q(lease_until=None) | Q(lease_until__lt=now)
        return self.filter(free, state__in=ImportRun.WORKING).order_by("id")


class ImportRun(models.Model):
    """One file. `place` is the last line dealt with, so that a new worker goes on from there."""

    class State(models.TextChoices):
        MAPPING = "mapping", "Columns to be told"
        RUNNING = "running", "Being brought in"
        DONE = "done", "Brought in"
        FAILED = "failed", "Stopped"
        UNDOING = "undoing", "Being taken back"
        UNDONE = "undone", "Taken back"

    WORKING = (State.RUNNING, State.UNDOING)

    state = models.CharField(max_length=8, choices=State.choices, default=State.MAPPING)
    file_name = models.CharField(max_length=200)
    stored_name = models.CharField(max_length=64)
    encoding = models.CharField(max_length=20)
    columns = models.JSONField(default=list)
    lines = models.PositiveIntegerField(default=0)
    # What the form said: which column holds what, and how rows are read.
    terms = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    place = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    finished = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=300, blank=True)

    objects: ClassVar[models.Manager[ImportRun]] = ImportRunQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.file_name

    @property
    def path(self) -> Path:
        return Path(settings.MEDIA_ROOT) / "imports" / self.stored_name

    @property
    def is_working(self) -> bool:
        return self.state in self.WORKING

    @property
    def percent(self) -> int:
        return min(100, round(100 * self.place / max(self.lines, 1)))


class ImportedRequest(models.Model):
    """A request that an import brought in."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="requests")
    work = models.OneToOneField(WorkRequest, on_delete=models.CASCADE, related_name="imported")

    def __str__(self) -> str:
        return f"{self.work} of {self.run}"


class RefusedRow(models.Model):
    """A row that was not brought in, and why."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="refusals")
    line = models.PositiveIntegerField()
    reason = models.TextField()
    is_finished = models.BooleanField(default=False)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"
