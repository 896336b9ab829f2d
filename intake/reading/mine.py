"""A person's own requests: what waits for them, what is open, drafts and what is closed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet

from accounts.date_words import day_hour_words
from accounts.models import User
from audit.models import Entry
from intake.models import Hold, NeedVersion, Proposal, WorkRequest
from intake.reading.next_step import Facts, NextStep, next_step
from intake.reading.promises import is_late, next_promise, promised
from intake.states import State
from sla.models import Clock

PAGE = 20
MOST_WAITING = 50


@dataclass(frozen=True)
class Row:
    """A request in a list; `promise` is what we owe next, `part` how the reader belongs to it."""

    work: WorkRequest
    promise: str = ""
    is_late: bool = False
    part: str = ""


@dataclass(frozen=True)
class Waiting:
    """A request that waits for the reader: what to do, and since when."""

    work: WorkRequest
    step: NextStep
    since: datetime | None


@dataclass(frozen=True)
class Page:
    """Some rows, newest first; `older` is the id before which the next page begins."""

    rows: list[Row]
    older: int | None


def waiting_for(person: User, *, now: datetime) -> list[Waiting]:
    """What needs this person's answer, choice or check, the longest wait first."""
    works = list(
        WorkRequest.objects.waiting_for(person)
        .select_related("requester", "subject")
        .prefetch_related(*_what_waits())
        .order_by("id")[:MOST_WAITING]
    )
    handed_over = _handed_over(works)
    found = [_waiting(work, now, handed_over.get(work.pk)) for work in works]
    return sorted(found, key=lambda item: item.since or now)


def _what_waits() -> Iterable[Prefetch[str]]:
    holds = Hold.objects.waiting().select_related("asked_by").prefetch_related("questions")
    needs = NeedVersion.objects.unanswered().select_related("written_by")
    offers = Proposal.objects.filter(withdrawn_at=None, chosen_at=None)
    return (
        Prefetch("holds", holds, to_attr="open_holds"),
        Prefetch("needs", needs, to_attr="open_needs"),
        Prefetch("proposals", offers, to_attr="open_proposals"),
        Prefetch("subject__clocks", Clock.objects.open().with_terms(), to_attr="open_clocks"),
    )


def _waiting(work: WorkRequest, now: datetime, handed_over: datetime | None) -> Waiting:
    hold = _first(work, "open_holds")
    need = _first(work, "open_needs")
    offer = _first(work, "open_proposals")
    facts = Facts(work, _clocks(work), now, reader_answers=True, hold=hold, need=need)
    since = (
        handed_over
        or (hold and hold.asked_at)
        or (offer and offer.proposed_at)
        or (need and need.played_back_at)
    )
    return Waiting(work, next_step(facts), since)


def _first(work: WorkRequest, name: str) -> Any:
    found = getattr(work, name, ())
    return found[0] if found else None


def _clocks(work: WorkRequest) -> list[Clock]:
    found: list[Clock] = getattr(work.subject, "open_clocks", [])
    return found


def _handed_over(works: Iterable[WorkRequest]) -> dict[int, datetime]:
    """When the results that wait for a check were handed over."""
    ids = [work.pk for work in works if work.state == State.CHECK]
    if not ids:
        return {}
    label = WorkRequest._meta.label_lower
    moves = Entry.objects.filter(
        subject_type=label, subject_id__in=ids, action="intake.moved", data__to=State.CHECK
    )
    return dict(moves.order_by("id").values_list("subject_id", "at"))


def opened(
    person: User, *, now: datetime, but: Iterable[int] = (), before: int | None = None
) -> Page:
    """Open requests other than those that wait for the person, each with our next promise."""
    clocks = Prefetch("subject__clocks", Clock.objects.open().with_terms(), to_attr="open_clocks")
    works = _mine(person).open().exclude(pk__in=list(but)).select_related("subject")
    return _page(works.prefetch_related(clocks), person, now, before)


def closed(person: User, *, now: datetime, before: int | None = None) -> Page:
    return _page(_mine(person).closed(), person, now, before)


def _mine(person: User) -> Any:
    people = ("requester", "raised_by", "analyst", "merged_into")
    return WorkRequest.objects.brought_by(person).select_related(*people)


def _page(works: QuerySet[WorkRequest], person: User, now: datetime, before: int | None) -> Page:
    older = works.filter(pk__lt=before) if before else works
    found = list(older.order_by("-id")[: PAGE + 1])
    rows = [_row(work, person, now) for work in found[:PAGE]]
    return Page(rows, found[PAGE - 1].pk if len(found) > PAGE else None)


def _row(work: WorkRequest, person: User, now: datetime) -> Row:
    clock = next_promise(_clocks(work)) if work.is_open else None
    part = _part(work, person)
    if clock is None or clock.due_at is None:
        return Row(work, part=part)
    when = day_hour_words(clock.due_at, now=now)
    you = "you" if not part else work.requester.name
    what = promised(clock, work, you=you)
    if is_late(clock, now):
        return Row(work, f"We are late: promised by {when}", is_late=True, part=part)
    return Row(work, f"We {what} by {when}", part=part)


def _part(work: WorkRequest, person: User) -> str:
    """How the person belongs to a request that they did not ask themselves."""
    if work.requester_id == person.pk:
        return ""
    if work.raised_by_id == person.pk:
        return f"Raised by you for {work.requester.name}"
    return f"Asked by {work.requester.name}. You take part"
