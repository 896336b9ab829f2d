"""Solution language: the rules by version, what was shown to whom, what analysts say of it."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from intake.models.work_request import WorkRequest


class RulesVersionQuerySet(models.QuerySet["RulesVersion"]):
    def published(self) -> RulesVersionQuerySet:
        return self.filter(state=RulesVersion.State.PUBLISHED).order_by("-decided_at", "-pk")

    def proposed(self) -> RulesVersionQuerySet:
        return self.filter(state=RulesVersion.State.PROPOSED).order_by("-pk")


class RulesVersion(models.Model):
    """A whole set of rules that one person proposed and another published.

    `figures` are those of the labelled sets at the proposal: by set, before and after.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", "Waits for a second person"
        PUBLISHED = "published", "Published"
        WITHDRAWN = "withdrawn", "Taken back"

    number = models.PositiveIntegerField(unique=True)
    # The version that was changed; another one in force meanwhile makes this one stale.
    base = models.PositiveIntegerField()
    # One JSON text: later lexicons win and parts use those above, and jsonb keeps no order.
    document = models.JSONField()
    note = models.CharField(max_length=300)
    figures = models.JSONField(default=dict)
    state = models.CharField(max_length=9, choices=State.choices, default=State.PROPOSED)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[RulesVersion]] = RulesVersionQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="rules_are_published_by_a_second_person",
                condition=~Q(state="published")
                | (Q(decided_by__isnull=False) & ~Q(decided_by=models.F("proposed_by"))),
            ),
        )

    def __str__(self) -> str:
        return f"Rules {self.number}"

    @property
    def in_order(self) -> dict[str, Any]:
        """The rules, with every section and name in the order they were written."""
        rules: dict[str, Any] = json.loads(self.document)
        return rules


class Reframe(models.Model):
    """The page "Let us look behind this" of one draft: what it marked, and how it ended."""

    class Ending(models.TextChoices):
        SENTENCE = "sentence", "Used the sentence"
        OWN = "own", "Wrote it themselves"
        KEPT = "kept", "Kept their words"
        MISFIT = "misfit", "Said that it does not fit"

    work = models.OneToOneField(WorkRequest, on_delete=models.CASCADE, related_name="reframe")
    rules = models.PositiveIntegerField()
    rule = models.CharField(max_length=20)
    group = models.CharField(max_length=20)
    level = models.PositiveSmallIntegerField()
    text = models.TextField()
    words = models.TextField()
    shown_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ending = models.CharField(max_length=8, choices=Ending.choices, blank=True)
    answers = models.JSONField(default=dict)
    # The sentence as the person took it or wrote it.
    sentence = models.TextField(blank=True)

    objects: ClassVar[models.Manager[Reframe]] = models.Manager()

    def __str__(self) -> str:
        return f"{self.rule}: {self.words}"


class SolutionLabel(models.Model):
    """What an analyst says of a request: it asks for a solution, or it does not."""

    work = models.OneToOneField(
        WorkRequest, on_delete=models.CASCADE, related_name="solution_label"
    )
    is_solution = models.BooleanField()
    labelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    labelled_at = models.DateTimeField(db_index=True)

    objects: ClassVar[models.Manager[SolutionLabel]] = models.Manager()

    def __str__(self) -> str:
        return "asks for a solution" if self.is_solution else "does not ask for a solution"


class JudgedPair(models.Model):
    """Two requests that a person of the PMO called related, or not similar at all."""

    class Verdict(models.TextChoices):
        RELATED = "related", "Related"
        DIFFERENT = "different", "Not similar"

    # The older one is `first`, so that a pair is stored once.
    first = models.ForeignKey(WorkRequest, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(WorkRequest, on_delete=models.CASCADE, related_name="+")
    verdict = models.CharField(max_length=9, choices=Verdict.choices)
    judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    judged_at = models.DateTimeField()

    objects: ClassVar[models.Manager[JudgedPair]] = models.Manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["first", "second"], name="one_verdict_per_pair"),
            models.CheckConstraint(
                name="older_one_first", condition=Q(first__lt=models.F("second"))
            ),
        )

    def __str__(self) -> str:
        return f"{self.first_id} and {self.second_id}: {self.verdict}"
