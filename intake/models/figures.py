"""How promises were kept, by month: worked out from the clocks once, so that pages needn't."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models

from catalog.models import Service
from sla.models import SlaPolicy


class PromiseMonthQuerySet(models.QuerySet["PromiseMonth"]):
    def of_months(self, first: date, last: date) -> PromiseMonthQuerySet:
        """Those from one month to another, with what they name."""
        found = self.filter(month__gte=first, month__lte=last)
        return found.select_related("service__current", "policy")


class PromiseMonth(models.Model):
    """One promise of one service in one month. Amounts are microseconds of working time."""

    month = models.DateField()
    service = models.ForeignKey(
        Service, null=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    policy = models.ForeignKey(SlaPolicy, on_delete=models.CASCADE, related_name="+")
    metric = models.CharField(max_length=20)
    met = models.PositiveIntegerField(default=0)
    missed = models.PositiveIntegerField(default=0)
    # Of those that were done; None while none was.
    median_us = models.BigIntegerField(null=True)
    p85_us = models.BigIntegerField(null=True)
    worked_us = models.BigIntegerField(default=0)
    paused_us = models.BigIntegerField(default=0)
    longest_pause_us = models.BigIntegerField(default=0)

    objects: ClassVar[models.Manager[PromiseMonth]] = PromiseMonthQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["month", "service", "policy", "metric"],
                name="one_figure_per_promise_and_month",
            ),
        )

    def __str__(self) -> str:
        return f"{self.metric} {self.month:%Y-%m}"


class MonthRun(models.Model):
    """When the figures of a month were worked out, and how long that took."""

    month = models.DateField(unique=True)
    figured_at = models.DateTimeField()
    took_ms = models.PositiveIntegerField()

    objects: ClassVar[models.Manager[MonthRun]] = models.Manager()

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
