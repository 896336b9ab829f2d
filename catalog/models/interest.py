"""Who wants to hear when a service becomes available."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from catalog.models.service import Service


class InterestQuerySet(models.QuerySet["Interest"]):
    def waiting(self) -> InterestQuerySet:
        """Those who were not told yet."""
        return self.filter(told_at=None)


class Interest(models.Model):
    """One person who asked to be told. The row stays when they were told."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="interests")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="interests"
    )
    joined_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[Interest]] = InterestQuerySet.as_manager()

    class Meta:
        ordering = ("joined_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["service", "person"], name="one_interest_per_person_and_service"
            ),
        )

    def __str__(self) -> str:
        return f"{self.person} in {self.service}"
