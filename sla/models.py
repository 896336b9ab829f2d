"""Calendars, policies and clocks. What a clock's columns say is a cache of its commands."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class BusinessCalendar(models.Model):
    """Opening hours; `version` is the newest of its versions."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=80)
    version = models.PositiveIntegerField(default=0)
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
    tzdata_version = models.CharField(max_length=20, blank=True)
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


class SlaPolicy(models.Model):
    """A set of time promises; a tier, or a lane, points at it."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=80)

    objects: ClassVar[models.Manager[SlaPolicy]] = models.Manager()

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class PolicyVersion(models.Model):
    """What a policy promised from one moment on, never edited in place (sla-spec 2)."""

    policy = models.ForeignKey(SlaPolicy, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    valid_from = models.DateTimeField()
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.CharField(max_length=200, blank=True)

    objects: ClassVar[models.Manager[PolicyVersion]] = models.Manager()

    class Meta:
        ordering = ("policy", "-number")
        constraints = (
            models.UniqueConstraint(fields=["policy", "number"], name="one_policy_per_number"),
        )

    def __str__(self) -> str:
        return f"{self.policy} v{self.number}"


class SlaTarget(models.Model):
    """One promise: working seconds in a calendar, with its thresholds."""

    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="targets")
    metric = models.CharField(max_length=20)
    target_seconds = models.PositiveIntegerField()
    calendar = models.ForeignKey(BusinessCalendar, on_delete=models.PROTECT, related_name="+")
    thresholds = models.JSONField(default=list)

    objects: ClassVar[models.Manager[SlaTarget]] = models.Manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["version", "metric"], name="one_target_per_metric"),
            models.CheckConstraint(
                name="target_of_a_second_to_ten_years",
                condition=Q(target_seconds__gte=1, target_seconds__lte=315_360_000),
            ),
        )

    def __str__(self) -> str:
        return f"{self.metric} in {self.target_seconds} s"


class Subject(models.Model):
    """What a clock times; only its owner above knows what that is."""

    kind = models.CharField(max_length=12)
    label = models.CharField(max_length=60, blank=True)
    dates_changed = models.BooleanField(default=False)

    objects: ClassVar[models.Manager[Subject]] = models.Manager()

    def __str__(self) -> str:
        return self.label or f"{self.kind} {self.pk}"


class Clock(models.Model):
    """One cycle of one time promise (sla-spec 3). Amounts are microseconds of working time."""

    class State(models.TextChoices):
        NOT_STARTED = "not_started", "Not started"
        RUNNING = "running", "Running"
        PAUSED = "paused", "Paused"
        STOPPED = "stopped", "Stopped"
        CANCELLED = "cancelled", "Cancelled"

    class Outcome(models.TextChoices):
        MET = "met", "Met"
        MISSED = "missed", "Missed"

    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="clocks")
    metric = models.CharField(max_length=20)
    part = models.CharField(max_length=60, blank=True)
    cycle = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=11, choices=State.choices, default=State.NOT_STARTED)
    target = models.ForeignKey(SlaTarget, on_delete=models.PROTECT, related_name="clocks")
    target_seconds = models.PositiveIntegerField()
    calendar = models.ForeignKey(BusinessCalendar, on_delete=models.PROTECT, related_name="clocks")
    computed_calendar_version = models.PositiveIntegerField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    worked_us = models.BigIntegerField(default=0)
    running_since = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    pause_reasons = models.JSONField(default=list)
    due_at = models.DateTimeField(null=True)
    next_event_at = models.DateTimeField(null=True)
    fired = models.PositiveSmallIntegerField(default=0)
    breached_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=6, choices=Outcome.choices, blank=True)
    lock_version = models.PositiveIntegerField(default=0)
    settle_failures = models.PositiveSmallIntegerField(default=0)

    objects: ClassVar[models.Manager[Clock]] = models.Manager()

    class Meta:
        ordering = ("subject", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["subject", "metric", "part", "cycle"], name="one_clock_per_cycle"
            ),
            models.CheckConstraint(
                name="clock_state",
                condition=Q(state__in=["not_started", "running", "paused", "stopped", "cancelled"]),
            ),
            models.CheckConstraint(
                name="only_running_clocks_have_events",
                condition=Q(state="running") | Q(next_event_at__isnull=True),
            ),
            models.CheckConstraint(
                name="clock_ends_after_its_start",
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
            ),
        )
        indexes = (
            models.Index(
                fields=["next_event_at", "id"],
                condition=Q(state="running", next_event_at__isnull=False),
                name="clock_next_event",
            ),
            models.Index(
                fields=["calendar", "computed_calendar_version"],
                condition=Q(state__in=["running", "paused"]),
                name="clock_calendar_version",
            ),
            models.Index(fields=["state", "due_at"], name="clock_state_due"),
        )

    def __str__(self) -> str:
        return f"{self.metric} {self.cycle}"


class ClockCommand(models.Model):
    """What was done to a clock and when; the history that its columns are derived from."""

    clock = models.ForeignKey(Clock, on_delete=models.CASCADE, related_name="commands")
    seq = models.PositiveIntegerField()
    type = models.CharField(max_length=10)
    at = models.DateTimeField()
    raw_at = models.DateTimeField()
    key = models.CharField(max_length=120, null=True, unique=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(max_length=200, blank=True)
    payload = models.JSONField(default=dict)
    is_ignored = models.BooleanField(default=False)

    objects: ClassVar[models.Manager[ClockCommand]] = models.Manager()

    class Meta:
        ordering = ("clock", "seq")
        constraints = (
            models.UniqueConstraint(fields=["clock", "seq"], name="one_command_per_seq"),
        )

    def __str__(self) -> str:
        return f"{self.type} {self.seq}"


class ClockEvent(models.Model):
    """A threshold that became a fact: recorded once per clock, cycle and threshold."""

    class Kind(models.TextChoices):
        WARN = "warn", "Due soon"
        BREACH = "breach", "Missed"
        ESCALATE = "escalate", "Escalated"

    clock = models.ForeignKey(Clock, on_delete=models.CASCADE, related_name="events")
    cycle = models.PositiveIntegerField()
    threshold_key = models.CharField(max_length=30)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    due_at = models.DateTimeField()
    effective_at = models.DateTimeField()
    detected_at = models.DateTimeField()
    cause = models.CharField(max_length=8, default="time")
    is_notified = models.BooleanField(default=False)
    superseded_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[ClockEvent]] = models.Manager()

    class Meta:
        ordering = ("effective_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["clock", "cycle", "threshold_key"],
                condition=Q(superseded_at__isnull=True),
                name="one_live_event_per_threshold",
            ),
        )
        indexes = (
            models.Index(fields=["effective_at"], name="event_effective"),
            models.Index(fields=["id"], condition=Q(is_notified=False), name="event_to_tell"),
        )

    def __str__(self) -> str:
        return f"{self.threshold_key} of {self.clock_id}"
