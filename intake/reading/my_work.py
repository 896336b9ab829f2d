"""What an analyst has in hand, by what it needs now (ux.md 4.2, /my-work/)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Prefetch, Q
from django.utils import timezone

from accounts.models import StandIn, User
from intake.models import WorkRequest
from intake.reading.promises import Chip, chip_of
from intake.states import State
from sla.metrics import METRICS
from sla.models import Clock

MOST = 200
PARTS = (
    (
        "Working out the need",
        (State.CLAIMED, State.DISCOVERY),
        "Nothing in discovery. What you claim in triage stands here.",
    ),
    (
        "Proposals and blueprints",
        (State.PROPOSED, State.BLUEPRINT),
        "No proposal waits for an answer, and no blueprint is being set up.",
    ),
    ("Running", (State.RUNNING,), "Nothing of yours is running."),
    ("Results to be checked", (State.CHECK,), "No result waits to be checked."),
    ("Parked", (State.PARKED,), "Nothing is parked."),
)


@dataclass(frozen=True)
class Row:
    """A request in hand: what is due next, and for whom the reader stands in, if for somebody."""

    work: WorkRequest
    promise: str
    chip: Chip | None
    due_at: datetime | None
    stands_for: str = ""
    stands_until: date | None = None


@dataclass(frozen=True)
class Part:
    title: str
    rows: list[Row]
    empty: str


def my_work(person: User, *, now: datetime) -> list[Part]:
    """Open requests whose contact is this person, or somebody they stand in for."""
    today = timezone.localdate(now)
    standing = StandIn.objects.on(today).filter(stand_in=person).select_related("person")
    away = {absence.person_id: absence for absence in standing}
    rows = [_row(work, away, now) for work in _works(person, list(away))]
    return [
        Part(title, [row for row in rows if row.work.state in states], empty)
        for title, states, empty in PARTS
    ]


def _works(person: User, away: list[int]) -> list[WorkRequest]:
    clocks = Prefetch("subject__clocks", Clock.objects.open().with_terms(), to_attr="open_clocks")
    works = WorkRequest.objects.visible_to(person).for_queue().select_related("subject")
    mine = works.filter(Q(analyst=person) | Q(analyst__in=away)).prefetch_related(clocks)
    return list(mine[:MOST])


def _row(work: WorkRequest, away: dict[int, StandIn], now: datetime) -> Row:
    clocks: list[Clock] = getattr(work.subject, "open_clocks", [])
    running = [clock for clock in clocks if clock.due_at and clock.running_since]
    first = min(running, key=lambda clock: (clock.due_at, clock.pk), default=None)
    shown = first or next(iter(clocks), None)
    absence = away.get(work.analyst_id) if work.analyst_id else None
    return Row(
        work=work,
        promise=METRICS[shown.metric].name if shown else "",
        chip=chip_of(shown, now) if shown else None,
        due_at=first.due_at if first else None,
        stands_for=absence.person.name if absence else "",
        stands_until=absence.ends_on if absence else None,
    )
