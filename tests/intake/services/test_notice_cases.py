"""The numbered cases of the time rules about notices: 69, 72, 73 and 77."""

from datetime import timedelta
from unittest import mock

import pytest
from django.core import mail

from intake.services import conversation, escalation, triage
from notifications.models import OutboxMessage
from notifications.services import LEASE, claim_next, deliver_next
from sla.models import ClockEvent
from sla.services.sweep import sweep

pytestmark = pytest.mark.django_db
Status = OutboxMessage.Status


@pytest.fixture
def claimed(work, analyst, berlin):
    """Received on Monday 2 March at 10:00; the mails of that morning are out."""
    triage.claim(work, actor=analyst, at=berlin("2026-03-02 10:30"))
    deliver_all(berlin("2026-03-02 10:31"))
    mail.outbox.clear()
    work.refresh_from_db()
    return work


def deliver_all(now):
    while deliver_next(now=now):
        pass


def pass_time(now):
    sweep(now=now)
    escalation.notify_all(now)


def test_case_69_after_days_without_a_sweep_one_notice_says_it_is_late(claimed, lead, berlin):
    now = berlin("2026-03-05 12:00")
    pass_time(now)
    events = ClockEvent.objects.filter(clock__metric="first_reply")
    assert events.count() == 5
    deliver_all(now)
    told = [each for each in mail.outbox if "reply" in each.subject]
    assert len(told) == 1
    assert "and noticed Thu 5 Mar, 12:00" in told[0].body


def test_case_72_killed_between_commit_and_send_another_worker_sends(claimed, berlin):
    now = berlin("2026-03-03 10:01")
    pass_time(now)
    owed = OutboxMessage.objects.filter(kind="clock_breach").get()
    assert claim_next(now=now) == owed  # and then the worker is gone
    assert deliver_next(now=now + LEASE / 2) is False
    assert deliver_next(now=now + LEASE + timedelta(seconds=1)) is True
    assert len(mail.outbox) == 1
    assert ClockEvent.objects.filter(kind="breach").count() == 1


def test_case_73_killed_after_the_mail_server_said_yes_both_mails_carry_one_key(claimed, berlin):
    now = berlin("2026-03-03 10:01")
    pass_time(now)
    with (
        mock.patch("notifications.services._finish", side_effect=SystemExit),
        pytest.raises(SystemExit),
    ):
        deliver_next(now=now)
    deliver_next(now=now + LEASE + timedelta(seconds=1))
    first, second = mail.outbox
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]
    assert ClockEvent.objects.filter(kind="breach").count() == 1


def test_case_77_a_warning_is_dropped_once_answered_and_a_breach_still_goes(
    claimed, analyst, berlin
):
    pass_time(berlin("2026-03-02 16:01"))  # 75 % of eight hours
    warned = OutboxMessage.objects.get(kind="clock_warn")
    at = berlin("2026-03-02 16:02")
    conversation.write(claimed, text="Here is our answer.", actor=analyst, at=at)
    deliver_all(at)
    warned.refresh_from_db()
    assert warned.status == Status.STALE


def test_case_77_a_breach_goes_out_although_it_was_answered_meanwhile(claimed, analyst, berlin):
    pass_time(berlin("2026-03-03 10:01"))
    at = berlin("2026-03-03 10:02")
    conversation.write(claimed, text="Here is our answer.", actor=analyst, at=at)
    deliver_all(at)
    assert OutboxMessage.objects.get(kind="clock_breach").status == Status.SENT
