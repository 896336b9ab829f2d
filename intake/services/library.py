"""The question library: seeded once, edited by version, counted by use."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import Role, User
from accounts.policies import require
from audit.services import record
from intake import policies
from intake.models import LibraryQuestion, LibraryUse, LibraryWording, WorkRequest

STARTER = Path(__file__).resolve().parent.parent / "library.yaml"


@cache
def starter_library() -> tuple[tuple[str, str], ...]:
    """Theme and text of the questions that a new installation begins with."""
    themes: dict[str, list[str]] = yaml.safe_load(STARTER.read_text(encoding="utf-8"))
    return tuple((theme, text) for theme, texts in themes.items() for text in texts)


def make_starter_library(**_: Any) -> None:
    """Fill an empty library; one that was ever filled is left as it is."""
    if LibraryQuestion._meta.db_table not in connection.introspection.table_names():
        return
    if LibraryQuestion.objects.exists():
        return
    rows = enumerate(starter_library(), start=1)
    LibraryQuestion.objects.bulk_create(
        LibraryQuestion(theme=theme, text=text, position=place) for place, (theme, text) in rows
    )
    at = timezone.now()
    LibraryWording.objects.bulk_create(
        LibraryWording(question=row, number=1, theme=row.theme, text=row.text, at=at)
        for row in LibraryQuestion.objects.all()
    )


def can_edit_library(user: User) -> bool:
    return user.has_role(Role.ADMINISTRATOR, Role.LEAD)


@transaction.atomic
def add(*, theme: str, text: str, actor: User, at: datetime) -> LibraryQuestion:
    """Add a question at the end of the library."""
    require(can_edit_library(actor))
    last = LibraryQuestion.objects.aggregate(last=Max("position"))["last"] or 0
    question = LibraryQuestion.objects.create(theme=theme, text=text, position=last + 1)
    _word(question, actor=actor, at=at)
    record("library.added", question, actor=actor, at=at, theme=theme, text=text)
    return question


@transaction.atomic
def edit(
    question: LibraryQuestion, *, theme: str, text: str, actor: User, at: datetime
) -> LibraryQuestion:
    """Give a question other words. What was asked keeps the words it was asked in."""
    require(can_edit_library(actor))
    question = LibraryQuestion.objects.select_for_update().get(pk=question.pk)
    if (question.theme, question.text) == (theme, text):
        return question
    question.theme, question.text, question.number = theme, text, question.number + 1
    question.save(update_fields=["theme", "text", "number"])
    _word(question, actor=actor, at=at)
    record("library.edited", question, actor=actor, at=at, number=question.number, text=text)
    return question


def _word(question: LibraryQuestion, *, actor: User, at: datetime) -> None:
    LibraryWording.objects.create(
        question=question,
        number=question.number,
        theme=question.theme,
        text=question.text,
        by=actor,
        at=at,
    )


@transaction.atomic
def retire(question: LibraryQuestion, *, back: bool, actor: User, at: datetime) -> LibraryQuestion:
    """Take a question out of what is offered, or bring it back; its counts stay."""
    require(can_edit_library(actor))
    question.retired_at = None if back else at
    question.save(update_fields=["retired_at"])
    record("library.brought_back" if back else "library.retired", question, actor=actor, at=at)
    return question


def note_uses(
    work: WorkRequest, questions: Iterable[LibraryQuestion], *, actor: User, at: datetime
) -> None:
    """Count these questions as asked on this request, each once."""
    LibraryUse.objects.bulk_create(
        [LibraryUse(question=q, work=work, text=q.text, by=actor, at=at) for q in questions],
        ignore_conflicts=True,
    )


def note_asked(work: WorkRequest, texts: Iterable[str], *, actor: User, at: datetime) -> None:
    """Count those of these texts that stand in the library, whichever way they were asked."""
    found = LibraryQuestion.objects.offered().filter(text__in=list(texts))
    note_uses(work, found, actor=actor, at=at)


@transaction.atomic
def mark_helped(use: LibraryUse, *, helped: bool, actor: User, at: datetime) -> None:
    """Say that a question that was asked helped, or take it back."""
    require(policies.can_triage(actor, use.work))
    use.helped = helped or None
    use.save(update_fields=["helped"])
    if helped:
        record("library.helped", use.question, actor=actor, at=at, work=use.work_id)
