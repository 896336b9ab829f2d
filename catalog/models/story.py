"""What people say of a service they used."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from catalog.models.service import Service


class StoryQuerySet(models.QuerySet["Story"]):
    def shown(self) -> StoryQuerySet:
        return self.filter(hidden_at=None)


class Story(models.Model):
    """A few sentences of somebody who used the service, entered by the PMO.

    `source` names where it comes from, such as the reference of a request; empty when told.
    """

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="stories")
    text = models.CharField(max_length=400)
    who = models.CharField(max_length=120)
    source = models.CharField(max_length=40, blank=True)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    written_at = models.DateTimeField()
    hidden_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[Story]] = StoryQuerySet.as_manager()

    class Meta:
        ordering = ("-written_at", "-id")
        verbose_name_plural = "stories"
        constraints = (
            models.CheckConstraint(
                name="story_has_words_and_a_teller", condition=~Q(text="") & ~Q(who="")
            ),
        )

    def __str__(self) -> str:
        return f"{self.who} on {self.service}"
