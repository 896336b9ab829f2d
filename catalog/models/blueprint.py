"""How a service usually runs: the standard blueprint that a request may take as it is."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from catalog.models.service import ServiceVersion


class StandardBlueprint(models.Model):
    """The five parts, as the service offers them; immutable with its version.

    `handoffs` are {"from", "to", "what", "within"}; `promises`, `exit_criteria` and `measures`
    are sentences.
    """

    version = models.OneToOneField(
        ServiceVersion, on_delete=models.PROTECT, related_name="blueprint"
    )
    trigger = models.CharField(max_length=200)
    handoffs = models.JSONField(default=list)
    promises = models.JSONField(default=list)
    exit_criteria = models.JSONField(default=list)
    measures = models.JSONField(default=list)

    objects: ClassVar[models.Manager[StandardBlueprint]] = models.Manager()

    class Meta:
        constraints = (
            models.CheckConstraint(name="blueprint_has_a_trigger", condition=~Q(trigger="")),
        )

    def __str__(self) -> str:
        return f"Standard blueprint of {self.version}"
