"""Proposing: what a tier promises beside what it took, and dates that follow our load."""

from datetime import timedelta

import pytest

from catalog.models import Service
from intake.models import WorkRequest
from intake.reading.offer import offer_of
from intake.reading.proposing import choice_of
from intake.services import triage
from intake.states import State
from tests.factories.catalog import tier
from tests.factories.intake import agree_need, bring_to, make_work

pytestmark = pytest.mark.django_db


@pytest.fixture
def delivered(requester, analyst, silver, berlin):
    """Two results of silver, a few working hours after each was chosen."""
    for day in ("2026-02-02 10:00", "2026-02-03 10:00"):
        at = berlin(day)
        work = make_work(requester, at)
        bring_to(State.CHECK, work, analyst=analyst, tier=silver, at=at + timedelta(hours=1))


def row(rows, label):
    return [cell.words for one in rows if one.label == label for cell in one.cells]


def test_what_was_promised_stands_beside_what_it_really_took(delivered, service, berlin):
    choice = choice_of(service.slug, now=berlin("2026-03-02 10:00"))
    bronze, silver, gold = row(choice.rows, "Really took")
    assert "2 results in 90 days" in silver
    assert (bronze, gold) == ("–", "–")
    assert row(choice.rows, "Our load") == ["fits"] * 3
    later = choice_of(service.slug, now=berlin("2026-07-02 10:00"))
    assert row(later.rows, "Really took") == []


def test_dates_count_from_the_day_with_room(service, silver, requester, analyst, berlin):
    at = berlin("2026-03-02 10:00")
    before = row(choice_of(service.slug, now=at).rows, "If chosen today")
    running = bring_to(State.RUNNING, make_work(requester, at), analyst=analyst, tier=silver, at=at)
    Service.objects.filter(pk=service.pk).update(at_once=1)
    now = berlin("2026-03-02 16:00")
    choice = choice_of(service.slug, now=now)
    free = running.clock("delivery").due_at
    assert row(choice.rows, "Our load")[0].startswith("starts ")
    assert row(choice.rows, "If chosen today") != before
    work = agree_need(make_work(requester, at), analyst, at)
    triage.propose(work, tier=tier(service, "bronze"), why="It fits.", actor=analyst, at=now)
    offer = offer_of(WorkRequest.objects.get(pk=work.pk).current_proposal(), now=now)
    assert row(offer.rows, "If chosen today") == row(choice.rows, "If chosen today")
    assert free > now
