"""Working hours: calendars and their versions."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models


class BusinessCalendar(models.Model):
    """Opening hours; `version` is the newest of its versions, `digest` names its hours."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=80)
    version = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)
    is_archived = models.BooleanField(default=False)

    objects: ClassVar[models.Manager[BusinessCalendar]] = models.Manager()

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class CalendarVersion(models.Model):
    """The hours of a calendar as one document, never edited in place (sla-spec 1.1)."""

    calendar = models.ForeignKey(
        BusinessCalendar, on_delete=models.PROTECT, related_name="versions"
    )
    number = models.PositiveIntegerField()
    hours = models.JSONField()
    digest = models.CharField(max_length=64, default="")
    # The spans of the years around its saving, to notice when a new time zone database moves them.
    tzdata_version = models.CharField(max_length=20, blank=True)
    table_digest = models.CharField(max_length=64, blank=True)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(max_length=200, blank=True)

    objects: ClassVar[models.Manager[CalendarVersion]] = models.Manager()

    class Meta:
        ordering = ("calendar", "-number")
        constraints = (
            models.UniqueConstraint(fields=["calendar", "number"], name="one_hours_per_number"),
        )

    def __str__(self) -> str:
        return f"{self.calendar} v{self.number}"
