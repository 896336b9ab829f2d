"""Solution language in the journey: what is read, the page behind it, and what analysts say."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.policies import require
from audit.services import record
from intake import policies
from intake.models import Answer, Reframe, SolutionLabel, WorkRequest
from intake.reframe.engine import Level, Reading, read
from intake.reframe.rules import Rules
from intake.reframe.sentence import carried
from intake.services import submission
from intake.services.drafts import Draft
from intake.services.rules import level_fields, rules_in_force
from intake.states import Lane, State

NEED = "need"
# The field of each question that an answer is carried into.
FIELDS = {"who": "who", "decision": "decision", "effect": "leads_to"}
ASKS_FOR_A_SOLUTION = {True: Level.SOLUTION, False: Level.NEED}


def reading_of(draft: Draft, rules: Rules | None = None) -> Reading:
    """What the rules make of the need as it stands in the draft."""
    answer = draft.answers.get(NEED)
    return read(str(answer.get(NEED)) if answer else "", rules or rules_in_force())


def is_page_due(work: WorkRequest) -> bool:
    """Whether "Let us look behind this" comes next: full lane, a bare solution or a vague wish."""
    is_asked = work.lane == Lane.CONSULT and work.solution_level in (Level.SOLUTION, Level.VAGUE)
    return is_asked and not Reframe.objects.filter(work=work, ended_at__isnull=False).exists()


def is_one_off_due(work: WorkRequest) -> bool:
    """Whether the quick lane asks if the thing will be needed again: only for a bare solution."""
    return work.lane == Lane.ORDER and work.solution_level == Level.SOLUTION


@transaction.atomic
def show(work: WorkRequest, reading: Reading, *, text: str, at: datetime) -> Reframe:
    """Note that the page is shown; opening it again keeps the first moment."""
    hit = reading.main
    assert hit is not None
    noticed = {
        "rules": reading.version,
        "rule": hit.rule,
        "group": hit.group,
        "level": int(hit.level),
        "text": text,
        "words": hit.words,
    }
    shown, is_new = Reframe.objects.get_or_create(work=work, defaults=noticed | {"shown_at": at})
    if not is_new and shown.ended_at is None and shown.text != text:
        Reframe.objects.filter(pk=shown.pk).update(**noticed)
    return shown


@transaction.atomic
def finish(
    draft: Draft,
    *,
    ending: Reframe.Ending,
    answers: Mapping[str, str],
    actor: User,
    at: datetime,
    sentence: str = "",
) -> None:
    """Keep how the page ended, and carry the answers into the questions that they answer.

    An answer that the person gave there already is never touched.
    """
    work = draft.work
    require(policies.can_write_draft(actor, work))
    shown = Reframe.objects.select_for_update().get(work=work)
    if shown.ended_at is not None:
        return
    shown.ending, shown.ended_at = ending, at
    shown.answers = {name: text for name, text in answers.items() if text}
    shown.sentence = sentence
    shown.save(update_fields=["ending", "ended_at", "answers", "sentence"])
    for slug, text in carried(shown.group, shown.answers, rules_in_force()).items():
        _carry(draft, slug, text, actor=actor, at=at)
    record("intake.reframed", work, actor=actor, at=at, ending=ending, rule=shown.rule)


def _carry(draft: Draft, slug: str, text: str, *, actor: User, at: datetime) -> None:
    question = draft.question(slug)
    if question is None or slug in draft.answers:
        return
    draft.answers[slug] = submission.save_answer(
        draft.work,
        question,
        value={FIELDS[slug]: text},
        status=Answer.Status.BEGUN,
        actor=actor,
        at=at,
    )


@transaction.atomic
def label_solution(
    work: WorkRequest, *, is_solution: bool, actor: User, at: datetime
) -> SolutionLabel:
    """Say whether a request asks for a solution. The label wins over what the rules read."""
    require(policies.can_triage(actor, work))
    label, _ = SolutionLabel.objects.update_or_create(
        work=work,
        defaults={"is_solution": is_solution, "labelled_by": actor, "labelled_at": at},
    )
    level = int(ASKS_FOR_A_SOLUTION[is_solution])
    if is_solution and work.solution_level in (Level.REASONED, Level.SOLUTION):
        level = work.solution_level
    WorkRequest.objects.filter(pk=work.pk).exclude(state=State.DRAFT).update(solution_level=level)
    work.solution_level = level
    record(
        "intake.solution_labelled",
        work,
        actor=actor,
        at=at,
        is_solution=is_solution,
        is_internal=True,
    )
    return label


@transaction.atomic
def unlabel_solution(work: WorkRequest, *, actor: User, at: datetime) -> None:
    """Take a label back: the rules' own reading holds again."""
    require(policies.can_triage(actor, work))
    if not SolutionLabel.objects.filter(work=work).delete()[0]:
        return
    fields: dict[str, Any] = level_fields(work.ask, rules_in_force())
    WorkRequest.objects.filter(pk=work.pk).update(**fields)
    work.solution_level, work.solution_rules = fields["solution_level"], fields["solution_rules"]
    record("intake.solution_unlabelled", work, actor=actor, at=at, is_internal=True)
