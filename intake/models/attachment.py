"""Files on a request. What lies on the disk is never served but as a download."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from intake.models.conversation import Message
from intake.models.framing import Answer
from intake.models.work_request import WorkRequest


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def visible_to(self, user: User) -> AttachmentQuerySet:
        """What this person may open on a request that they may see, which is checked before.

        Internal ones are the PMO's, unless the request is one's own; those of an answer marked
        "PMO only" are for the PMO and who gave it.
        """
        own = Q(work__requester=user) | Q(work__raised_by=user)
        if user.is_pmo:
            return self.filter(~Q(work__requester=user) | Q(is_internal=False))
        return self.filter(own | ~Q(Exists(_pmo_only())), is_internal=False)

    def public(self) -> AttachmentQuerySet:
        return self.filter(is_internal=False)


def _pmo_only() -> models.QuerySet[Answer]:
    return Answer.objects.filter(work=OuterRef("work"), slug=OuterRef("question"), is_pmo_only=True)


class Attachment(models.Model):
    """One file: given with an answer (`question`), with a message, or to the request as such."""

    work = models.ForeignKey(WorkRequest, on_delete=models.CASCADE, related_name="attachments")
    message = models.ForeignKey(
        Message, null=True, on_delete=models.CASCADE, related_name="attachments"
    )
    question = models.SlugField(max_length=30, blank=True)
    uploader = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    name = models.CharField(max_length=120)
    size = models.PositiveIntegerField()
    content_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    stored_name = models.CharField(max_length=48, unique=True)
    is_internal = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    objects: ClassVar[models.Manager[Attachment]] = AttachmentQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=["work", "id"], name="attachment_by_work"),)

    def __str__(self) -> str:
        return self.name
