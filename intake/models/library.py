"""The question library: what analysts ask in a talk, by theme, with what it was good for."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Count, Q

from intake.models.work_request import WorkRequest


class LibraryQuestionQuerySet(models.QuerySet["LibraryQuestion"]):
    def offered(self) -> LibraryQuestionQuerySet:
        return self.filter(retired_at=None)

    def with_counts(self) -> LibraryQuestionQuerySet:
        """How often each was asked, and how often that helped."""
        return self.annotate(used=Count("uses"), helped=Count("uses", filter=Q(uses__helped=True)))


class LibraryQuestion(models.Model):
    """One question as it reads now. Edits are kept as wordings; a retired one is asked no more."""

    theme = models.CharField(max_length=30)
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=200)
    number = models.PositiveSmallIntegerField(default=1)
    retired_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[LibraryQuestion]] = LibraryQuestionQuerySet.as_manager()

    class Meta:
        ordering = ("position", "id")

    def __str__(self) -> str:
        return self.text


class LibraryWording(models.Model):
    """How a question read, by version; nothing that was asked changes afterwards."""

    question = models.ForeignKey(LibraryQuestion, on_delete=models.CASCADE, related_name="wordings")
    number = models.PositiveSmallIntegerField()
    theme = models.CharField(max_length=30)
    text = models.CharField(max_length=200)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()

    objects: ClassVar[models.Manager[LibraryWording]] = models.Manager()

    class Meta:
        ordering = ("question", "-number")
        constraints = (
            models.UniqueConstraint(fields=["question", "number"], name="one_wording_per_number"),
        )

    def __str__(self) -> str:
        return self.text


class LibraryUse(models.Model):
    """A question of the library that was asked on a request, and whether it helped."""

    question = models.ForeignKey(LibraryQuestion, on_delete=models.CASCADE, related_name="uses")
    work = models.ForeignKey(WorkRequest, on_delete=models.CASCADE, related_name="+")
    text = models.CharField(max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    helped = models.BooleanField(null=True)

    objects: ClassVar[models.Manager[LibraryUse]] = models.Manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["question", "work"], name="one_use_per_request"),
        )

    def __str__(self) -> str:
        return self.text
