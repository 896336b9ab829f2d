"""What the mails about clocks say: soon due, late, and still late (sla-spec 7.4 and 8)."""

from intake.mails import Notice, Words
from intake.reading.promises import promised
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


def _event(notice: Notice) -> ClockEvent | None:
    """The event, as long as it is a fact and its clock times this request."""
    events = ClockEvent.objects.live().select_related("clock__target")
    of_work = events.filter(clock__subject=notice.work.subject_id)
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
