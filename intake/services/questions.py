"""The questions: published by version, so that old answers keep the wording they were given to."""

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from audit.services import record
from intake.models import QuestionVersion

STARTER = Path(__file__).resolve().parent.parent / "questions.yaml"


@cache
def starter_questions() -> tuple[dict[str, Any], ...]:
    """The questions that a new installation begins with, in the order they are asked."""
    return tuple(yaml.safe_load(STARTER.read_text(encoding="utf-8"))["questions"])


def make_starter_questions(**_: Any) -> None:
    """Publish each starter question that has no version yet; harmless when repeated."""
    if QuestionVersion._meta.db_table not in connection.introspection.table_names():
        # Migrated back to nothing: there is no place for questions.
        return
    known = set(QuestionVersion.objects.values_list("slug", flat=True))
    QuestionVersion.objects.bulk_create(
        QuestionVersion(
            slug=question["slug"],
            number=1,
            position=position,
            words=question["words"],
            rules=question["rules"],
            published_at=timezone.now(),
        )
        for position, question in enumerate(starter_questions(), start=1)
        if question["slug"] not in known
    )


@transaction.atomic
def publish(
    slug: str,
    *,
    words: dict[str, Any],
    rules: dict[str, Any],
    actor: User,
    at: datetime,
    position: int | None = None,
) -> QuestionVersion:
    """Put a new wording of a question in force. Raise QuestionVersion.DoesNotExist if unknown.

    At another `position` the questions from there on make room.
    """
    was = QuestionVersion.objects.select_for_update().current().get(slug=slug)
    QuestionVersion.objects.filter(pk=was.pk).update(is_current=False)
    if position and position != was.position:
        later = QuestionVersion.objects.current().filter(position__gte=position)
        later.update(position=F("position") + 1)
    now = QuestionVersion.objects.create(
        slug=slug,
        number=was.number + 1,
        position=position or was.position,
        words=words,
        rules=rules,
        published_at=at,
        published_by=actor,
    )
    record("question.published", now, actor=actor, at=at, slug=slug, number=now.number)
    return now
