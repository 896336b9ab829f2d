"""A play-back in four sentences, each with yes, nearly or no, and what comes of it (ux.md 5.6)."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from accounts.models import User
from accounts.policies import require
from intake import policies
from intake.models import NeedVersion, ReadBack, Session, WorkRequest
from intake.services import agreement, triage
from intake.services.agreement import NothingToDecideError
from intake.services.understanding import success_sentence, text_of

Part, Reply = ReadBack.Part, NeedVersion.Reply


class Said(NamedTuple):
    """What the requester chose for one sentence, and what should be different."""

    reply: str
    correction: str


def proposed_sentences(work: WorkRequest, *, now: datetime) -> dict[str, str]:
    """What the answers make of decision, limit and success; the analyst edits it."""
    answers = {a.slug: a for a in work.answers.select_related("question") if not a.is_pmo_only}
    decision, decider = answers.get("decision"), answers.get("decider")
    limit, success = answers.get("limit"), answers.get("success")
    found = {
        Part.NEED: work.need,
        Part.DECISION: _decision(
            str(decision.get("decision")) if decision else "",
            str(decider.get("decider")) if decider else "",
        ),
        Part.LIMIT: _limit(str(limit.get("limit"))) if limit else "",
        Part.SUCCESS: "",
    }
    if success:
        told = text_of(success_sentence(success.value, now=now))
        found[Part.SUCCESS] = told or str(success.get("different"))
    return {str(part): text for part, text in found.items()}


def _decision(what: str, who: str) -> str:
    if not what:
        return ""
    return f"{who} decides: {what}" if who else f"Somebody decides: {what}"


def _limit(limit: str) -> str:
    return f"What hurts most is {limit}." if limit in ("time", "cost", "risk", "flow") else ""


@transaction.atomic
def read_back(
    session: Session, *, sentences: Mapping[str, str], actor: User, at: datetime
) -> NeedVersion:
    """Put need, decision, limit and success to the requester, one sentence each."""
    need = triage.play_back(session.work, text=sentences[Part.NEED], actor=actor, at=at)
    ReadBack.objects.bulk_create(
        ReadBack(session=session, need=need, part=part, text=sentences[part])
        for part in Part.values
        if sentences.get(part)
    )
    return need


@transaction.atomic
def answer(
    need: NeedVersion, *, said: Mapping[str, Said], actor: User, at: datetime
) -> NeedVersion:
    """Say yes, nearly or no to each sentence. All yes agrees the need; else another round comes."""
    require(policies.can_answer(actor, need.work))
    rows = list(need.read_backs.select_for_update())
    if not rows or any(row.reply for row in rows):
        raise NothingToDecideError
    for row in rows:
        row.reply, row.correction = said[row.part]
    ReadBack.objects.bulk_update(rows, ["reply", "correction"])
    return agreement.answer_play_back(
        need.work, need, reply=_overall(rows), correction=_corrections(rows), actor=actor, at=at
    )


def _overall(rows: list[ReadBack]) -> str:
    replies = {row.part: row.reply for row in rows}
    if set(replies.values()) == {Reply.YES}:
        return Reply.YES
    return Reply.NO if replies.get(Part.NEED) == Reply.NO else Reply.NEARLY


def _corrections(rows: list[ReadBack]) -> str:
    told = [row for row in rows if row.reply != Reply.YES]
    return "\n".join(f"{row.get_part_display()}: {row.correction}" for row in told)
