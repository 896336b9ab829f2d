"""Who hears of a clock, once."""

import pytest

from intake.services import conversation, escalation, triage
from notifications.channels import email
from notifications.models import OutboxMessage
from notifications.registry import context_for
from sla.models import BusinessCalendar, ClockEvent, SlaTarget
from sla.services import calendars, corrections
from sla.services.sweep import sweep
from sla.terms import Kind
from sla.thresholds import row
from tests.factories.intake import make_work

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


def claimed_works(count, requester, analyst, berlin):
    for _ in range(count):
        work = make_work(requester, berlin("2026-03-02 10:00"))
        triage.claim(work, actor=analyst, at=berlin("2026-03-02 10:30"))


def test_after_downtime_more_than_twenty_clocks_become_one_digest(
    requester, analyst, policies, berlin
):
    claimed_works(11, requester, analyst, berlin)
    # Each has a first reply and a next contact or proposal; they are settled in small batches.
    sweep(now=berlin("2026-03-12 12:00"), batch=5)
    [digest] = OutboxMessage.objects.filter(recipient=analyst, status="due").exclude(
        kind__startswith="request"
    )
    assert digest.kind == "clock_digest"
    assert digest.payload["count"] > 20
    assert not OutboxMessage.objects.filter(kind="clock_breach", status="due").exists()
    rendered = email.render(digest, context_for(digest))
    assert "promises need a look" in rendered.subject
    assert "PMO-0001: propose an approach, was due Mon 9 Mar, 10:00, noticed Thu 12 Mar, 12:00" in (
        rendered.body
    )


def test_twenty_clocks_are_told_one_by_one(requester, analyst, policies, berlin):
    claimed_works(5, requester, analyst, berlin)
    pass_time(berlin("2026-03-09 12:00"))
    assert not OutboxMessage.objects.filter(kind="clock_digest").exists()
    assert OutboxMessage.objects.filter(kind="clock_breach").count() >= 5


def test_a_digest_lists_only_what_is_still_true(requester, analyst, policies, berlin):
    claimed_works(11, requester, analyst, berlin)
    sweep(now=berlin("2026-03-12 12:00"))
    digest = OutboxMessage.objects.filter(kind="clock_digest").latest("pk")
    ClockEvent.objects.update(superseded_at=berlin("2026-03-12 12:01"))
    assert context_for(digest) is None


def ladder(**steps):
    SlaTarget.objects.update(
        thresholds=[
            row(Kind.BREACH, percent=100, recipients=["analyst"], severity=2),
            *(
                row(Kind.ESCALATE, percent=int(name[1:]), recipients=told, severity=3)
                for name, told in steps.items()
            ),
        ]
    )


def test_each_step_of_the_ladder_tells_its_roles(
    requester, policies, analyst, lead, sponsor, berlin
):
    """The first reply is due in 8 working hours: steps at 150 and 200 % of them."""
    ladder(p150=["lead"], p200=["lead", "sponsor"])
    work = make_work(requester, berlin("2026-03-02 10:00"))
    triage.claim(work, actor=analyst, at=berlin("2026-03-02 10:30"))
    for moment, kind, names in (
        ("2026-03-03 10:01", "clock_breach", ["Dana Reyes"]),
        ("2026-03-03 14:01", "clock_escalate", ["Lena Fox"]),
        ("2026-03-04 10:01", "clock_escalate", ["Lena Fox", "Lena Fox", "Sam Ortiz"]),
    ):
        pass_time(berlin(moment))
        assert sorted(told(kind)) == names
    context = context_for(OutboxMessage.objects.get(recipient=sponsor))
    assert context["address"] == work.get_absolute_url()
    assert context["because"] == f"you sponsor the area of {work.reference}"


def test_clocks_that_a_correction_broke_are_told_in_one_digest(
    requester, policies, analyst, berlin
):
    claimed_works(2, requester, analyst, berlin)
    pass_time(berlin("2026-03-02 12:00"))
    calendar = BusinessCalendar.objects.get()
    hours = calendar.versions.get(number=calendar.version).hours
    longer = {**hours, "weekly": {day: [["00:00", "24:00"]] for day in hours["weekly"]}}
    at = berlin("2026-03-03 08:30")
    calendars.save_version(calendar, longer, actor=None, at=at, reason="Open all day")
    corrections.apply_corrections(now=at)
    escalation.notify_all(at)
    kinds = OutboxMessage.objects.filter(created_at=at).values_list("kind", flat=True)
    assert list(kinds) == ["clock_digest"]
