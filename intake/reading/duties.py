"""What requests ask of a person: of the requester's side, of the analyst, of who decides."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.db.models import Prefetch
from django.urls import reverse

from accounts.models import User
from accounts.waiting import Duty, register
from intake.models import NewDate, WorkRequest
from intake.reading import mine
from intake.reading.promises import promised
from intake.services.late import late_clock, owed_by
from intake.states import State
from sla.models import Clock

MOST = 50
# A decision that nobody recorded is asked for this long after the result.
ASK_FOR_DECISION = timedelta(days=30)


def about(work: WorkRequest) -> str:
    return work.title or work.reference


def _may_act(person: User, reader: User) -> bool:
    """The PMO stands in for nobody on the requester's side."""
    return reader == person or not reader.is_pmo


def of_the_requester(person: User, reader: User, now: datetime) -> Iterator[Duty]:
    """Questions, play-backs, tiers to choose and results to check."""
    if not _may_act(person, reader):
        return
    for item in mine.waiting_for(person, now=now):
        yield Duty(
            what=item.step.action,
            about=about(item.work),
            why=item.step.sentence,
            address=item.step.address,
            action=item.step.action,
            since=item.since,
            reference=item.work.reference,
            lines=(*item.step.questions, *(line for line in item.step.details if line)),
        )


def decisions_to_record(person: User, reader: User, now: datetime) -> Iterator[Duty]:
    """What came of it is known, and when it was decided is not."""
    if not _may_act(person, reader):
        return
    done = WorkRequest.objects.filter(
        requester=person,
        state=State.DONE,
        closed_at__gte=now - ASK_FOR_DECISION,
        decision__decided_on=None,
        decision__isnull=False,
    )
    for work in done.exclude(decision__name="").order_by("id")[:MOST]:
        yield Duty(
            what="Record the decision",
            about=about(work),
            why="You asked for it. When it was decided, only your side knows.",
            address=reverse("intake:record_decision", args=[work.reference]),
            action="Record the decision",
            since=work.closed_at,
            reference=work.reference,
        )


def of_the_analyst(person: User, reader: User, now: datetime) -> Iterable[Duty]:
    """New dates to name, urgency to judge, and what the requester's side wrote."""
    if not (person.is_pmo and reader.is_pmo):
        return []
    works = _of(person, reader)
    return [duty for work in works for duty in _each(work, now)]


def _of(person: User, reader: User) -> list[WorkRequest]:
    clocks = Clock.objects.open().with_terms()
    dates = NewDate.objects.order_by("-id")
    works = WorkRequest.objects.visible_to(reader).open().filter(analyst=person)
    found = (
        works.exclude(requester__in=(person, reader))
        .select_related("requester", "subject")
        .prefetch_related(
            Prefetch("subject__clocks", clocks, to_attr="open_clocks"),
            Prefetch("new_dates", dates, to_attr="named_dates"),
        )
        .order_by("queue_at", "id")
    )
    return list(found[:MOST])


def _each(work: WorkRequest, now: datetime) -> Iterator[Duty]:
    clocks: list[Clock] = getattr(work.subject, "open_clocks", [])
    late = late_clock(clocks, now)
    if late and not _has_new_date(work, late, now):
        what = promised(late, work, you=work.requester.name)
        yield Duty(
            what="Name the new date",
            about=about(work),
            why=f"We promised to {what}, and you are the contact.",
            address=reverse("intake:new_date", args=[work.reference]),
            action="Name the new date",
            due=owed_by(late),
            since=late.due_at,
            reference=work.reference,
        )
    place = reverse("intake:triage_detail", args=[work.reference])
    if work.urgency == WorkRequest.Urgency.ASKED:
        yield _asked(work, "Judge the urgency", "asked for urgent treatment.", place, clocks)
    if work.new_answer_at:
        page = reverse("intake:conversation", args=[work.reference])
        yield _asked(work, "Read what is new", "wrote or answered.", page, clocks)


def _asked(work: WorkRequest, what: str, did: str, place: str, clocks: list[Clock]) -> Duty:
    running = [clock.due_at for clock in clocks if clock.due_at and clock.running_since]
    return Duty(
        what=what,
        about=about(work),
        why=f"You are the contact; {work.requester.name} {did}",
        address=place,
        action=what,
        due=min(running, default=None),
        since=work.new_answer_at or work.received_at,
        reference=work.reference,
    )


def _has_new_date(work: WorkRequest, clock: Clock, now: datetime) -> bool:
    named: list[NewDate] = getattr(work, "named_dates", [])
    today = now.date()
    return any(date.clock_id == clock.pk and date.new_on >= today for date in named)


def register_all() -> None:
    register("requester", of_the_requester)
    register("decisions", decisions_to_record)
    register("analyst", of_the_analyst)
