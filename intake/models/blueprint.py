"""How a blueprint comes about: its versions, their parts, who agreed, commented and signed.

What is in force stands in `Blueprint`. A version that was signed is never changed again; the
database itself refuses it (`intake.guards`).
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from intake.blueprints.parts import NUMBERS, Part
from intake.models.agreement import Blueprint
from intake.models.work_request import WorkRequest


class Side(models.TextChoices):
    """Who agrees and signs. An approver signs where they are neither of the two sides."""

    REQUESTER = "requester", "Requester"
    PMO = "pmo", "PMO"
    APPROVER = "approver", "Approver"


class BlueprintVersionQuerySet(models.QuerySet["BlueprintVersion"]):
    def open(self) -> BlueprintVersionQuerySet:
        """Being written: neither signed nor followed by another one."""
        return self.filter(signed_at=None, replaced_at=None)

    def signed(self) -> BlueprintVersionQuerySet:
        return self.filter(signed_at__isnull=False)


class BlueprintVersion(models.Model):
    """One text of a request's blueprint, from its opening to both signatures."""

    class Source(models.TextChoices):
        STANDARD = "standard", "From the service's standard"
        COPY = "copy", "Copied from another request"
        BLANK = "blank", "From a blank page"
        CHANGE = "change", "A change of the version before it"

    work = models.ForeignKey(
        WorkRequest, on_delete=models.CASCADE, related_name="blueprint_versions"
    )
    number = models.PositiveIntegerField()
    source = models.CharField(max_length=8, choices=Source.choices)
    reason = models.CharField(max_length=400, blank=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    opened_at = models.DateTimeField()
    # When both sides had agreed to every part.
    agreed_at = models.DateTimeField(null=True)
    # When a later version took its place before it was signed.
    replaced_at = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)
    # The fingerprint of the text that was signed.
    digest = models.CharField(max_length=64, blank=True)

    objects: ClassVar[models.Manager[BlueprintVersion]] = BlueprintVersionQuerySet.as_manager()

    class Meta:
        ordering = ("work", "-number")
        constraints = (
            models.UniqueConstraint(fields=["work", "number"], name="one_blueprint_per_number"),
            models.UniqueConstraint(
                fields=["work"],
                condition=Q(signed_at__isnull=True, replaced_at__isnull=True),
                name="one_open_blueprint",
            ),
            models.CheckConstraint(
                name="signed_blueprint_has_a_fingerprint",
                condition=Q(signed_at__isnull=True) | ~Q(digest=""),
            ),
        )

    def __str__(self) -> str:
        return f"Version {self.number}"

    @property
    def is_open(self) -> bool:
        return self.signed_at is None and self.replaced_at is None


class BlueprintPart(models.Model):
    """One text of one part. A change is a new row: a tick belongs to the words it was given to."""

    version = models.ForeignKey(BlueprintVersion, on_delete=models.CASCADE, related_name="parts")
    part = models.CharField(max_length=8, choices=Part.choices)
    edition = models.PositiveIntegerField(default=1)
    content = models.JSONField(default=dict)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    written_at = models.DateTimeField()
    requester_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    requester_at = models.DateTimeField(null=True)
    pmo_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    pmo_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[BlueprintPart]] = models.Manager()

    class Meta:
        ordering = ("version", "part", "-edition")
        constraints = (
            models.UniqueConstraint(
                fields=["version", "part", "edition"], name="one_text_per_edition"
            ),
        )

    def __str__(self) -> str:
        return f"Part {self.number}, {self.get_part_display()}"

    @property
    def number(self) -> int:
        return NUMBERS[self.part]

    @property
    def is_agreed(self) -> bool:
        return self.requester_at is not None and self.pmo_at is not None


class BlueprintSignature(models.Model):
    """Who agreed to a version, by name, for which side, and when."""

    version = models.ForeignKey(
        BlueprintVersion, on_delete=models.CASCADE, related_name="signatures"
    )
    side = models.CharField(max_length=9, choices=Side.choices)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects: ClassVar[models.Manager[BlueprintSignature]] = models.Manager()

    class Meta:
        ordering = ("version", "at", "id")
        constraints = (
            models.UniqueConstraint(fields=["version", "side"], name="one_signature_per_side"),
        )

    def __str__(self) -> str:
        return f"{self.person} for {self.version}"


class PartComment(models.Model):
    """A remark on a part; a thread is a remark and its answers. Resolved by either side."""

    work = models.ForeignKey(
        WorkRequest, on_delete=models.CASCADE, related_name="blueprint_comments"
    )
    part = models.CharField(max_length=8, choices=Part.choices)
    thread = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="answers")
    text = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    resolved_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[PartComment]] = models.Manager()

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return self.text[:60]


class PartLock(models.Model):
    """Who is writing in a part at the moment. It warns and holds nobody off."""

    work = models.ForeignKey(WorkRequest, on_delete=models.CASCADE, related_name="part_locks")
    part = models.CharField(max_length=8, choices=Part.choices)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField()

    objects: ClassVar[models.Manager[PartLock]] = models.Manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["work", "part"], name="one_writer_is_named_per_part"),
        )

    def __str__(self) -> str:
        return f"{self.person} in {self.part}"


class BlueprintDuty(models.Model):
    """A handoff or a time promise of the blueprint in force, with its clock while it is open.

    `key` names the same duty through all versions, and is the `part` of its clock.
    """

    class Kind(models.TextChoices):
        HANDOFF = "handoff", "Handoff"
        PROMISE = "promise", "Promise"

    blueprint = models.ForeignKey(Blueprint, on_delete=models.CASCADE, related_name="duties")
    kind = models.CharField(max_length=7, choices=Kind.choices)
    key = models.CharField(max_length=60)
    position = models.PositiveSmallIntegerField()
    lane = models.CharField(max_length=9, blank=True)
    words = models.CharField(max_length=600)
    within = models.CharField(max_length=40, blank=True)
    seconds = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects: ClassVar[models.Manager[BlueprintDuty]] = models.Manager()

    class Meta:
        ordering = ("blueprint", "kind", "position")
        constraints = (
            models.UniqueConstraint(fields=["blueprint", "kind", "key"], name="one_duty_per_key"),
        )

    def __str__(self) -> str:
        return self.words
