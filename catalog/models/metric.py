"""Outcome promises: what a service promises about results, and the readings (sla-spec 10)."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from catalog.models.service import Service
from sla.models import BusinessCalendar

USER = settings.AUTH_USER_MODEL


class OutcomeMetric(models.Model):
    """One promise about results of a service. What exactly it says stands in its versions."""

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="metrics")
    slug = models.SlugField(max_length=60)
    name = models.CharField(max_length=80)
    question = models.CharField(max_length=200)
    owner = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    ended_on = models.DateField(null=True)

    objects: ClassVar[models.Manager[OutcomeMetric]] = models.Manager()

    class Meta:
        ordering = ("service", "id")
        constraints = (
            models.UniqueConstraint(fields=["service", "slug"], name="one_metric_per_slug"),
        )

    def __str__(self) -> str:
        return self.name


class MetricVersion(models.Model):
    """A definition from the start of a month on; never edited, so old months keep theirs."""

    class Kind(models.TextChoices):
        DURATION = "duration", "How long it takes"
        TOLERANCE = "tolerance", "How close a forecast is"
        SHARE = "share", "How many have a property"
        COUNT = "count", "How often something happens"

    class Operator(models.TextChoices):
        LESS = "lt", "less than"
        AT_MOST = "lte", "at most"
        AT_LEAST = "gte", "at least"

    metric = models.ForeignKey(OutcomeMetric, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    effective_from = models.DateField()
    kind = models.CharField(max_length=9, choices=Kind.choices)
    population = models.CharField(max_length=300)
    starts_and_ends = models.CharField(max_length=300)
    excludes = models.CharField(max_length=300, blank=True)
    evidence = models.CharField(max_length=300)
    operator = models.CharField(max_length=3, choices=Operator.choices, default=Operator.AT_MOST)
    limit = models.DecimalField(max_digits=14, decimal_places=3, null=True)
    calendar = models.ForeignKey(
        BusinessCalendar, null=True, on_delete=models.PROTECT, related_name="+"
    )
    compliance_target = models.DecimalField(max_digits=5, decimal_places=2, default=95)
    min_sample = models.PositiveSmallIntegerField(default=5)
    saved_at = models.DateTimeField()
    approved_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=200, blank=True)

    objects: ClassVar[models.Manager[MetricVersion]] = models.Manager()

    class Meta:
        ordering = ("metric", "-effective_from", "-number")
        constraints = (
            models.UniqueConstraint(fields=["metric", "number"], name="one_definition_per_number"),
            models.CheckConstraint(
                name="definition_starts_with_a_month", condition=Q(effective_from__day=1)
            ),
            models.CheckConstraint(
                name="definition_has_its_limit",
                condition=Q(kind="share") | Q(limit__isnull=False, limit__gte=0),
            ),
        )

    def __str__(self) -> str:
        return f"{self.metric} v{self.number}"


class MeasurementQuerySet(models.QuerySet["Measurement"]):
    def since(self, day: date) -> MeasurementQuerySet:
        return self.filter(at__date__gte=day)


class Measurement(models.Model):
    """One reading. `at` is when it entered the population: its begin, or the day it is about."""

    class Source(models.TextChoices):
        ENTERED = "entered", "Entered"
        FILE = "file", "From a file"
        API = "api", "By a program"

    metric = models.ForeignKey(
        OutcomeMetric, on_delete=models.PROTECT, related_name="measurements", db_index=False
    )
    reference = models.CharField(max_length=120)
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    forecast = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    actual = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    holds = models.BooleanField(null=True)
    evidence = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=7, choices=Source.choices, default=Source.ENTERED)
    entered_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    exclusion_reason = models.CharField(max_length=200, blank=True)
    excluded_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    # Until somebody else has approved it, an exclusion counts for nothing.
    approved_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[models.Manager[Measurement]] = MeasurementQuerySet.as_manager()

    class Meta:
        ordering = ("-at", "-id")
        constraints = (
            models.UniqueConstraint(fields=["metric", "reference"], name="one_reading_of_a_thing"),
            models.CheckConstraint(
                name="exclusion_has_a_reason_and_a_person",
                condition=Q(approved_by__isnull=True)
                | (~Q(exclusion_reason="") & Q(excluded_by__isnull=False)),
            ),
        )
        indexes = (models.Index(fields=["metric", "at"], name="measurement_by_time"),)

    def __str__(self) -> str:
        return self.reference

    @property
    def is_excluded(self) -> bool:
        return self.approved_by_id is not None

    @property
    def is_proposed_for_exclusion(self) -> bool:
        return bool(self.exclusion_reason) and self.approved_by_id is None
