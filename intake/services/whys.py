"""The ladder of whys: from the first statement down to the root that is worked on (ux.md 5.6)."""

import re
from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.policies import require
from audit.services import record
from intake import policies
from intake.models import WhyStep, WorkRequest
from intake.services.lifecycle import lock

DEEPEST = 7
MOST = 40
STOP = "You may stop here: this names something that can be changed. Mark it as the root?"
ENOUGH = "Seven rungs are enough. Mark the one that you will work on."
# A rung that names a rule, a missing person, a date, or a thing that can be changed.
NAMES_A_CAUSE = re.compile(
    r"\b(rule|policy|guideline|template|form|contract|approval|sign-off|deadline|due date|"
    r"nobody|no one|no owner|missing|vacant|not staffed|left|mailbox|spreadsheet|list|system|"
    r"tool|field|setting|interface|calendar|monday|tuesday|wednesday|thursday|friday|"
    r"month end|quarter end|week \d+|\d{1,2}[./-]\d{1,2})\b",
    re.IGNORECASE,
)


class FullLadderError(Exception):
    """More rungs would help nobody."""


@transaction.atomic
def add_rung(
    work: WorkRequest,
    *,
    parent: WhyStep | None,
    text: str,
    said_by: str,
    kind: str,
    actor: User,
    at: datetime,
) -> WhyStep:
    """Add a cause below another rung; several of one are branches. No parent begins the ladder."""
    work = lock(work)
    require(policies.can_take_part(actor, work))
    if work.whys.count() >= MOST or (parent is None and work.whys.exists()):
        raise FullLadderError
    rung = WhyStep.objects.create(
        work=work, parent=parent, text=text, said_by=said_by, kind=kind, added_by=actor, added_at=at
    )
    record("intake.why_added", work, actor=actor, at=at, text=text, said_by=said_by)
    return rung


@transaction.atomic
def mark_root(rung: WhyStep, *, is_root: bool, actor: User, at: datetime) -> WhyStep:
    """Mark the one rung that is worked on; the one before loses its mark."""
    work = lock(rung.work)
    require(policies.can_discover(actor, work))
    work.whys.filter(is_root=True).update(is_root=False)
    WhyStep.objects.filter(pk=rung.pk).update(is_root=is_root)
    rung.is_root = is_root
    record("intake.root_marked", work, actor=actor, at=at, text=rung.text if is_root else "")
    return rung


@transaction.atomic
def delete_rung(rung: WhyStep, *, actor: User, at: datetime) -> None:
    """Take a rung out, with what hangs below it."""
    work = lock(rung.work)
    require(policies.can_discover(actor, work))
    text = rung.text
    rung.delete()
    record("intake.why_deleted", work, actor=actor, at=at, text=text)


def advice_on(text: str, depth: int) -> str:
    """Whether to stop here: at a cause that can be changed, and always after the seventh rung."""
    if depth >= DEEPEST:
        return ENOUGH
    return STOP if NAMES_A_CAUSE.search(text) else ""
