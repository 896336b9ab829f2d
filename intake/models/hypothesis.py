"""What we believe the work will change, by version; what was learned stands in the learning log."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from intake.models.work_request import WorkRequest


class OutcomeHypothesis(models.Model):
    """One version of it. "We believe that … for … lets them … by …; we will know when …"."""

    work = models.ForeignKey(WorkRequest, on_delete=models.CASCADE, related_name="hypotheses")
    number = models.PositiveSmallIntegerField()
    change = models.CharField(max_length=200)
    customer = models.CharField(max_length=200)
    act = models.CharField(max_length=300)
    act_by = models.CharField(max_length=100, blank=True)
    measure = models.CharField(max_length=100, blank=True)
    baseline = models.CharField(max_length=40, blank=True)
    target = models.CharField(max_length=40, blank=True)
    target_on = models.DateField(null=True)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    written_at = models.DateTimeField()

    objects: ClassVar[models.Manager[OutcomeHypothesis]] = models.Manager()

    class Meta:
        ordering = ("work", "-number")
        constraints = (
            models.UniqueConstraint(fields=["work", "number"], name="one_hypothesis_per_number"),
        )

    def __str__(self) -> str:
        return f"Hypothesis {self.number} of {self.work}"
