"""The front door: what to do here, what it costs, and what waits for you."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.http import is_person
from accounts.models import User
from catalog.browsing import Card, card
from catalog.models import Service
from intake import track_record
from intake.effort import efforts
from intake.models import Hold, WorkRequest
from intake.reading.talking import next_hour
from intake.states import State

SHOWN = 3
TILES = 6


@dataclass(frozen=True)
class Waiting:
    """One request that waits for this person: why, since when, and what the button says."""

    work: WorkRequest
    why: str
    since: datetime | None
    action: str
    is_paused: bool = False


def home(request: HttpRequest) -> HttpResponse:
    """The front page, for visitors and for people who signed in."""
    now = timezone.now()
    person = request.user if is_person(request.user) else None
    context = {
        "efforts": efforts(at=now),
        "month": track_record.last_month(now),
        "cards": _cards(person, now),
        "talk": next_hour(now),
    }
    if person:
        context |= _own(person)
    return render(request, "pages/home.html", context)


def _cards(person: User | None, now: datetime) -> list[Card]:
    """The first services that are on offer for whoever looks."""
    offered = Service.objects.listed().visible_to(person).for_audience("me").with_tiers()
    today, record = timezone.localdate(now), track_record.by_service(now)
    services = [service for service in offered if service.can_be_asked_for(today)][:TILES]
    return [card(s, record.get(s.pk), person=person, today=today, now=now) for s in services]


def _own(person: User) -> dict[str, object]:
    """What waits for this person, and the drafts they can go on with."""
    questions = Prefetch(
        "holds", Hold.objects.waiting().prefetch_related("questions"), to_attr="open_holds"
    )
    works = WorkRequest.objects.waiting_for(person).order_by("queue_at", "id")
    waiting = list(works.prefetch_related(questions)[: SHOWN + 1])
    drafts = WorkRequest.objects.brought_by(person).drafts()
    has_more = len(waiting) > SHOWN
    return {
        "waiting": [_why(work) for work in waiting[:SHOWN]],
        "waiting_count": works.count() if has_more else len(waiting),
        "has_more_waiting": has_more,
        "drafts": list(drafts[:SHOWN]),
    }


def _why(work: WorkRequest) -> Waiting:
    holds: list[Hold] = getattr(work, "open_holds", [])
    if holds:
        return _asked(work, holds[0])
    if work.state == State.PROPOSED:
        return Waiting(work, "Our proposal is ready. Your choice", None, "Choose")
    if work.state == State.CHECK:
        return Waiting(work, "Time to check the result", None, "Check it")
    return Waiting(work, "We wrote down the need as we understood it", None, "Confirm it")


def _asked(work: WorkRequest, hold: Hold) -> Waiting:
    count = len([q for q in hold.questions.all() if q.answered_at is None])
    words = ["one question", "two questions", "three questions"][min(max(count, 1), 3) - 1]
    action = "Answer it" if count == 1 else "Answer them"
    return Waiting(work, f"We asked {words} on", hold.asked_at, action, hold.is_blocking)
