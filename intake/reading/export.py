"""Requests as rows of a file that a spreadsheet opens without running anything in it."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts.exporting import inert
from accounts.models import User
from intake.models import NO_PROMISE, Answer, WorkRequest
from intake.policies import is_of
from intake.reading.badges import badge_of

HEAD = (
    "Reference",
    "Title",
    "State",
    "Lane",
    "Requester",
    "Area",
    "Claimed by",
    "Service",
    "Tier",
    "Urgency",
    "Needed by",
    "Received",
    "Next promise due",
    "Framed answers",
    "In their words",
    "Agreed need",
)

# What a requester's own list holds: no text that could be for the PMO only.
MINE = (
    "Reference",
    "Title",
    "State",
    "Requester",
    "Your contact",
    "Service",
    "Tier",
    "Needed by",
    "Asked",
    "Closed",
)


def own_lines(person: User, *, now: datetime) -> Iterator[tuple[object, ...]]:
    """A person's own requests, newest first; drafts stay out.

    A title made of words for the PMO only is left out where the request was only joined.
    """
    works = WorkRequest.objects.brought_by(person).received().order_by("-received_at", "-pk")
    works = works.annotate(is_kept=Exists(_kept_with_pmo()))
    people = works.select_related("requester", "analyst", "service__current", "tier", "merged_into")
    for work in people.iterator(chunk_size=500):
        yield (
            work.reference,
            "" if getattr(work, "is_kept", False) and not is_of(person, work) else work.title,
            badge_of(work, now=now, is_theirs=True).words,
            work.requester.name,
            work.analyst.name if work.analyst else "",
            work.service or "",
            work.tier or "",
            work.needed_by or "",
            _day(work.received_at),
            _day(work.closed_at),
        )


def _day(moment: datetime | None) -> str:
    return timezone.localdate(moment).isoformat() if moment else ""


def _kept_with_pmo() -> QuerySet[Answer]:
    return Answer.objects.filter(work=OuterRef("pk"), slug="need", is_pmo_only=True)


def lines(works: Iterable[WorkRequest], *, now: datetime) -> Iterator[list[str]]:
    """Rows without what stays with the PMO: a file is handed on (product.md 11)."""
    works = list(works)
    kept = Answer.objects.filter(work__in=works, slug="need", is_pmo_only=True)
    hidden = set(kept.values_list("work", flat=True))
    for work in works:
        yield [inert(str(cell)) for cell in _cells(work, now, is_hidden=work.pk in hidden)]


def _cells(work: WorkRequest, now: datetime, *, is_hidden: bool) -> tuple[object, ...]:
    due = work.queue_at
    return (
        work.reference,
        "" if is_hidden else work.title,
        badge_of(work, now=now).words,
        work.get_lane_display(),
        work.requester.name,
        work.department or "",
        work.analyst.name if work.analyst else "",
        work.service or "",
        work.tier or "",
        work.get_urgency_display(),
        work.needed_by or "",
        timezone.localtime(work.received_at).isoformat(timespec="minutes"),
        "" if due >= NO_PROMISE else timezone.localtime(due).isoformat(timespec="minutes"),
        work.framed,
        "" if is_hidden else work.ask,
        work.need,
    )
