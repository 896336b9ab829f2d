"""Decisions that come round again, the data they already use, and what they answered."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from catalog.models import Service
from intake.models.work_request import WorkRequest


class Cadence(models.Model):
    """One recurring decision of the organisation (ux.md 5.18)."""

    class Rhythm(models.TextChoices):
        DAY = "day", "every day"
        WEEK = "week", "every week"
        MONTH = "month", "every month"
        QUARTER = "quarter", "every quarter"

    name = models.CharField(max_length=120, unique=True)
    decider = models.CharField(max_length=120)
    decides = models.CharField(max_length=200, blank=True)
    rhythm = models.CharField(max_length=7, choices=Rhythm.choices)
    next_on = models.DateField()
    data = models.CharField(max_length=300, blank=True)
    service = models.ForeignKey(
        Service, null=True, on_delete=models.PROTECT, related_name="cadences"
    )
    ended_at = models.DateTimeField(null=True)
    # A change that was based on an older number is a conflict.
    number = models.PositiveIntegerField(default=1)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    changed_at = models.DateTimeField()

    objects: ClassVar[models.Manager[Cadence]] = models.Manager()

    class Meta:
        ordering = ("next_on", "name")

    def __str__(self) -> str:
        return self.name


class CadenceAnswer(models.Model):
    """A request that a recurring decision answered."""

    cadence = models.ForeignKey(Cadence, on_delete=models.PROTECT, related_name="answers")
    work = models.OneToOneField(
        WorkRequest, on_delete=models.CASCADE, related_name="cadence_answer"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects: ClassVar[models.Manager[CadenceAnswer]] = models.Manager()

    class Meta:
        ordering = ("-at",)
        indexes = (models.Index(fields=["at"], name="cadence_answer_at"),)

    def __str__(self) -> str:
        return f"{self.work} answered by {self.cadence}"
