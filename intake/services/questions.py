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
    """Bring the starter questions into force; harmless when repeated.

    Those without a version get one, and those that nobody has edited follow a newer starter.
    """
    if QuestionVersion._meta.db_table not in connection.introspection.table_names():
        # Migrated back to nothing: there is no place for questions.
        return
    newest = {q.slug: q for q in QuestionVersion.objects.current()}
    for position, question in enumerate(starter_questions(), start=1):
        _follow(newest.get(question["slug"]), question, position)


def _follow(was: QuestionVersion | None, starter: dict[str, Any], position: int) -> None:
    if was and was.position != position:
        QuestionVersion.objects.filter(slug=was.slug).update(position=position)
    same = was and (was.words, was.rules) == (starter["words"], starter["rules"])
    if was and (same or was.published_by_id):
        return
    if was:
        QuestionVersion.objects.filter(pk=was.pk).update(is_current=False)
    QuestionVersion.objects.create(
        slug=starter["slug"],
        number=was.number + 1 if was else 1,
        position=position,
        words=starter["words"],
        rules=starter["rules"],
        published_at=timezone.now(),
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
