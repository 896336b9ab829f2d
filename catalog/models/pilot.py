"""Pilots: a service tried in a box of time, with lines fixed before it starts (ux.md 5.11)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from catalog.models.service import Service
from sla.models import Subject


class Line(models.TextChoices):
    """What the lines say of a reading, and what is decided in the end."""

    KEEP = "keep", "Keep"
    ADAPT = "adapt", "Adapt"
    DROP = "drop", "Drop"


class PilotQuerySet(models.QuerySet["Pilot"]):
    def running(self) -> PilotQuerySet:
        """Neither at their end nor decided."""
        return self.filter(ended_at=None)

    def to_decide(self) -> PilotQuerySet:
        """The box of time is over, and the verdict is owed."""
        return self.filter(ended_at__isnull=False, decided_at=None)

    def decided(self) -> PilotQuerySet:
        return self.filter(decided_at__isnull=False)

    def with_people(self) -> PilotQuerySet:
        return self.select_related("service__current", "decider", "decided_by", "subject")


class Pilot(models.Model):
    """A trial with an end date. From its start on only its end and its verdict are written."""

    LONGEST = timedelta(weeks=6)
    USUAL = timedelta(weeks=4)

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="pilots")
    subject = models.OneToOneField(Subject, on_delete=models.PROTECT, related_name="pilot")
    hypothesis = models.TextField()
    scope = models.CharField(max_length=200)
    starts_on = models.DateField()
    ends_on = models.DateField()
    decider = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="pilots_to_decide"
    )
    check_in_days = models.PositiveSmallIntegerField(default=7)
    budget = models.CharField(max_length=80, blank=True)
    set_up_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    set_up_at = models.DateTimeField()
    # The pilot that this one was adapted from.
    before = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="after")
    ended_at = models.DateTimeField(null=True)
    early_reason = models.CharField(max_length=400, blank=True)
    verdict = models.CharField(max_length=5, choices=Line.choices, blank=True)
    suggested = models.CharField(max_length=5, choices=Line.choices, blank=True)
    reason = models.TextField(blank=True)
    learned = models.TextField(blank=True)
    next_step = models.TextField(blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[Pilot]] = PilotQuerySet.as_manager()

    class Meta:
        ordering = ("-starts_on", "-id")
        constraints = (
            models.CheckConstraint(
                name="pilot_ends_after_it_starts", condition=Q(ends_on__gt=F("starts_on"))
            ),
            models.CheckConstraint(
                name="verdict_has_a_reason_and_a_name",
                condition=Q(verdict="", decided_at__isnull=True)
                | (
                    ~Q(verdict="")
                    & ~Q(reason="")
                    & Q(decided_at__isnull=False, decided_by__isnull=False)
                    & Q(ended_at__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="pilot_is_checked_in_a_rhythm", condition=Q(check_in_days__range=(1, 21))
            ),
        )

    def __str__(self) -> str:
        return f"Pilot {self.pk}"

    @property
    def length(self) -> int:
        """Days from the first to the last, both counted."""
        return (self.ends_on - self.starts_on).days + 1

    def day(self, today: date) -> int:
        """Which day it is; 0 before the start, and never more than the last."""
        return max(0, min((today - self.starts_on).days + 1, self.length))

    def check_in_dates(self) -> list[date]:
        """When somebody should look: every so many days, up to the end."""
        days = range(self.check_in_days, self.length + 1, self.check_in_days)
        return [self.starts_on + timedelta(days=number - 1) for number in days]


class PilotCriterion(models.Model):
    """One measure with its lines: keep from here on, drop up to there, adapt in between."""

    pilot = models.ForeignKey(Pilot, on_delete=models.CASCADE, related_name="criteria")
    position = models.PositiveSmallIntegerField()
    measure = models.CharField(max_length=120)
    unit = models.CharField(max_length=30, blank=True)
    baseline = models.DecimalField(max_digits=12, decimal_places=2)
    target = models.DecimalField(max_digits=12, decimal_places=2)
    keep_at = models.DecimalField(max_digits=12, decimal_places=2)
    drop_at = models.DecimalField(max_digits=12, decimal_places=2)

    objects: ClassVar[models.Manager[PilotCriterion]] = models.Manager()

    class Meta:
        ordering = ("pilot", "position")
        constraints = (
            models.UniqueConstraint(fields=["pilot", "position"], name="one_measure_per_place"),
            models.CheckConstraint(
                name="lines_stand_in_the_order_of_the_target",
                condition=Q(target__gt=F("baseline"), keep_at__gt=F("drop_at"))
                | Q(target__lt=F("baseline"), keep_at__lt=F("drop_at")),
            ),
        )

    def __str__(self) -> str:
        return self.measure

    @property
    def is_upwards(self) -> bool:
        """Whether more is better."""
        return self.target > self.baseline

    def line(self, value: Decimal) -> Line:
        """Which line this reading meets."""
        if value >= self.keep_at if self.is_upwards else value <= self.keep_at:
            return Line.KEEP
        is_dropped = value <= self.drop_at if self.is_upwards else value >= self.drop_at
        return Line.DROP if is_dropped else Line.ADAPT


class PilotStep(models.Model):
    """How far the pilot reaches. The next step is opened once this one has feedback."""

    pilot = models.ForeignKey(Pilot, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    words = models.CharField(max_length=160)
    opened_at = models.DateTimeField(null=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects: ClassVar[models.Manager[PilotStep]] = models.Manager()

    class Meta:
        ordering = ("pilot", "position")
        constraints = (
            models.UniqueConstraint(fields=["pilot", "position"], name="one_step_per_place"),
        )

    def __str__(self) -> str:
        return self.words


class StepFeedback(models.Model):
    """What somebody says about a step who was in it."""

    step = models.ForeignKey(PilotStep, on_delete=models.CASCADE, related_name="feedback")
    text = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects: ClassVar[models.Manager[StepFeedback]] = models.Manager()

    class Meta:
        ordering = ("step", "at", "id")

    def __str__(self) -> str:
        return self.text[:60]


class CheckIn(models.Model):
    """A short look during a pilot: readings, what worked, what did not, one change to try."""

    pilot = models.ForeignKey(Pilot, on_delete=models.CASCADE, related_name="check_ins")
    on = models.DateField()
    worked = models.TextField(blank=True)
    did_not = models.TextField(blank=True)
    to_try = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects: ClassVar[models.Manager[CheckIn]] = models.Manager()

    class Meta:
        ordering = ("pilot", "-at", "-id")

    def __str__(self) -> str:
        return f"Check-in of {self.on}"


class Reading(models.Model):
    """The value of one measure at a check-in. A measure that was not read has none."""

    check_in = models.ForeignKey(CheckIn, on_delete=models.CASCADE, related_name="readings")
    criterion = models.ForeignKey(PilotCriterion, on_delete=models.CASCADE, related_name="readings")
    value = models.DecimalField(max_digits=12, decimal_places=2)

    objects: ClassVar[models.Manager[Reading]] = models.Manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["check_in", "criterion"], name="one_reading_per_measure"
            ),
        )

    def __str__(self) -> str:
        return f"{self.value}"
