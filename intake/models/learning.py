"""What was learned: from pilots and from hypotheses that changed (product.md, capability 43)."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from catalog.models import Service
from intake.models.work_request import WorkRequest


class Learning(models.Model):
    """One thing that we know now; `was` and `now` are the sentence before and after, if any."""

    class Source(models.TextChoices):
        PILOT = "pilot", "A pilot"
        HYPOTHESIS = "hypothesis", "A hypothesis that changed"
        TALK = "talk", "A talk"

    work = models.ForeignKey(
        WorkRequest, null=True, on_delete=models.CASCADE, related_name="learnings"
    )
    service = models.ForeignKey(
        Service, null=True, on_delete=models.PROTECT, related_name="learnings"
    )
    source = models.CharField(max_length=10, choices=Source.choices)
    text = models.TextField()
    was = models.TextField(blank=True)
    now = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects: ClassVar[models.Manager[Learning]] = models.Manager()

    class Meta:
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return self.text[:60]
