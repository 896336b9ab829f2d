"""What the organisation wants to reach; the outcomes of services link to it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower


class GoalQuerySet(models.QuerySet["Goal"]):
    def active(self) -> GoalQuerySet:
        return self.filter(retired_at=None)


class Goal(models.Model):
    """One of a short list of goals. Retired, never deleted: older versions link to it."""

    name = models.CharField(max_length=120)
    sentence = models.CharField(max_length=240, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    retired_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager[Goal]] = GoalQuerySet.as_manager()

    class Meta:
        ordering = ("position", "id")
        constraints = (
            models.UniqueConstraint(Lower("name"), name="one_goal_per_name"),
            models.CheckConstraint(name="goal_has_a_name", condition=~Q(name="")),
        )

    def __str__(self) -> str:
        return self.name
