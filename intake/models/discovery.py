"""The talk about a need: when, what about, what was found, and what was agreed (ux.md 5.6)."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from intake.models.framing import NeedVersion
from intake.models.work_request import WorkRequest

PERSON = settings.AUTH_USER_MODEL


class Session(models.Model):
    """One talk of a request, in a meeting, on a call or in writing over days."""

    class Length(models.IntegerChoices):
        SHORT = 25, "25 minutes"
        LONG = 50, "50 minutes"

    work = models.ForeignKey(WorkRequest, on_delete=models.CASCADE, related_name="sessions")
    number = models.PositiveSmallIntegerField()
    length = models.PositiveSmallIntegerField(choices=Length.choices, default=Length.SHORT)
    # What the analyst proposed, as ISO instants; the requester may name one of their own.
    slots = models.JSONField(default=list)
    place = models.CharField(max_length=200, blank=True)
    people = models.CharField(max_length=300, blank=True)
    starts_at = models.DateTimeField(null=True)
    chosen_by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    # While true the proposal's clock waits for the slot: the requester picked the later date.
    pauses_clock = models.BooleanField(default=False)
    planned_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    planned_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    agreed = models.TextField(blank=True)
    next_step = models.CharField(max_length=200, blank=True)
    next_owner = models.CharField(max_length=120, blank=True)
    next_on = models.DateField(null=True)

    objects: ClassVar[models.Manager[Session]] = models.Manager()

    class Meta:
        ordering = ("work", "number")
        constraints = (
            models.UniqueConstraint(fields=["work", "number"], name="one_session_per_number"),
            models.CheckConstraint(
                name="a_closed_session_says_what_was_agreed",
                condition=Q(closed_at__isnull=True) | ~Q(agreed=""),
            ),
        )
        indexes = (
            models.Index(
                fields=["starts_at"], condition=Q(pauses_clock=True), name="session_pauses"
            ),
        )

    def __str__(self) -> str:
        return f"Talk {self.number} of {self.work}"

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class AgendaPoint(models.Model):
    """Something to talk about. It came from the request itself, the library, or a person."""

    class Source(models.TextChoices):
        OPEN = "open", "Left to find out together"
        CONTRADICTION = "contradiction", "Does not fit together"
        LIBRARY = "library", "From the question library"
        ADDED = "added", "Added"

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="points")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=300)
    source = models.CharField(max_length=13, choices=Source.choices)
    # What it was built from; a point never comes twice.
    key = models.CharField(max_length=60, blank=True)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[AgendaPoint]] = models.Manager()

    class Meta:
        ordering = ("session", "position", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["session", "key"], condition=~Q(key=""), name="one_point_per_key"
            ),
        )

    def __str__(self) -> str:
        return self.text


class WhyStep(models.Model):
    """One rung of the ladder of whys; one of a request is the root that is worked on."""

    class Kind(models.TextChoices):
        CHALLENGE = "challenge", "Challenge"
        ASPIRATION = "aspiration", "Aspiration"
        NEED = "need", "Need nobody named"
        FACT = "fact", "Fact"
        GUESS = "guess", "Guess"

    work = models.ForeignKey(WorkRequest, on_delete=models.CASCADE, related_name="whys")
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="causes")
    text = models.CharField(max_length=300)
    said_by = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    is_root = models.BooleanField(default=False)
    added_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    objects: ClassVar[models.Manager[WhyStep]] = models.Manager()

    class Meta:
        ordering = ("work", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["work"], condition=Q(is_root=True), name="one_root_per_request"
            ),
            models.UniqueConstraint(
                fields=["work"], condition=Q(parent__isnull=True), name="one_ladder_per_request"
            ),
        )

    def __str__(self) -> str:
        return self.text


class SessionNote(models.Model):
    """What was found. Both sides read it, unless it is marked PMO only."""

    class Kind(models.TextChoices):
        CHALLENGE = "challenge", "Challenge"
        ASPIRATION = "aspiration", "Aspiration"
        CONSTRAINT = "constraint", "Limit"
        CONTEXT = "context", "Context"

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="notes")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    text = models.TextField()
    is_pmo_only = models.BooleanField(default=False)
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects: ClassVar[models.Manager[SessionNote]] = models.Manager()

    class Meta:
        ordering = ("session", "id")

    def __str__(self) -> str:
        return self.text


class ReadBack(models.Model):
    """One sentence of a play-back: the requester says yes, nearly or no to each."""

    class Part(models.TextChoices):
        NEED = "need", "Need"
        DECISION = "decision", "Decision"
        LIMIT = "limit", "Limit"
        SUCCESS = "success", "Success"

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="read_backs")
    need = models.ForeignKey(NeedVersion, on_delete=models.CASCADE, related_name="read_backs")
    part = models.CharField(max_length=8, choices=Part.choices)
    text = models.TextField()
    reply = models.CharField(max_length=6, choices=NeedVersion.Reply.choices, blank=True)
    correction = models.TextField(blank=True)

    objects: ClassVar[models.Manager[ReadBack]] = models.Manager()

    class Meta:
        ordering = ("need", "id")
        constraints = (
            models.UniqueConstraint(fields=["need", "part"], name="one_sentence_per_part"),
        )

    def __str__(self) -> str:
        return self.text
