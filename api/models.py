"""What a program needs to speak for a person: a token, and the answers it was given already."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models

USER = settings.AUTH_USER_MODEL


class TokenQuerySet(models.QuerySet["Token"]):
    def in_force(self, at: datetime) -> TokenQuerySet:
        return self.filter(revoked_at=None, expires_at__gt=at)


class Token(models.Model):
    """Lets a program act for one person, as far as its scope goes; kept as a digest only."""

    class Scope(models.TextChoices):
        READ = "read", "Read only"
        WRITE = "write", "Read and write"

    person = models.ForeignKey(USER, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=60)
    scope = models.CharField(max_length=5, choices=Scope.choices)
    digest = models.CharField(max_length=64, unique=True)
    # The first letters, by which a person tells their tokens apart.
    hint = models.CharField(max_length=12)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_on = models.DateField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[Token]] = TokenQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-id")

    def __str__(self) -> str:
        return self.name


class GivenAnswer(models.Model):
    """What a POST with an idempotency key was answered, so that the same again is done once."""

    person = models.ForeignKey(USER, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.JSONField(default=dict)
    at = models.DateTimeField(db_index=True)

    objects: ClassVar[models.Manager[GivenAnswer]] = models.Manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["person", "key"], name="one_answer_per_key"),
        )

    def __str__(self) -> str:
        return self.key
