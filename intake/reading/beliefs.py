"""The need and the outcome hypothesis of a request, with their versions."""

from typing import Any, NamedTuple

from intake import policies
from intake.models import NeedVersion, OutcomeHypothesis
from intake.reading.request_page import RequestPage
from intake.services.hypotheses import sentence_of
from intake.services.understanding import Sentence, situation

HIDING = ("need", "effect", "who", "success", "decision")


class Believed(NamedTuple):
    """One version of the hypothesis as a sentence."""

    version: OutcomeHypothesis
    sentence: Sentence


def beliefs_of(page: RequestPage) -> dict[str, Any]:
    """What the framing page shows above the answers."""
    work, reader = page.work, page.reader
    if work.is_quick:
        return {}
    needs = list(work.needs.select_related("written_by").order_by("-number"))
    versions = work.hypotheses.select_related("written_by").order_by("-number")
    newest = needs[0] if needs else None
    told = page.may_read("need") and page.may_read("effect")
    return {
        "shows_beliefs": all(page.may_read(slug) for slug in HIDING),
        "situation": situation(page.answers, title=work.title) if told else [],
        "needs": needs,
        "newest": newest,
        "hypotheses": [Believed(version, sentence_of(version, page.now)) for version in versions],
        "may_edit_need": policies.can_edit_need(reader, work) and newest is not None,
        "may_tick": newest is not None and _may_tick(page, newest),
        "may_believe": policies.can_write_hypothesis(reader, work),
    }


def _may_tick(page: RequestPage, need: NeedVersion) -> bool:
    """A side ticks what it has not agreed yet; a play-back is answered on a page of its own."""
    if not policies.can_edit_need(page.reader, page.work):
        return False
    if page.is_theirs:
        return need.requester_agreed_at is None and need.played_back_at is None
    return need.pmo_agreed_at is None
