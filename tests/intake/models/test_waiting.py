"""What waits for a person, and for whom nothing waits."""

import pytest

from intake.models import Participant, WorkRequest
from intake.services import agreement, triage
from intake.states import State
from tests.factories.intake import bring_to, make_work

pytestmark = pytest.mark.django_db


def waiting(person):
    return list(WorkRequest.objects.waiting_for(person))


def test_questions_play_backs_tiers_and_checks_wait_for_the_requester(
    requester, analyst, silver, berlin
):
    at = berlin("2026-03-02 10:00")
    works = [make_work(requester, at) for _ in range(4)]
    triage.ask(works[0], questions=["Which?"], blocks=False, actor=analyst, at=at)
    triage.play_back(works[1], text="Buyers need to know.", actor=analyst, at=at)
    bring_to(State.PROPOSED, works[2], analyst=analyst, tier=silver, at=at)
    bring_to(State.CHECK, works[3], analyst=analyst, tier=silver, at=at)
    assert waiting(requester) == works


def test_nothing_waits_while_the_pmo_has_the_next_move(work, requester):
    assert waiting(requester) == []


def test_a_newer_play_back_takes_the_place_of_one_never_answered(work, requester, analyst, berlin):
    triage.play_back(work, text="First try.", actor=analyst, at=berlin("2026-03-02 11:00"))
    need = triage.play_back(work, text="Second.", actor=analyst, at=berlin("2026-03-02 12:00"))
    at = berlin("2026-03-02 13:00")
    agreement.answer_play_back(work, need, reply="yes", actor=requester, at=at)
    assert waiting(requester) == []


def test_nothing_waits_for_those_who_only_take_part(work, outsider, analyst, berlin):
    at = berlin("2026-03-02 11:00")
    Participant.objects.create(work=work, person=outsider, added_at=at)
    triage.ask(work, questions=["Which?"], blocks=True, actor=analyst, at=at)
    assert waiting(outsider) == []
