"""A whole request at once, as a program sends it: its answers, each as its page would keep it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import transaction

from accounts.models import User
from intake.models import QuestionVersion, WorkRequest
from intake.services import submission

# What the person said, and whether it is an answer or "not sure yet".
Given = tuple[dict[str, Any], str]


@transaction.atomic
def send_whole(
    given: Mapping[str, Given],
    questions: Iterable[QuestionVersion],
    *,
    actor: User,
    at: datetime,
) -> WorkRequest:
    """Keep the answers by slug in the order of the questions, then send the request.

    Raise MissingAnswersError while a required question is open; nothing is kept then.
    """
    work = submission.start_draft(requester=actor, actor=actor, at=at, key=uuid4())
    for question in questions:
        if question.slug in given:
            value, status = given[question.slug]
            submission.save_answer(work, question, value=value, status=status, actor=actor, at=at)
    return submission.submit(work, actor=actor, at=at)
