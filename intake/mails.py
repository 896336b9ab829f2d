"""What each notice says, worked out when it is delivered, for the person who gets it.

A builder returns the context of templates/emails/<kind>/, or None when nobody needs the notice any
more: the request can no longer be seen, or the clock has moved on (sla-spec 8).
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import Model, Q
from django.urls import reverse

from intake.models import (
    Hold,
    Message,
    NeedVersion,
    Proposal,
    ResultCheck,
    Verdict,
    WorkRequest,
)
from intake.reading.promises import promised
from notifications.models import OutboxMessage
from notifications.registry import Context, register
from sla.models import Clock, ClockEvent

Extra = Callable[[WorkRequest, OutboxMessage], dict[str, Any] | None]
PEOPLE = ("requester", "raised_by", "analyst", "department", "tier", "service__current")


def mail(kind: str, extra: "Extra | None" = None, *, path: str = "") -> None:
    """Register a kind; `path` is what follows the request's address behind the mail's button."""

    def build(message: OutboxMessage) -> Context:
        work = seen_by(message)
        words = (extra(work, message) if extra else {}) if work else None
        if work is None or words is None:
            return None
        page = triage_page(work) if message.recipient.is_pmo else work.get_absolute_url() + path
        return {"work": work, "address": page} | words

    register(kind, build)


def seen_by(message: OutboxMessage) -> WorkRequest | None:
    """The request, if this person may still see it."""
    visible = WorkRequest.objects.visible_to(message.recipient).select_related(*PEOPLE)
    return visible.filter(pk=message.payload.get("work")).first()


def triage_page(work: WorkRequest) -> str:
    return reverse("intake:triage_detail", args=[work.reference])


def row(model: type[Model], name: str) -> "Extra":
    """Add the row that the payload names, as long as it is there and public."""

    def find(work: WorkRequest, message: OutboxMessage) -> dict[str, Any] | None:
        rows = model._default_manager.filter(work=work)
        rows = rows.filter(is_internal=False) if model is Message else rows
        found = rows.filter(pk=message.payload.get(name)).first()
        return {name: found} if found else None

    return find


def due(work: WorkRequest, metric: str) -> datetime | None:
    clock = work.subject.clocks.filter(metric=metric).order_by("-cycle").first()
    return clock.due_at if clock else None


def _promises(work: WorkRequest, _: OutboxMessage) -> dict[str, Any]:
    return {"reply_by": due(work, "first_reply"), "proposal_by": due(work, "proposal")}


def _next_contact(work: WorkRequest, _: OutboxMessage) -> dict[str, Any]:
    return {"contact_by": due(work, "next_contact")}


def _waiting(work: WorkRequest, message: OutboxMessage) -> dict[str, Any] | None:
    """A question that was answered or taken back meanwhile needs no mail."""
    hold = Hold.objects.waiting().filter(work=work, pk=message.payload.get("hold")).first()
    return {"hold": hold, "questions": list(hold.questions.all())} if hold else None


def _answers(work: WorkRequest, message: OutboxMessage) -> dict[str, Any] | None:
    hold = Hold.objects.filter(work=work, pk=message.payload.get("hold")).first()
    answered = Q(answered_at__isnull=False)
    return {"questions": list(hold.questions.filter(answered))} if hold else None


def _unanswered_need(work: WorkRequest, message: OutboxMessage) -> dict[str, Any] | None:
    found = row(NeedVersion, "need")(work, message)
    return found if found and found["need"].answered_at is None else None


def _open_proposal(work: WorkRequest, message: OutboxMessage) -> dict[str, Any] | None:
    found = row(Proposal, "proposal")(work, message)
    if not found or found["proposal"].withdrawn_at or found["proposal"].chosen_at:
        return None
    return found | {"tiers": list(found["proposal"].version.tiers.all())}


def _delivery(work: WorkRequest, _: OutboxMessage) -> dict[str, Any]:
    return {"result_by": due(work, "delivery")}


def _payload(name: str) -> "Extra":
    return lambda _, message: {name: message.payload.get(name, "")}


def _event(_: WorkRequest, message: OutboxMessage) -> ClockEvent | None:
    events = ClockEvent.objects.filter(superseded_at=None).select_related("clock")
    return events.filter(pk=message.payload.get("event_id")).first()


def _soon(work: WorkRequest, message: OutboxMessage) -> dict[str, Any] | None:
    """A warning is dropped once its clock has stopped, paused or been cancelled."""
    event = _event(work, message)
    if event is None or event.clock.state != Clock.State.RUNNING:
        return None
    return _clock_words(work, event)


def _missed(work: WorkRequest, message: OutboxMessage) -> dict[str, Any] | None:
    """A miss is told even when the clock has stopped; only a superseded one is dropped."""
    event = _event(work, message)
    return _clock_words(work, event) if event else None


def _clock_words(work: WorkRequest, event: ClockEvent) -> dict[str, Any]:
    return {
        "event": event,
        "clock": event.clock,
        "promised": promised(event.clock, work, you=work.requester.name),
    }


def register_all() -> None:
    """Say what every notice of a request is about."""
    mail("request_received", _promises)
    mail("request_claimed", _next_contact)
    mail("reply", row(Message, "message"), path="conversation/")
    mail("requester_wrote", row(Message, "message"))
    mail("questions_asked", _waiting, path="conversation/")
    mail("questions_answered", _answers)
    mail("play_back", _unanswered_need)
    mail("need_answered", row(NeedVersion, "need"))
    mail("proposal_ready", _open_proposal, path="proposal/")
    mail("proposal_refused", row(Proposal, "proposal"))
    mail("tier_chosen", row(Proposal, "proposal"))
    mail("request_running", _delivery)
    mail("request_withdrawn")
    for kind in ("request_answered", "request_declined", "request_parked"):
        mail(kind, row(Verdict, "verdict"))
    mail("request_back", _promises)
    mail("urgency_judged", lambda w, m: _promises(w, m) | {"why": m.payload.get("why", "")})
    mail("result_due", path="result/")
    mail("result_recorded", row(ResultCheck, "result"))
    mail("result_sent_back", _payload("what"))
    mail("clock_warn", _soon)
    mail("clock_breach", _missed)
    mail("clock_escalate", _missed)
