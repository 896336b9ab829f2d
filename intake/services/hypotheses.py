"""The outcome hypothesis of a request, by version; each change is a line of the learning log."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.policies import require
from audit.services import record
from intake import policies
from intake.models import Learning, OutcomeHypothesis, WorkRequest
from intake.services.lifecycle import ConflictError, lock
from intake.services.understanding import Sentence, hypothesis_sentence, text_of

FIELDS = (
    "change", "customer", "act", "act_by", "measure", "baseline", "target", "target_on",
)  # fmt: skip


def from_answers(work: WorkRequest) -> dict[str, Any]:
    """What the answers already say of it; nobody is asked twice."""
    answers = {a.slug: a.value for a in work.answers.all() if not a.is_pmo_only}
    who, success = answers.get("who", {}), answers.get("success", {})
    deciding = answers.get("decision", {})
    return {
        "change": str(success.get("different", ""))[:200],
        "customer": str(who.get("who") or work.requester.name)[:200],
        "act": str(deciding.get("decision", ""))[:300],
        "act_by": "",
        "measure": str(success.get("measure", ""))[:100],
        "baseline": str(success.get("baseline", ""))[:40],
        "target": str(success.get("target", ""))[:40],
        "target_on": _date(success.get("by")),
    }


def _date(text: Any) -> date | None:
    try:
        return date.fromisoformat(str(text or ""))
    except ValueError:
        return None


@transaction.atomic
def write(
    work: WorkRequest,
    *,
    fields: Mapping[str, Any],
    learned: str,
    actor: User,
    at: datetime,
    seen: int = 0,
) -> OutcomeHypothesis:
    """Write the hypothesis, or a new version of it. `learned` says why it changed.

    `seen` is the number of the version it is based on, 0 for none; raise ConflictError for
    another one. The same words again change nothing.
    """
    work = lock(work)
    require(policies.can_write_hypothesis(actor, work))
    was = work.hypotheses.order_by("-number").first()
    told = {name: fields[name] for name in FIELDS}
    if was and told == {name: getattr(was, name) for name in FIELDS}:
        return was
    if seen != (was.number if was else 0):
        raise ConflictError(work)
    now = OutcomeHypothesis.objects.create(
        work=work, number=seen + 1, written_by=actor, written_at=at, **told
    )
    if was:
        Learning.objects.create(
            source=Learning.Source.HYPOTHESIS,
            work=work,
            service=work.service,
            text=learned,
            was=text_of(sentence_of(was, at)),
            now=text_of(sentence_of(now, at)),
            by=actor,
            at=at,
        )
    record("intake.hypothesis_written", work, actor=actor, at=at, number=now.number, why=learned)
    return now


def sentence_of(hypothesis: OutcomeHypothesis, now: datetime) -> Sentence:
    """ "We believe that … for … lets them … by …; we will know when …" """
    told: dict[str, Any] = {name: getattr(hypothesis, name) for name in FIELDS}
    return hypothesis_sentence(told, now=now)
