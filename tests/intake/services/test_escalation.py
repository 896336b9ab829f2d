"""Who hears of a clock, once."""

import pytest

from intake.services import conversation, escalation, triage
from notifications.models import OutboxMessage
from sla.models import ClockEvent
from sla.services.sweep import sweep

pytestmark = pytest.mark.django_db


def pass_time(now):
    sweep(now=now)
    escalation.notify_all(now)


def told(kind):
    return list(OutboxMessage.objects.filter(kind=kind).values_list("recipient__name", flat=True))


def test_a_missed_reply_on_a_request_nobody_claimed_is_told_to_the_leads(work, lead, berlin):
    pass_time(berlin("2026-03-03 10:01"))
    assert told("clock_breach") == ["Lena Fox"]


def test_the_analyst_hears_of_a_miss_once_however_often_the_sweep_runs(work, analyst, berlin):
    triage.claim(work, actor=analyst, at=berlin("2026-03-02 10:30"))
    for minute in ("01", "02", "03"):
        pass_time(berlin(f"2026-03-03 10:{minute}"))
    assert told("clock_breach") == ["Dana Reyes"]
    breach = ClockEvent.objects.get(kind="breach")
    assert breach.due_at == berlin("2026-03-03 10:00")
    assert breach.detected_at == berlin("2026-03-03 10:01")


def test_after_days_of_silence_one_notice_tells_the_most_severe(work, analyst, lead, berlin):
    triage.claim(work, actor=analyst, at=berlin("2026-03-02 10:30"))
    conversation.write(work, text="Hello", actor=analyst, at=berlin("2026-03-02 11:00"))
    pass_time(berlin("2026-03-20 10:00"))
    events = ClockEvent.objects.filter(clock__metric="proposal").count()
    assert events == 5
    told_of = {
        ClockEvent.objects.get(pk=notice.payload["event_id"]).clock.metric: notice.kind
        for notice in OutboxMessage.objects.filter(payload__has_key="event_id")
    }
    assert told_of["proposal"] == "clock_escalate"
    assert OutboxMessage.objects.filter(kind="clock_breach").count() == 0


def test_a_pause_that_falls_between_due_and_sweep_is_still_a_breach(work, analyst, berlin):
    triage.ask(
        work, questions=["Which?"], blocks=True, actor=analyst, at=berlin("2026-03-09 11:00")
    )
    breach = ClockEvent.objects.get(kind="breach", clock__metric="proposal")
    assert breach.due_at == berlin("2026-03-09 10:00")
