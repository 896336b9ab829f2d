"""What is to become better about a service, and what was done (product.md, capability 32)."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from catalog.models.service import Service


class ImprovementQuerySet(models.QuerySet["Improvement"]):
    def pending(self) -> ImprovementQuerySet:
        return self.filter(state__in=(Improvement.State.OPEN, Improvement.State.DOING))

    def public(self) -> ImprovementQuerySet:
        """What the service page shows: what is being done, in words meant for everybody."""
        return self.filter(state=Improvement.State.DOING, is_public=True)

    def closed_since(self, since: datetime) -> ImprovementQuerySet:
        """What was done or dropped from a moment on: what the next review shows."""
        return self.filter(closed_at__gte=since).order_by("closed_at", "id")


class Improvement(models.Model):
    """One thing to improve. `evidence` lists what it rests on, such as references of requests."""

    class Source(models.TextChoices):
        MISS = "miss", "A promise missed"
        FEEDBACK = "feedback", "Feedback"
        PILOT = "pilot", "A pilot"
        REVIEW = "review", "A review"
        IDEA = "idea", "An idea of the PMO"

    class State(models.TextChoices):
        OPEN = "open", "Open"
        DOING = "doing", "Being done"
        DONE = "done", "Done"
        DROPPED = "dropped", "Dropped"

    CLOSED = (State.DONE, State.DROPPED)

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="improvements")
    text = models.CharField(max_length=300)
    source = models.CharField(max_length=8, choices=Source.choices, default=Source.IDEA)
    # The same occasion suggests once: such as "miss:2026-03". Empty for what people write.
    key = models.CharField(max_length=60, blank=True)
    evidence = models.JSONField(default=list)
    state = models.CharField(max_length=7, choices=State.choices, default=State.OPEN)
    what_was_done = models.TextField(max_length=1000, blank=True)
    is_public = models.BooleanField(default=False)
    suggested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    suggested_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[models.Manager[Improvement]] = ImprovementQuerySet.as_manager()

    class Meta:
        ordering = ("-suggested_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=["service", "key"], condition=~Q(key=""), name="one_improvement_per_occasion"
            ),
            models.CheckConstraint(
                name="closed_improvement_says_what_was_done",
                condition=~Q(state__in=("done", "dropped"))
                | (~Q(what_was_done="") & Q(closed_at__isnull=False)),
            ),
        )

    def __str__(self) -> str:
        return self.text
