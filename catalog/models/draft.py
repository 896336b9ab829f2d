"""The next version of a service while it is being written."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from catalog.models.service import Service, ServiceVersion


class ServiceDraft(models.Model):
    """What the next version will say, in four parts that are saved and guarded one by one.

    `parts` holds "words", "tiers", "blueprint" and "questions" as the forms write them, whole or
    not: only publishing asks for completeness. `revisions` counts the saves of each part, so that
    two people on different parts do not stand in each other's way.
    """

    service = models.OneToOneField(Service, on_delete=models.CASCADE, related_name="draft")
    based_on = models.ForeignKey(
        ServiceVersion, null=True, on_delete=models.PROTECT, related_name="+"
    )
    parts = models.JSONField(default=dict)
    revisions = models.JSONField(default=dict)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects: ClassVar[models.Manager[ServiceDraft]] = models.Manager()

    def __str__(self) -> str:
        return f"Draft of {self.service}"

    def revision(self, part: str) -> int:
        """How often this part was saved; 0 for one that nobody changed."""
        return int(self.revisions.get(part, 0))
