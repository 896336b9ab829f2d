"""While somebody is away their stand-in gets their notices, marked, and each only once."""

from datetime import date

import pytest
from django.core import mail

from accounts.models import StandIn
from intake.services import conversation, escalation, triage
from intake.services.notices import owe_pmo
from notifications.models import OutboxMessage
from notifications.services import deliver_next
from notifications.stand_ins import cover_of
from sla.services.sweep import sweep

pytestmark = pytest.mark.django_db
Status = OutboxMessage.Status


def away(person, stand_in, first="2026-03-02", last="2026-03-10"):
    return StandIn.objects.create(
        person=person,
        stand_in=stand_in,
        starts_on=date.fromisoformat(first),
        ends_on=date.fromisoformat(last),
    )


def deliver(now):
    while deliver_next(now=now):
        pass


@pytest.fixture
def claimed(work, analyst, berlin):
    triage.claim(work, actor=analyst, at=berlin("2026-03-02 10:30"))
    work.refresh_from_db()
    return work


def test_the_stand_in_gets_the_notice_instead_and_it_says_for_whom(
    claimed, analyst, other_analyst, requester, berlin
):
    away(analyst, other_analyst)
    conversation.write(claimed, text="Any news?", actor=requester, at=berlin("2026-03-02 11:00"))
    deliver(berlin("2026-03-02 11:01"))
    [sent] = [each for each in mail.outbox if "Any news?" in each.body]
    assert sent.to == ["mika@example.org"]
    assert "for Dana Reyes until Tue 10 Mar" in sent.body
    row = OutboxMessage.objects.get(kind="requester_wrote")
    assert (row.recipient, row.status) == (other_analyst, Status.SENT)


def test_before_and_after_the_absence_the_person_hears_themselves(
    claimed, analyst, other_analyst, berlin
):
    away(analyst, other_analyst)
    assert cover_of(analyst, berlin("2026-03-01 23:59")) is None
    assert cover_of(analyst, berlin("2026-03-10 23:59")).by == other_analyst
    assert cover_of(analyst, berlin("2026-03-11 00:00")) is None


def test_a_stand_in_who_is_away_passes_it_on_and_a_ring_leaves_it_with_the_person(
    analyst, other_analyst, lead, berlin
):
    away(analyst, other_analyst)
    passed = away(other_analyst, lead)
    assert cover_of(analyst, berlin("2026-03-03 10:00")).by == lead
    passed.delete()
    away(other_analyst, analyst)
    assert cover_of(analyst, berlin("2026-03-03 10:00")) is None


def test_a_stand_in_who_is_told_already_hears_of_it_once(work, lead, other_analyst, berlin):
    other_analyst.give_roles("analyst", "lead")
    away(lead, other_analyst)
    sweep(now=berlin("2026-03-03 10:01"))
    escalation.notify_all(berlin("2026-03-03 10:01"))
    deliver(berlin("2026-03-03 10:02"))
    late = [each for each in mail.outbox if "late" in each.subject]
    assert [each.to for each in late] == [["mika@example.org"]]


def test_a_colleague_outside_the_pmo_does_not_read_what_is_internal(
    claimed, analyst, outsider, requester, berlin
):
    away(analyst, outsider)
    owe_pmo("requester_wrote", claimed, at=berlin("2026-03-02 11:00"), event=1, message=0)
    deliver(berlin("2026-03-02 11:01"))
    assert OutboxMessage.objects.get(kind="requester_wrote").recipient == analyst
    assert all("otto@example.org" not in each.to for each in mail.outbox)


def test_what_speaks_to_the_requester_stays_with_the_requester(
    work, requester, other_analyst, analyst, berlin
):
    away(requester, other_analyst)
    triage.claim(work, actor=analyst, at=berlin("2026-03-02 10:30"))
    deliver(berlin("2026-03-02 10:31"))
    assert OutboxMessage.objects.get(kind="request_claimed").recipient == requester
