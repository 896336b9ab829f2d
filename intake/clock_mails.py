"""What the mails about clocks say: soon due, late, and still late (sla-spec 7.4 and 8)."""

from datetime import datetime
from typing import NamedTuple

from django.urls import reverse

from intake.mails import Notice, Words, to_pmo
from intake.models import WorkRequest
from intake.reading.promises import promised
from notifications.models import OutboxMessage
from notifications.registry import Context, register
from sla.metrics import METRICS
from sla.models import Clock, ClockEvent


def warning(notice: Notice) -> Words | None:
    """A warning is dropped once its clock has stopped, paused or been cancelled."""
    event = _event(notice)
    if event is None or event.clock.state != Clock.State.RUNNING:
        return None
    return _words(notice, event) | {"event_percent": _percent(event)}


def breach(notice: Notice) -> Words | None:
    """A miss is told even when the clock has stopped; only a superseded one is dropped."""
    event = _event(notice)
    return _words(notice, event) if event else None


def escalation(notice: Notice) -> Words | None:
    event = _event(notice)
    if event is None:
        return None
    due = ClockEvent.objects.live().filter(
        clock=event.clock, cycle=event.cycle, kind=ClockEvent.Kind.BREACH
    )
    broken = due.first()
    due_at = broken.due_at if broken else event.clock.due_at or event.due_at
    return _words(notice, event) | {"due_at": due_at, "is_over": not event.clock.is_open}


class Line(NamedTuple):
    """One clock of a digest."""

    reference: str
    act: str
    due_at: datetime
    is_late: bool
    noticed_at: datetime


def digest(message: OutboxMessage) -> Context:
    """Many clocks in one mail, the latest first; those that are no longer a fact are left out."""
    named = message.payload.get("events") or []
    live = ClockEvent.objects.live().filter(pk__in=named).select_related("clock")
    works = WorkRequest.objects.visible_to(message.recipient).select_related("requester")
    by_subject = works.in_bulk([event.clock.subject_id for event in live], field_name="subject_id")
    told = [
        (event, by_subject[event.clock.subject_id])
        for event in sorted(live, key=_by_severity)
        if event.clock.subject_id in by_subject and _is_worth_telling(event)
    ]
    if not told:
        return None
    more = max(int(message.payload.get("count", 0)) - len(named), 0)
    soon = sum(event.kind == ClockEvent.Kind.WARN for event, _ in told)
    return {
        "lines": [_line(event, work) for event, work in told],
        "more": more,
        "count": len(told) + more,
        "soon": soon,
        "late": len(told) - soon,
        "address": reverse("board") if message.recipient.is_pmo else reverse("board_month"),
        "because": "so many promises were due at once",
    }


def _by_severity(event: ClockEvent) -> tuple[bool, datetime]:
    return event.kind == ClockEvent.Kind.WARN, event.due_at


def _is_worth_telling(event: ClockEvent) -> bool:
    return event.kind != ClockEvent.Kind.WARN or event.clock.state == Clock.State.RUNNING


def _line(event: ClockEvent, work: WorkRequest) -> Line:
    act = promised(event.clock, work, you=work.requester.name)
    due_at = event.clock.due_at or event.due_at
    return Line(work.reference, act, due_at, event.is_late, event.detected_at)


def _event(notice: Notice) -> ClockEvent | None:
    """The event, as long as it is a fact and its clock times this request or its pilot."""
    events = ClockEvent.objects.live().select_related("clock__target")
    timed = [notice.work.subject_id, notice.work.pilot.subject_id if notice.work.pilot else 0]
    of_work = events.filter(clock__subject__in=timed)
    return of_work.filter(pk=notice.number("event_id")).first()


def _words(notice: Notice, event: ClockEvent) -> Words:
    what = promised(event.clock, notice.work, you=notice.work.requester.name)
    return {
        "event": event,
        "clock": event.clock,
        "promised": what,
        "act": what[:1].upper() + what[1:],
        "name": METRICS[event.clock.metric].name.lower(),
    }


def _percent(event: ClockEvent) -> int:
    """How much of the target the threshold stands for."""
    for threshold in event.clock.target.thresholds:
        if threshold["key"] == event.threshold_key:
            return int(threshold.get("percent") or 0)
    return 0


def register_all() -> None:
    to_pmo("clock_warn", warning, sponsors=True)
    to_pmo("clock_breach", breach, sponsors=True)
    to_pmo("clock_escalate", escalation, sponsors=True)
    register("clock_digest", digest, may_stand_in=lambda person: person.is_pmo)
