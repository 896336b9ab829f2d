"""What pilots ask of a person: check-ins of today, and verdicts."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.waiting import Duty, register
from catalog.models import Pilot
from intake.models import WorkRequest
from intake.reading.board import Place, register_subjects
from intake.reading.pilot_page import PilotPage

MOST = 30


def of_pilots(person: User, reader: User, now: datetime) -> Iterator[Duty]:
    """Verdicts for who was named to decide, check-ins for both sides."""
    theirs = Q(requester=person) | Q(analyst=person) | Q(pilot__decider=person)
    works = WorkRequest.objects.visible_to(reader).filter(theirs, pilot__decided_at=None)
    related = works.filter(pilot__isnull=False).select_related("pilot__decider", "pilot__subject")
    for work in related.order_by("pilot__ends_on")[:MOST]:
        yield from _of_pilot(person, work, now)


def _of_pilot(person: User, work: WorkRequest, now: datetime) -> Iterator[Duty]:
    assert work.pilot is not None
    page = PilotPage(work.pilot, now)
    if work.pilot.ended_at:
        if person.pk == work.pilot.decider_id:
            yield _verdict(work, page)
        return
    if _is_owed(page, now) and person.pk in (work.requester_id, work.analyst_id):
        yield Duty(
            what="Check in on the pilot",
            about=work.title or work.reference,
            why="Somebody looks at a pilot in its rhythm; nobody has since the last one.",
            address=reverse("intake:check_in", args=[work.reference]),
            action="Check in, three questions",
            reference=work.reference,
        )


def _is_owed(page: PilotPage, now: datetime) -> bool:
    """A look was due by today, and there was none since the one before it."""
    today = timezone.localtime(now).date()
    due = [on for on in page.pilot.check_in_dates() if on <= today]
    if not due:
        return False
    since = due[-2] if len(due) > 1 else page.pilot.starts_on
    return not page.pilot.check_ins.filter(on__gt=since).exists()


def _verdict(work: WorkRequest, page: PilotPage) -> Duty:
    return Duty(
        what="Decide on the pilot",
        about=work.title or work.reference,
        why="The pilot has ended, and you were named to decide.",
        address=reverse("intake:pilot_decide", args=[work.reference]),
        action="Keep, adapt or drop",
        due=page.clock.due_at if page.clock else None,
        since=page.pilot.ended_at,
        reference=work.reference,
    )


def named(subjects: Iterable[int]) -> dict[int, Place]:
    """Name pilots for the board by the ids of their subjects."""
    found = Pilot.objects.filter(subject__in=subjects).select_related("service__current")
    return {
        pilot.subject_id: Place(
            f"Pilot of {pilot.service}, {pilot.scope}",
            reverse("intake:pilot_detail", args=[pilot.pk]),
        )
        for pilot in found
    }


def register_all() -> None:
    register("pilots", of_pilots)
    register_subjects("pilot", named)
