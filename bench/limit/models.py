"""A request with what the queue shows, its next promise, what happened to it, and a notice."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Department(models.Model):
    name = models.CharField(max_length=80)


class Tier(models.Model):
    name = models.CharField(max_length=80)


class Hours(models.Model):
    """When work is done: for each weekday from Monday on, how many hours."""

    week = models.JSONField()


class Counter(models.Model):
    name = models.CharField(max_length=20, unique=True)
    value = models.IntegerField()


class Ask(models.Model):
    number = models.IntegerField(null=True, unique=True)
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


class Second(models.Model):
    """The second promise of a request, beside its clock."""

    ask = models.OneToOneField(Ask, models.CASCADE)
    due_at = models.DateTimeField()
    next_event_at = models.DateTimeField(null=True)


class Event(models.Model):
    ask = models.ForeignKey(Ask, models.CASCADE)
    kind = models.CharField(max_length=30)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    at = models.DateTimeField()


class Notice(models.Model):
    key = models.CharField(max_length=100, unique=True)
    to = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    created_at = models.DateTimeField()
