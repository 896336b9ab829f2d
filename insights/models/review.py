"""The monthly review: figures frozen when it is published, and decisions that end by name."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from catalog.models import Pilot, Service

USER = settings.AUTH_USER_MODEL


class ReviewQuerySet(models.QuerySet["Review"]):
    def published(self) -> ReviewQuerySet:
        return self.filter(published_at__isnull=False)

    def visible_to(self, user: User) -> ReviewQuerySet:
        """Drafts are the PMO's; sponsors read what is published."""
        if user.is_pmo:
            return self
        return self.published() if user.is_sponsor else self.none()


class Review(models.Model):
    """One month, looked at by the sponsors. `figures` is plain data, as the page shows it.

    While it is a draft the figures follow the records; from publishing on they never change.
    """

    month = models.DateField(unique=True)
    opened_at = models.DateTimeField()
    headline = models.CharField(max_length=400, blank=True)
    figures = models.JSONField(default=dict)
    figured_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    # None where nobody published it in time and the portal did.
    published_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[models.Manager[Review]] = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ("-month",)
        constraints = (
            models.CheckConstraint(name="review_is_of_a_month", condition=Q(month__day=1)),
            models.CheckConstraint(
                name="published_review_has_a_headline",
                condition=Q(published_at__isnull=True) | ~Q(headline=""),
            ),
        )

    def __str__(self) -> str:
        return f"{self.month:%B %Y}"

    def get_absolute_url(self) -> str:
        return reverse("review", args=[self.key])

    @property
    def key(self) -> str:
        """Such as 2026-09: how addresses name it."""
        return f"{self.month:%Y-%m}"

    @property
    def is_published(self) -> bool:
        return self.published_at is not None


class ReviewRows(models.Model):
    """The requests that one figure of a review was counted from, kept as they were counted."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="rows")
    key = models.CharField(max_length=40)
    works = models.JSONField(default=list)

    objects: ClassVar[models.Manager[ReviewRows]] = models.Manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["review", "key"], name="one_list_of_rows_per_figure"),
        )

    def __str__(self) -> str:
        return f"{self.key} of {self.review}"


class ReviewSection(models.Model):
    """What the month says about one service, and what the lead adds to missed promises."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="sections")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    figures = models.JSONField(default=dict)
    reason = models.CharField(max_length=120, blank=True)
    doing = models.CharField(max_length=120, blank=True)

    objects: ClassVar[models.Manager[ReviewSection]] = models.Manager()

    class Meta:
        ordering = ("service__position", "service__slug")
        constraints = (
            models.UniqueConstraint(fields=["review", "service"], name="one_section_per_service"),
        )

    def __str__(self) -> str:
        return f"{self.service} in {self.review}"


class ReviewDecisionQuerySet(models.QuerySet["ReviewDecision"]):
    def open(self) -> ReviewDecisionQuerySet:
        return self.filter(decided_at=None)


class ReviewDecision(models.Model):
    """One thing that ends in keep, change or retire: a service, a promise or a pilot."""

    class Ending(models.TextChoices):
        KEEP = "keep", "Keep"
        CHANGE = "change", "Change"
        RETIRE = "retire", "Retire"

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="decisions")
    # The same thing is asked once in a review: such as "service:3" or "metric:7".
    key = models.CharField(max_length=40)
    position = models.PositiveSmallIntegerField(default=0)
    question = models.CharField(max_length=120)
    service = models.ForeignKey(Service, null=True, on_delete=models.PROTECT, related_name="+")
    pilot = models.ForeignKey(Pilot, null=True, on_delete=models.PROTECT, related_name="+")
    suggested = models.CharField(max_length=6, choices=Ending.choices)
    why = models.CharField(max_length=120)
    answer_by = models.DateField()
    ending = models.CharField(max_length=6, choices=Ending.choices, blank=True)
    note = models.CharField(max_length=200, blank=True)
    decider = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    # The day of the meeting it was decided in, where the lead wrote it down.
    met_on = models.DateField(null=True)
    recorded_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    owner = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField(null=True)
    came_of_it = models.CharField(max_length=200, blank=True)
    came_of_it_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[ReviewDecision]] = ReviewDecisionQuerySet.as_manager()

    class Meta:
        ordering = ("position", "id")
        constraints = (
            models.UniqueConstraint(fields=["review", "key"], name="one_question_per_thing"),
            models.CheckConstraint(
                name="review_decision_has_a_name_an_owner_and_dates",
                condition=Q(ending="", decided_at__isnull=True)
                | (
                    ~Q(ending="")
                    & Q(
                        decided_at__isnull=False,
                        decider__isnull=False,
                        owner__isnull=False,
                        due_on__isnull=False,
                    )
                ),
            ),
        )

    def __str__(self) -> str:
        return self.question

    @property
    def is_open(self) -> bool:
        return self.decided_at is None

    @property
    def decided_on(self) -> date | None:
        return self.met_on or (self.decided_at.date() if self.decided_at else None)
