"""What was said: messages to both sides, notes for the PMO, and questions that wait."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import User
from intake.models.work_request import WorkRequest


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, user: User) -> MessageQuerySet:
        """Public messages; notes only for the PMO. The request itself is checked before."""
        return self if user.is_pmo else self.filter(is_internal=False)

    def public(self) -> MessageQuerySet:
        return self.filter(is_internal=False)


class Message(models.Model):
    """One message, or one internal note. Neither ever becomes the other."""

    work = models.ForeignKey(WorkRequest, on_delete=models.CASCADE, related_name="messages")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    text = models.TextField()
    is_internal = models.BooleanField(default=False)
    from_pmo = models.BooleanField(default=False)
    sent_at = models.DateTimeField()
    # Pressing twice makes one: the form carries the token.
    token = models.UUIDField(default=uuid.uuid4)

    objects: ClassVar[models.Manager[Message]] = MessageQuerySet.as_manager()

    class Meta:
        ordering = ("sent_at", "id")
        constraints = (
            models.UniqueConstraint(fields=["author", "token"], name="one_message_per_token"),
        )
        indexes = (models.Index(fields=["work", "id"], name="message_by_work"),)

    def __str__(self) -> str:
        return f"Message {self.pk}"


class HoldQuerySet(models.QuerySet["Hold"]):
    def waiting(self) -> HoldQuerySet:
        return self.filter(lifted_at=None)


class Hold(models.Model):
    """Says "waiting for you": one to three questions to the requester, on top of the state."""

    work = models.ForeignKey(WorkRequest, on_delete=models.CASCADE, related_name="holds")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField()
    why = models.CharField(max_length=300, blank=True)
    is_blocking = models.BooleanField(default=False)
    lifted_at = models.DateTimeField(null=True)
    was_withdrawn = models.BooleanField(default=False)

    objects: ClassVar[models.Manager[Hold]] = HoldQuerySet.as_manager()

    class Meta:
        ordering = ("asked_at", "id")
        indexes = (
            models.Index(fields=["work"], condition=Q(lifted_at__isnull=True), name="hold_waiting"),
        )

    def __str__(self) -> str:
        return f"Hold {self.pk}"


class HoldQuestion(models.Model):
    hold = models.ForeignKey(Hold, on_delete=models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=500)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects: ClassVar[models.Manager[HoldQuestion]] = models.Manager()

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=["hold", "position"], name="one_question_per_place"),
        )

    def __str__(self) -> str:
        return self.text
