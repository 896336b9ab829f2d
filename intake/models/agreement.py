"""From proposal to result: what was offered, chosen, agreed, delivered and found."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from catalog.models import ServiceTier, ServiceVersion
from intake.models.work_request import WorkRequest
from intake.states import State


class Proposal(models.Model):
    """A service with its tiers side by side, one of them suggested, put to the requester."""

    work = models.ForeignKey(WorkRequest, on_delete=models.CASCADE, related_name="proposals")
    version = models.ForeignKey(ServiceVersion, on_delete=models.PROTECT, related_name="+")
    suggested = models.ForeignKey(ServiceTier, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=400)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    refusal = models.TextField(blank=True)
    chosen = models.ForeignKey(
        ServiceTier, null=True, on_delete=models.PROTECT, related_name="choices"
    )
    chosen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    chosen_at = models.DateTimeField(null=True)
    choice_reason = models.CharField(max_length=400, blank=True)

    objects: ClassVar[models.Manager[Proposal]] = models.Manager()

    class Meta:
        ordering = ("work", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=["work"],
                condition=Q(withdrawn_at__isnull=True, chosen_at__isnull=True),
                name="one_open_proposal",
            ),
        )

    def __str__(self) -> str:
        return f"Proposal {self.pk}"


class Blueprint(models.Model):
    """How this request is served: what is in force of its newest signed version.

    A blueprint that was taken over with old requests has no version of its own.
    """

    work = models.OneToOneField(WorkRequest, on_delete=models.CASCADE, related_name="blueprint")
    tier = models.ForeignKey(ServiceTier, on_delete=models.PROTECT, related_name="+")
    trigger = models.CharField(max_length=400)
    handoffs = models.JSONField(default=list)
    promises = models.JSONField(default=list)
    measures = models.JSONField(default=list)
    agreed_at = models.DateTimeField()
    version = models.OneToOneField(
        "BlueprintVersion", null=True, on_delete=models.PROTECT, related_name="in_force_as"
    )

    objects: ClassVar[models.Manager[Blueprint]] = models.Manager()

    def __str__(self) -> str:
        return f"Blueprint of {self.work}"


class ExitCriterion(models.Model):
    """One sentence that says when the work is finished; ticked before the check."""

    blueprint = models.ForeignKey(Blueprint, on_delete=models.CASCADE, related_name="criteria")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=300)
    ticked_at = models.DateTimeField(null=True)
    ticked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects: ClassVar[models.Manager[ExitCriterion]] = models.Manager()

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(
                fields=["blueprint", "position"], name="one_criterion_per_place"
            ),
        )

    def __str__(self) -> str:
        return self.text


class Verdict(models.Model):
    """Why a request ended or was parked, in words, by name. Kept when it is reopened."""

    class Reason(models.TextChoices):
        """Why something does not go ahead; the words the requester reads first."""

        EXISTS = "exists", "It exists already"
        ELSEWHERE = "elsewhere", "Another team does this"
        NO_DECISION = "no-decision", "No decision depends on it now"
        NOT_NOW = "not-now", "Other work comes first this quarter"
        COST = "cost", "It would cost more than it brings"
        NOT_OURS = "not-ours", "It is not ours to decide"

    work = models.ForeignKey(WorkRequest, on_delete=models.CASCADE, related_name="verdicts")
    state = models.CharField(max_length=9, choices=State.choices)
    reason = models.CharField(max_length=12, choices=Reason.choices, blank=True)
    explanation = models.TextField(blank=True)
    alternative = models.TextField(blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()

    objects: ClassVar[models.Manager[Verdict]] = models.Manager()

    class Meta:
        ordering = ("work", "-id")
        constraints = (
            models.CheckConstraint(
                name="a_decline_says_why_and_what_else",
                condition=~Q(state=State.DECLINED)
                | (~Q(reason="") & ~Q(explanation="") & ~Q(alternative="")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_state_display()}"


class ResultCheck(models.Model):
    """Did it make a difference? An in-use effect, or the reason why none can be told."""

    class Difference(models.TextChoices):
        CLEARLY = "clearly", "Clearly"
        A_LITTLE = "a-little", "A little"
        NO = "no", "No"
        NOT_MEASURABLE = "not-measurable", "Not measurable"

    work = models.ForeignKey(WorkRequest, on_delete=models.CASCADE, related_name="results")
    difference = models.CharField(max_length=14, choices=Difference.choices)
    value_now = models.CharField(max_length=100, blank=True)
    sentence = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects: ClassVar[models.Manager[ResultCheck]] = models.Manager()

    class Meta:
        ordering = ("work", "-id")

    def __str__(self) -> str:
        return f"{self.get_difference_display()}"
