"""What surrounds the conversation: texts kept for it, mail that came in, and new dates."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import User
from intake.models.conversation import Message
from intake.models.work_request import WorkRequest
from sla.models import Clock


class SavedTextQuerySet(models.QuerySet["SavedText"]):
    def usable_by(self, user: User) -> SavedTextQuerySet:
        """A person's own texts and those that the PMO shares."""
        return self.filter(Q(owner=user) | Q(is_shared=True))


class SavedText(models.Model):
    """A text that an analyst inserts into a message, edits there, and sends."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_texts"
    )
    title = models.CharField(max_length=80)
    text = models.TextField()
    is_shared = models.BooleanField(default=False)
    saved_at = models.DateTimeField()

    objects: ClassVar[models.Manager[SavedText]] = SavedTextQuerySet.as_manager()

    class Meta:
        ordering = ("title", "id")

    def __str__(self) -> str:
        return self.title


class InboundMail(models.Model):
    """One mail that came in, and what became of it. The mail itself is not kept."""

    class Outcome(models.TextChoices):
        ADDED = "added", "Added to the conversation"
        AUTOMATIC = "automatic", "Automatic answer, left out"
        LOOP = "loop", "Our own mail, left out"
        NO_REQUEST = "no-request", "No request was meant"
        UNKNOWN = "unknown", "Nobody here has this address"
        OTHER_SENDER = "sender", "Sent from another address than the one we wrote to"
        NOT_ALLOWED = "refused", "The sender can't write on this request"
        TOO_MANY = "too-many", "More in an hour than we take from one person"
        EMPTY = "empty", "There was no text in it"
        TOO_LARGE = "too-large", "Larger than we take"
        UNREADABLE = "unreadable", "It could not be read"

    # The sender's Message-ID; a fingerprint of the mail where it had none.
    key = models.CharField(max_length=255, unique=True)
    sender = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=200, blank=True)
    received_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    detail = models.CharField(max_length=300, blank=True)
    work = models.ForeignKey(
        WorkRequest, null=True, on_delete=models.SET_NULL, related_name="mails_in"
    )
    message = models.ForeignKey(Message, null=True, on_delete=models.SET_NULL, related_name="+")

    objects: ClassVar[models.Manager[InboundMail]] = models.Manager()

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=["outcome", "-id"], name="mail_in_by_outcome"),)

    def __str__(self) -> str:
        return self.key


class NewDate(models.Model):
    """The new date of a late promise, and why; told to the requester (ux.md 5.5)."""

    work = models.ForeignKey(WorkRequest, on_delete=models.CASCADE, related_name="new_dates")
    clock = models.ForeignKey(Clock, on_delete=models.PROTECT, related_name="+")
    promised_at = models.DateTimeField()
    new_on = models.DateField()
    because = models.CharField(max_length=400)
    named_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    named_at = models.DateTimeField()

    objects: ClassVar[models.Manager[NewDate]] = models.Manager()

    class Meta:
        ordering = ("work", "-id")

    def __str__(self) -> str:
        return f"{self.work}: {self.new_on}"
