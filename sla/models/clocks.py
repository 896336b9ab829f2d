"""Clocks and what they time. What a clock's columns say is a cache of its commands."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from sla.models.calendars import BusinessCalendar
from sla.models.policies import SlaTarget


class Subject(models.Model):
    """What a clock times; only its owner above knows what that is."""

    kind = models.CharField(max_length=12)
    label = models.CharField(max_length=60, blank=True)
    dates_changed = models.BooleanField(default=False)

    objects: ClassVar[models.Manager[Subject]] = models.Manager()

    def __str__(self) -> str:
        return self.label or f"{self.kind} {self.pk}"


class ClockQuerySet(models.QuerySet["Clock"]):
    def open(self) -> ClockQuerySet:
        """Neither stopped nor cancelled."""
        return self.filter(ended_at__isnull=True)

    def with_terms(self) -> ClockQuerySet:
        """Read what a clock is held to in the same query as the clock."""
        return self.select_related("target", "calendar")

    def behind_their_calendar(self) -> ClockQuerySet:
        """Open clocks that a correction of their calendar has not reached yet."""
        return self.open().filter(computed_calendar_version__lt=F("calendar__version"))

    def failing(self) -> ClockQuerySet:
        """Clocks that could not be settled when they were last looked at."""
        return self.filter(settle_failures__gt=0)


class Clock(models.Model):
    """One cycle of one time promise (sla-spec 3). Amounts are microseconds of working time.

    While it runs, `worked_us` is what was counted before `running_since`; else it is all.
    `fired` counts the thresholds that are facts: the first ones, in the order of their amounts.
    """

    class State(models.TextChoices):
        NOT_STARTED = "not_started", "Not started"
        RUNNING = "running", "Running"
        PAUSED = "paused", "Paused"
        STOPPED = "stopped", "Stopped"
        CANCELLED = "cancelled", "Cancelled"

    class Outcome(models.TextChoices):
        MET = "met", "Met"
        MISSED = "missed", "Missed"

    # No index of its own where another begins with the column.
    subject = models.ForeignKey(
        Subject, on_delete=models.CASCADE, related_name="clocks", db_index=False
    )
    metric = models.CharField(max_length=20)
    part = models.CharField(max_length=60, blank=True)
    cycle = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=11, choices=State.choices, default=State.NOT_STARTED)
    target = models.ForeignKey(
        SlaTarget, on_delete=models.PROTECT, related_name="clocks", db_index=False
    )
    target_seconds = models.PositiveIntegerField()
    calendar = models.ForeignKey(
        BusinessCalendar, on_delete=models.PROTECT, related_name="clocks", db_index=False
    )
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

    objects: ClassVar[models.Manager[Clock]] = ClockQuerySet.as_manager()

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
                name="running_clocks_know_since_when",
                condition=Q(state="running", running_since__isnull=False)
                | (~Q(state="running") & Q(running_since__isnull=True)),
            ),
            models.CheckConstraint(
                name="only_stopped_clocks_have_an_outcome",
                condition=Q(state="stopped", outcome__in=["met", "missed"])
                | (~Q(state="stopped") & Q(outcome="")),
            ),
            models.CheckConstraint(
                name="clock_ends_after_its_start",
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
            ),
        )
        indexes = (
            # Only running clocks have a next event, so the condition need not name the state;
            # SQLite would not use an index whose condition is compared with a parameter.
            models.Index(
                fields=["next_event_at", "id"],
                condition=Q(next_event_at__isnull=False),
                name="clock_next_event",
            ),
            models.Index(
                fields=["calendar", "computed_calendar_version", "id"],
                condition=Q(ended_at__isnull=True),
                name="clock_calendar_version",
            ),
            models.Index(
                fields=["id"], condition=Q(settle_failures__gt=0), name="clock_that_fails"
            ),
            models.Index(fields=["state", "due_at"], name="clock_state_due"),
            models.Index(
                fields=["paused_at", "id"],
                condition=Q(paused_at__isnull=False),
                name="clock_paused",
            ),
            # Which month a clock counts in (sla-spec 9).
            models.Index(
                fields=["ended_at"], condition=Q(ended_at__isnull=False), name="clock_ended"
            ),
            models.Index(
                fields=["breached_at"],
                condition=Q(breached_at__isnull=False),
                name="clock_breached",
            ),
        )

    def __str__(self) -> str:
        return f"{self.metric} {self.cycle}"

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.RUNNING, self.State.PAUSED)

    @property
    def is_breached(self) -> bool:
        return self.breached_at is not None
