"""A request with what the queue shows, its next promise, and a notice."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Department(models.Model):
    name = models.CharField(max_length=80)


class Tier(models.Model):
    name = models.CharField(max_length=80)


class Ask(models.Model):
    title = models.CharField(max_length=120)
    text = models.TextField()
    state = models.CharField(max_length=9)
    requester = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="asks")
    department = models.ForeignKey(Department, models.PROTECT)
    analyst = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="claimed"
    )
    tier = models.ForeignKey(Tier, models.PROTECT, null=True)
    received_at = models.DateTimeField()
    queue_at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=["queue_at", "id"], condition=Q(state="open"), name="ask_queue"),
        )


class Clock(models.Model):
    ask = models.OneToOneField(Ask, models.CASCADE)
    due_at = models.DateTimeField()
    next_event_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(
                fields=["next_event_at", "id"],
                condition=Q(next_event_at__isnull=False),
                name="clock_next",
            ),
        )


class Notice(models.Model):
    key = models.CharField(max_length=100, unique=True)
    to = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    created_at = models.DateTimeField()
