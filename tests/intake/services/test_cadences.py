"""Recurring decisions: found by name, counted on, and counted when they answer an ask."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from intake.models import Cadence, CadenceAnswer, WorkRequest
from intake.reading.cadence import answered_this_quarter
from intake.services import cadences, covering
from intake.states import State
from notifications.models import OutboxMessage
from sla.models import Clock
from tests.factories.intake import make_draft

pytestmark = pytest.mark.django_db
CALL = {
    "name": "Capacity call",
    "decider": "Jonas Weber",
    "decides": "How many trucks to book",
    "rhythm": "week",
    "next_on": date(2026, 3, 2),
    "data": "supplier dates, bookings",
    "service": None,
}


@pytest.fixture
def call(analyst, berlin):
    return cadences.save_cadence(None, fields=CALL, actor=analyst, at=berlin("2026-03-01 09:00"))


@pytest.mark.parametrize(
    ("said", "is_found"),
    [
        ("The capacity call", True),
        ("our Capacity  Call.", True),
        ("jonas weber", True),
        ("Capacity", True),
        ("Ana Silva", False),
        ("call", True),
        ("I", False),
        ("", False),
    ],
)
def test_a_decider_is_matched_by_name(call, said, is_found):
    assert (cadences.matching(said) == call) is is_found


@pytest.mark.parametrize(
    ("rhythm", "known", "today", "expected"),
    [
        ("week", date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 9)),
        ("day", date(2026, 3, 2), date(2026, 3, 5), date(2026, 3, 5)),
        ("month", date(2026, 1, 31), date(2026, 2, 10), date(2026, 2, 28)),
        ("quarter", date(2025, 11, 30), date(2026, 1, 1), date(2026, 2, 28)),
        ("month", date(2026, 5, 1), date(2026, 3, 1), date(2026, 5, 1)),
    ],
)
def test_the_next_date_is_counted_on(rhythm, known, today, expected):
    assert cadences.next_date(Cadence(rhythm=rhythm, next_on=known), today) == expected


def test_a_daily_decision_rests_on_the_weekend():
    daily = Cadence(rhythm="day", next_on=date(2026, 3, 2))
    days = cadences.dates_between(daily, date(2026, 3, 5), date(2026, 3, 10))
    assert [day.day for day in days] == [5, 6, 9, 10]


def test_that_covers_it_closes_the_draft_without_a_clock(call, requester, policies, berlin):
    at = berlin("2026-03-02 10:00")
    draft = make_draft(requester, at)
    work = covering.cover_draft(draft, call, actor=requester, at=at)
    work = WorkRequest.objects.get(pk=work.pk)
    assert (work.state, work.reference, work.closed_at) == (State.ANSWERED, "PMO-0001", at)
    assert not Clock.objects.filter(subject=work.subject).exists()
    assert "supplier dates, bookings" in work.verdicts.get().explanation
    assert CadenceAnswer.objects.get().cadence == call
    assert answered_this_quarter(at) == 1
    assert answered_this_quarter(berlin("2026-04-01 10:00")) == 0
    assert OutboxMessage.objects.filter(kind="request_answered").count() == 1


def test_an_analyst_answers_with_a_cadence_and_only_the_pmo_keeps_them(
    call, work, analyst, requester, berlin
):
    at = berlin("2026-03-02 12:00")
    covering.answer(work, text="It is decided there.", cadence=call, actor=analyst, at=at)
    assert CadenceAnswer.objects.get().work == work
    with pytest.raises(PermissionDenied):
        cadences.save_cadence(call, fields=CALL, actor=requester, at=at)
    cadences.save_cadence(call, fields=CALL | {"data": "dates"}, actor=analyst, at=at, seen=1)
    with pytest.raises(cadences.StaleCadenceError):
        cadences.save_cadence(call, fields=CALL, actor=analyst, at=at, seen=1)
    cadences.end_cadence(call, actor=analyst, at=at)
    assert cadences.matching("Capacity call") is None
