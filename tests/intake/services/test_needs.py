"""Both sides agree the need; an edit clears both ticks. A changed belief is something learned."""

import pytest
from django.core.exceptions import PermissionDenied

from intake.models import Learning, NeedVersion, WorkRequest
from intake.services import hypotheses, needs, triage
from intake.services.agreement import NothingToDecideError
from intake.services.lifecycle import ConflictError
from intake.services.triage import NeedNotAgreedError
from tests.factories.intake import agree_need

pytestmark = pytest.mark.django_db
NEW = "Buyers need to know of a late supplier by Wednesday evening."


@pytest.fixture
def agreed(work, analyst, berlin):
    return agree_need(work, analyst, berlin("2026-03-02 11:00"))


def test_an_edit_by_the_requester_clears_both_ticks_and_stops_a_proposal(
    agreed, requester, analyst, silver, berlin
):
    at = berlin("2026-03-02 12:00")
    need = needs.edit_need(agreed, text=NEW, seen=1, actor=requester, at=at)
    assert (need.requester_agreed_at, need.pmo_agreed_at) == (None, None)
    assert WorkRequest.objects.get(pk=agreed.pk).need == ""
    told = {"tier": silver, "why": "It fits.", "actor": analyst, "at": at}
    with pytest.raises(NeedNotAgreedError):
        triage.propose(agreed, **told)
    needs.tick_need(agreed, number=2, actor=requester, at=at)
    with pytest.raises(NeedNotAgreedError):
        triage.propose(agreed, **told)
    assert needs.tick_need(agreed, number=2, actor=analyst, at=at).is_agreed
    assert WorkRequest.objects.get(pk=agreed.pk).need == NEW
    triage.propose(agreed, **told)


def test_an_edit_of_an_older_wording_or_by_an_outsider_is_refused(
    agreed, requester, outsider, analyst, berlin
):
    at = berlin("2026-03-02 12:00")
    with pytest.raises(PermissionDenied):
        needs.edit_need(agreed, text=NEW, seen=1, actor=outsider, at=at)
    needs.edit_need(agreed, text=NEW, seen=1, actor=analyst, at=at)
    with pytest.raises(ConflictError):
        needs.edit_need(agreed, text=NEW + " Always.", seen=1, actor=requester, at=at)
    with pytest.raises(NothingToDecideError):
        needs.tick_need(agreed, number=1, actor=requester, at=at)
    assert needs.edit_need(agreed, text=NEW, seen=2, actor=requester, at=at).number == 2
    assert NeedVersion.objects.count() == 2


def test_the_hypothesis_begins_with_the_answers_and_reads_as_one_sentence(work, requester, berlin):
    at = berlin("2026-03-02 12:00")
    fields = hypotheses.from_answers(work) | {
        "measure": "late surprises per month",
        "baseline": "6",
        "target": "2",
    }
    written = hypotheses.write(work, fields=fields, learned="", actor=requester, at=at)
    told = hypotheses.text_of(hypotheses.sentence_of(written, at))
    assert told == (
        "We believe that We book only trucks that leave full for the three plant managers "
        "lets them how many trucks to book for the week; we will know when late surprises per "
        "month moves from 6 to 2."
    )
    assert not Learning.objects.exists()


def test_a_changed_hypothesis_leaves_a_line_in_the_learning_log(work, requester, analyst, berlin):
    at = berlin("2026-03-02 12:00")
    fields = hypotheses.from_answers(work)
    hypotheses.write(work, fields=fields, learned="", actor=requester, at=at)
    assert (
        hypotheses.write(
            work, fields=fields, learned="Nothing", seen=1, actor=requester, at=at
        ).number
        == 1
    )
    changed = fields | {"customer": "the buyers"}
    with pytest.raises(ConflictError):
        hypotheses.write(work, fields=changed, learned="x", seen=0, actor=analyst, at=at)
    hypotheses.write(work, fields=changed, learned="Buyers act on it", seen=1, actor=analyst, at=at)
    learned = Learning.objects.get()
    assert (learned.text, learned.source) == ("Buyers act on it", "hypothesis")
    assert "the three plant managers" in learned.was
    assert "the buyers" in learned.now
