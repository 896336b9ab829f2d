"""What triage keeps beside a request: tags, views, problems, joined requests, judgements."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from intake.models.work_request import WorkRequest


class Tag(models.Model):
    """A word of the PMO's own on requests. Requesters never see it."""

    name = models.CharField(max_length=30)
    works = models.ManyToManyField(WorkRequest, related_name="tags")

    objects: ClassVar[models.Manager[Tag]] = models.Manager()

    class Meta:
        ordering = ("name",)
        constraints = (models.UniqueConstraint(Lower("name"), name="one_tag_per_name"),)

    def __str__(self) -> str:
        return self.name


class SavedView(models.Model):
    """A view of the queue under a name: what its address asks, order and columns included."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views"
    )
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=1000)
    is_shared = models.BooleanField(default=False)
    saved_at = models.DateTimeField()

    objects: ClassVar[models.Manager[SavedView]] = models.Manager()

    class Meta:
        ordering = ("is_shared", "name", "id")
        constraints = (
            models.UniqueConstraint("owner", Lower("name"), name="one_view_per_name_and_owner"),
        )

    def __str__(self) -> str:
        return self.name


class Problem(models.Model):
    """Something of which several requests are symptoms. It is closed together with them."""

    title = models.CharField(max_length=120)
    statement = models.TextField(blank=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[models.Manager[Problem]] = models.Manager()

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.title


class Symptom(models.Model):
    """A request as a symptom of a problem; it can be one of a single problem only."""

    problem = models.ForeignKey(Problem, on_delete=models.CASCADE, related_name="symptoms")
    work = models.OneToOneField(WorkRequest, on_delete=models.CASCADE, related_name="symptom")
    linked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    linked_at = models.DateTimeField()

    objects: ClassVar[models.Manager[Symptom]] = models.Manager()

    class Meta:
        ordering = ("work",)

    def __str__(self) -> str:
        return f"{self.work} of {self.problem}"


class Joining(models.Model):
    """One request joined with another, and what has to go back when that is undone.

    `added` lists the ids of the people who take part in the kept request because of it.
    """

    work = models.ForeignKey(WorkRequest, on_delete=models.CASCADE, related_name="joinings")
    into = models.ForeignKey(WorkRequest, on_delete=models.CASCADE, related_name="joined_here")
    words = models.TextField(blank=True)
    added = models.JSONField(default=list)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects: ClassVar[models.Manager[Joining]] = models.Manager()

    class Meta:
        ordering = ("work", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=["work"], condition=Q(undone_at__isnull=True), name="joined_once"
            ),
            models.CheckConstraint(
                name="nothing_is_joined_with_itself", condition=~Q(work=models.F("into"))
            ),
        )

    def __str__(self) -> str:
        return f"{self.work} into {self.into}"


class CostOfDelay(models.IntegerChoices):
    """What is lost while a request waits. The number is its points in the advice on priority."""

    NOTHING = 0, "Nothing is lost by waiting"
    LITTLE = 1, "A little is lost each week"
    MUCH = 2, "Much is lost each week"
    ALL = 3, "After its date it is worth nothing"


class Effect(models.IntegerChoices):
    """How far the result reaches. The number is its points in the advice on priority."""

    ONE = 0, "One person"
    TEAM = 1, "One team"
    DEPARTMENT = 2, "A whole department"
    SEVERAL = 3, "Several departments"


class Weighing(models.Model):
    """What a person of the PMO found a request to weigh, and the place they gave it."""

    class Priority(models.TextChoices):
        FIRST = "first", "Work on it first"
        NORMAL = "normal", "In its turn"
        LATER = "later", "It can wait"

    work = models.OneToOneField(WorkRequest, on_delete=models.CASCADE, related_name="weighing")
    cost_of_delay = models.PositiveSmallIntegerField(choices=CostOfDelay.choices, null=True)
    effect = models.PositiveSmallIntegerField(choices=Effect.choices, null=True)
    priority = models.CharField(max_length=6, choices=Priority.choices, blank=True)
    why = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects: ClassVar[models.Manager[Weighing]] = models.Manager()

    def __str__(self) -> str:
        return f"{self.get_priority_display()}"


class UrgencyJudgement(models.Model):
    """Whether a request was treated as urgent, why, what delay costs and what made it urgent.

    The root is confirmed when an accepted one closes, with the regular decision that could carry
    it next time.
    """

    class Root(models.TextChoices):
        NO_VIEW = "no-view", "There is no regular view of it"
        DATA_LATE = "data-late", "The data came late"
        SURPRISE = "surprise", "Something happened that nobody could foresee"
        ASKED_LATE = "asked-late", "It was asked too late"
        NOT_URGENT = "not-urgent", "It is not urgent"

    work = models.ForeignKey(
        WorkRequest, on_delete=models.CASCADE, related_name="urgency_judgements"
    )
    is_accepted = models.BooleanField()
    explanation = models.TextField()
    cost_of_delay = models.PositiveSmallIntegerField(choices=CostOfDelay.choices, null=True)
    root = models.CharField(max_length=10, choices=Root.choices, blank=True)
    carried_by = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    root_confirmed_at = models.DateTimeField(null=True)
    reversed_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[UrgencyJudgement]] = models.Manager()

    class Meta:
        ordering = ("work", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=["work"], condition=Q(reversed_at__isnull=True), name="one_judgement_stands"
            ),
        )

    def __str__(self) -> str:
        return "accepted" if self.is_accepted else "refused"
