"""Talks with the people whom a service is for (product.md, capability 43)."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from catalog.models.service import Service


class CustomerContact(models.Model):
    """One contact with customers of the service: when, with whom, and what was heard."""

    class Kind(models.TextChoices):
        TALK = "talk", "A talk"
        VISIT = "visit", "Watched them work"
        SURVEY = "survey", "A survey"
        REVIEW = "review", "A review together"

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="contacts")
    happened_on = models.DateField()
    kind = models.CharField(max_length=6, choices=Kind.choices, default=Kind.TALK)
    who = models.CharField(max_length=160)
    heard = models.TextField(max_length=2000)
    logged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    logged_at = models.DateTimeField()

    objects: ClassVar[models.Manager[CustomerContact]] = models.Manager()

    class Meta:
        ordering = ("-happened_on", "-id")
        constraints = (
            models.CheckConstraint(
                name="contact_says_with_whom_and_what", condition=~Q(who="") & ~Q(heard="")
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} with {self.who}"
