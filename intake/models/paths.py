"""The decision path: by which steps a decision is made, and where that breaks (ux.md 5.4)."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from intake.models.work_request import WorkRequest
from intake.states import State

HOURS_OF: dict[str, int] = {"hours": 1, "days": 8, "weeks": 40}
HOURS_A_DAY = HOURS_OF["days"]


class DecisionPath(models.Model):
    """One path of a request: as it is today, or as both sides agreed it shall be."""

    class Version(models.TextChoices):
        TODAY = "today", "Today"
        AGREED = "agreed", "Agreed"

    work = models.ForeignKey(WorkRequest, on_delete=models.CASCADE, related_name="paths")
    version = models.CharField(max_length=6, choices=Version.choices, default=Version.TODAY)
    # A change that was based on an older number is a conflict, never an overwrite.
    number = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    objects: ClassVar[models.Manager[DecisionPath]] = models.Manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["work", "version"], name="one_path_per_version"),
        )

    def __str__(self) -> str:
        return f"How it is decided: {self.get_version_display().lower()}"


class PathStepQuerySet(models.QuerySet["PathStep"]):
    def breaks(self) -> PathStepQuerySet:
        """Where the paths of received requests break today."""
        today = self.filter(is_broken=True, path__version=DecisionPath.Version.TODAY)
        return today.exclude(path__work__state=State.DRAFT)


class PathStep(models.Model):
    """One step, and how long it usually waits before it begins."""

    class Role(models.TextChoices):
        ASK = "ask", "ask"
        GIVE = "give", "give data"
        PREPARE = "prepare", "prepare"
        DECIDE = "decide", "decide"
        CARRY_OUT = "carry-out", "carry out"

    class Unit(models.TextChoices):
        HOURS = "hours", "hours"
        DAYS = "days", "days"
        WEEKS = "weeks", "weeks"
        NONE = "none", "does not wait"
        UNSURE = "unsure", "not sure"

    class Pain(models.IntegerChoices):
        FINE = 1, "fine"
        A_BIT = 2, "a bit"
        ANNOYING = 3, "annoying"
        COSTLY = 4, "costly"
        STOPS_US = 5, "stops us"

    class Break(models.TextChoices):
        WAITS = "waits", "waits too long"
        DATA = "data", "data missing or wrong"
        NOBODY = "nobody", "nobody owns it"
        TWICE = "twice", "decided twice"
        LATE = "late", "comes too late"
        WRONG_PERSON = "wrong-person", "asked the wrong person"
        OTHER = "other", "other"

    path = models.ForeignKey(DecisionPath, on_delete=models.CASCADE, related_name="steps")
    # Kept without gaps by the services, which lock the path.
    position = models.PositiveSmallIntegerField()
    what = models.CharField(max_length=60)
    actor = models.CharField(max_length=40)
    role = models.CharField(max_length=9, choices=Role.choices)
    moment = models.CharField(max_length=40, blank=True)
    data = models.CharField(max_length=80, blank=True)
    wait_number = models.PositiveSmallIntegerField(null=True)
    wait_unit = models.CharField(max_length=6, choices=Unit.choices)
    # Working hours, for adding up: 8 are a day and 40 a week. Empty: not known.
    wait_hours = models.PositiveIntegerField(null=True)
    pain = models.PositiveSmallIntegerField(choices=Pain.choices)
    is_broken = models.BooleanField(default=False)
    break_kind = models.CharField(max_length=12, choices=Break.choices, blank=True)
    break_cost = models.CharField(max_length=120, blank=True)

    objects: ClassVar[models.Manager[PathStep]] = PathStepQuerySet.as_manager()

    class Meta:
        ordering = ("path", "position", "id")
        constraints = (
            models.CheckConstraint(
                name="a_break_says_how", condition=Q(is_broken=False) | ~Q(break_kind="")
            ),
            models.CheckConstraint(name="pain_is_one_to_five", condition=Q(pain__range=(1, 5))),
        )
        indexes = (
            models.Index(fields=["break_kind"], condition=Q(is_broken=True), name="path_breaks"),
        )

    def __str__(self) -> str:
        return f"{self.position}. {self.what}"

    @property
    def decides(self) -> bool:
        return self.role == self.Role.DECIDE

    @property
    def wait_words(self) -> str:
        """Such as "3 days", "does not wait" or "not sure"."""
        if self.wait_number is None or self.wait_unit not in HOURS_OF:
            return str(self.get_wait_unit_display())
        unit = self.wait_unit.removesuffix("s") if self.wait_number == 1 else self.wait_unit
        return f"{self.wait_number} {unit}"

    @property
    def role_words(self) -> str:
        """What they do here, after their name: "asks", "gives data"."""
        verb, _, rest = str(self.get_role_display()).partition(" ")
        verb = "carries" if verb == "carry" else f"{verb}s"
        return f"{verb} {rest}".strip()


def hours_of(number: int | None, unit: str) -> int | None:
    """Working hours of a wait; None where nobody knows."""
    if unit == PathStep.Unit.UNSURE:
        return None
    return (number or 0) * HOURS_OF.get(unit, 0)
