"""Time promises: policies, their versions and targets."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery

from sla.models.calendars import BusinessCalendar


class SlaPolicy(models.Model):
    """A set of time promises; a tier, or a lane, points at it."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=80)

    objects: ClassVar[models.Manager[SlaPolicy]] = models.Manager()

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class PolicyVersion(models.Model):
    """What a policy promised from one moment on, never edited in place (sla-spec 2)."""

    policy = models.ForeignKey(SlaPolicy, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    valid_from = models.DateTimeField()
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.CharField(max_length=200, blank=True)

    objects: ClassVar[models.Manager[PolicyVersion]] = models.Manager()

    class Meta:
        ordering = ("policy", "-number")
        constraints = (
            models.UniqueConstraint(fields=["policy", "number"], name="one_policy_per_number"),
        )
        indexes = (models.Index(fields=["policy", "valid_from"], name="policy_valid_from"),)

    def __str__(self) -> str:
        return f"{self.policy} v{self.number}"


class SlaTargetQuerySet(models.QuerySet["SlaTarget"]):
    def newest(self) -> SlaTargetQuerySet:
        """What each policy promises in its newest version, in force already or not."""
        return self._newest_of(PolicyVersion.objects.all())

    def in_force(self, now: datetime) -> SlaTargetQuerySet:
        """What each policy promises to clocks that start now."""
        return self._newest_of(PolicyVersion.objects.filter(valid_from__lte=now))

    def _newest_of(self, versions: models.QuerySet[PolicyVersion]) -> SlaTargetQuerySet:
        of_policy = versions.filter(policy=OuterRef("version__policy"))
        newest = of_policy.order_by("-valid_from", "-number").values("pk")[:1]
        return self.filter(version=Subquery(newest))


class SlaTarget(models.Model):
    """One promise: working seconds in a calendar, with its thresholds. Never edited in place."""

    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="targets")
    metric = models.CharField(max_length=20)
    target_seconds = models.PositiveIntegerField()
    calendar = models.ForeignKey(BusinessCalendar, on_delete=models.PROTECT, related_name="+")
    thresholds = models.JSONField(default=list)

    objects: ClassVar[models.Manager[SlaTarget]] = SlaTargetQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["version", "metric"], name="one_target_per_metric"),
            models.CheckConstraint(
                name="target_of_a_second_to_ten_years",
                condition=Q(target_seconds__gte=1, target_seconds__lte=315_360_000),
            ),
        )

    def __str__(self) -> str:
        return f"{self.metric} in {self.target_seconds} s"
