"""Reading the triage queue: views, filters, order, pages and counts (ux.md 5.7).

The queue never counts all its rows and never skips over them: counts stop at a cap, and a page
begins behind the last row of the one before (performance.md, what this asks of the design).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import User
from intake import search
from intake.models import WorkRequest
from intake.reading.badges import badge_of
from intake.reading.promises import chip_of
from intake.states import OPEN, Lane, State
from sla.models import Clock

PAGE = 50
CAP = 1000
BAND = 8
LINE = 90
QUESTIONS = {Lane.ORDER: 3, Lane.CONSULT: 12}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Condition = Callable[[User, datetime], Q]


class View(NamedTuple):
    key: str
    words: str
    condition: Condition


def _due_today(_: User, now: datetime) -> Q:
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return Q(queue_at__gte=now, queue_at__lt=midnight + timedelta(days=1))


VIEWS = (
    View("unclaimed", "Unclaimed", lambda _, __: Q(state=State.NEW)),
    View("mine", "Mine", lambda user, _: Q(analyst=user)),
    View("today", "Due today", _due_today),
    View("late", "Late", lambda _, now: Q(queue_at__lt=now)),
    View("urgent", "Urgent to judge", lambda _, __: Q(urgency=WorkRequest.Urgency.ASKED)),
    View("waiting", "Waiting for requester", lambda _, __: Q(waiting_since__isnull=False)),
    View("answers", "New answers", lambda _, __: Q(new_answer_at__isnull=False)),
    View("back", "Back from park", lambda _, __: Q(returned_at__isnull=False)),
    View("open", "All open", lambda _, __: Q()),
)
VIEW_OF = {view.key: view for view in VIEWS}
STRIP = ("unclaimed", "today", "late", "waiting", "back")
SORTS = {"promise": "queue_at", "received": "received_at"}


@dataclass(frozen=True)
class Asked:
    """What the address asks for, read from an allow-list; anything else is left out."""

    view: str = "open"
    sort: str = "promise"
    descending: bool = False
    text: str = ""
    department: int | None = None
    analyst: int | None = None
    lane: str = ""
    state: str = ""
    after: tuple[datetime, int] | None = None
    before: tuple[datetime, int] | None = None


def read(query: Mapping[str, str], *, default: str = "unclaimed") -> Asked:
    """Read a query string. Nothing in it can name a column, and no value is trusted."""
    sort = query.get("sort", "promise")
    key = sort.removeprefix("-")
    view = query.get("view", "")
    lane, state = query.get("lane", ""), query.get("state", "")
    return Asked(
        view=view if view in VIEW_OF else default,
        sort=key if key in SORTS else "promise",
        descending=sort.startswith("-") and key in SORTS,
        text=query.get("q", "").replace("\x00", "").strip()[: search.LENGTH],
        department=_number(query.get("department", "")),
        analyst=_number(query.get("analyst", "")),
        lane=lane if lane in Lane.values else "",
        state=state if state in OPEN else "",
        after=_cursor(query.get("after", "")),
        before=_cursor(query.get("before", "")),
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _cursor(text: str) -> tuple[datetime, int] | None:
    moment, _, pk = text.partition(".")
    if not (moment.isascii() and moment.isdigit() and len(moment) < 19 and _number(pk)):
        return None
    try:
        return EPOCH + timedelta(microseconds=int(moment)), int(pk)
    except OverflowError:
        return None


def cursor_of(work: WorkRequest, sort: str) -> str:
    """Where a row stands in this order, as the address writes it."""
    moment = getattr(work, SORTS[sort])
    return f"{(moment - EPOCH) // timedelta(microseconds=1)}.{work.pk}"


def rows_of(user: User, asked: Asked, now: datetime) -> "QuerySet[WorkRequest]":
    """All rows that fit, without order or page."""
    works = WorkRequest.objects.open().filter(VIEW_OF[asked.view].condition(user, now))
    if asked.department:
        works = works.filter(department=asked.department)
    if asked.analyst:
        works = works.filter(analyst=asked.analyst)
    if asked.lane:
        works = works.filter(lane=asked.lane)
    if asked.state:
        works = works.filter(state=asked.state)
    return _found(works, asked.text) if asked.text else works


def _found(works: "QuerySet[WorkRequest]", text: str) -> "QuerySet[WorkRequest]":
    number = WorkRequest.number_of(text)
    return works.filter(number=number) if number else search.matching(works, text)


class Page(NamedTuple):
    works: list[WorkRequest]
    previous: str
    next: str


def page_of(works: "QuerySet[WorkRequest]", asked: Asked) -> Page:
    """One page by keyset: rows behind `after`, or before `before`; ties are told by the id."""
    field = SORTS[asked.sort]
    backwards = asked.before is not None
    falling = asked.descending != backwards
    mark = asked.before or asked.after
    if mark:
        works = works.filter(_beyond(field, mark, falling=falling))
    sign = "-" if falling else ""
    ordered = works.with_people().order_by(f"{sign}{field}", f"{sign}id")
    found = list(ordered[: PAGE + 1])
    has_more = len(found) > PAGE
    found = found[:PAGE][::-1] if backwards else found[:PAGE]
    if not found:
        return Page([], "", "")
    has_previous = has_more if backwards else asked.after is not None
    has_next = True if backwards else has_more
    return Page(
        found,
        cursor_of(found[0], asked.sort) if has_previous else "",
        cursor_of(found[-1], asked.sort) if has_next else "",
    )


def _beyond(field: str, mark: tuple[datetime, int], *, falling: bool) -> Q:
    """Rows behind the mark. The plain bound lets the index begin there."""
    moment, pk = mark
    side = "lt" if falling else "gt"
    tie = Q(**{field: moment, f"id__{side}": pk})
    return Q(**{f"{field}__{side}e": moment}) & (Q(**{f"{field}__{side}": moment}) | tie)


def capped_counts(querysets: "Mapping[str, QuerySet[WorkRequest]]") -> dict[str, int]:
    """Count each up to the cap and one more, all in one statement."""
    parts: list[str] = []
    values: list[object] = []
    for rows in querysets.values():
        sql, params = rows.order_by().values("pk")[: CAP + 1].query.sql_with_params()
        parts.append(f"(SELECT COUNT(*) FROM ({sql}) AS capped)")  # noqa: S608 - Django's own SQL
        values += params
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", values)
        return dict(zip(querysets, cursor.fetchone(), strict=True))


def count_words(count: int) -> str:
    return f"{CAP:,}+" if count > CAP else str(count)


def view_counts(user: User, now: datetime) -> dict[str, str]:
    """The number beside each built-in view."""
    works = WorkRequest.objects.open()
    rows = {view.key: works.filter(view.condition(user, now)) for view in VIEWS}
    return {key: count_words(count) for key, count in capped_counts(rows).items()}


class Row(NamedTuple):
    """One row with all its words, so that the template only writes them."""

    work: WorkRequest
    reference: str
    title: str
    sender: str
    area: str
    lane: str
    tags: list[str]
    line: str
    age: str
    tone: str
    promise: str
    framing: str
    claimed: str
    state_tone: str
    state_icon: str
    state: str


def rows_in_words(works: Iterable[WorkRequest], now: datetime) -> list[Row]:
    """Word the rows of a page; their clocks come in one query."""
    works = list(works)
    clocks = soonest_clocks([work.subject_id for work in works])
    return [_row(work, clocks.get(work.subject_id), now) for work in works]


def soonest_clocks(subjects: list[int]) -> dict[int, Clock]:
    """The clock that a row shows: the soonest running one, else a paused one."""
    states = (Clock.State.RUNNING, Clock.State.PAUSED)
    clocks = Clock.objects.filter(subject__in=subjects, state__in=states)
    far = datetime.max.replace(tzinfo=UTC)
    shown: dict[int, Clock] = {}
    for clock in clocks.select_related("calendar", "target"):
        best = shown.get(clock.subject_id)
        if best is None or (clock.due_at or far) < (best.due_at or far):
            shown[clock.subject_id] = clock
    return shown


def _row(work: WorkRequest, clock: Clock | None, now: datetime) -> Row:
    chip = chip_of(clock, now) if clock else None
    badge = badge_of(work, now=now)
    return Row(
        work=work,
        reference=work.reference,
        title=work.title,
        sender=work.requester.name,
        area=work.department.name if work.department else "",
        lane="quick lane" if work.is_quick else "full lane",
        tags=_tags(work),
        line=work.need or work.ask[:LINE],
        age=age_words(work, now),
        tone=chip.tone if chip else "idle",
        promise=chip.words if chip else "No promise runs",
        framing=f"{work.framed} of {QUESTIONS[Lane(work.lane)]}",
        claimed=work.analyst.name if work.analyst else "Unclaimed",
        state_tone=badge.tone,
        state_icon=badge.icon,
        state=badge.words,
    )


def _tags(work: WorkRequest) -> list[str]:
    marks = (
        (work.urgency == WorkRequest.Urgency.ASKED, "urgent asked"),
        (work.urgency == WorkRequest.Urgency.ACCEPTED, "urgent"),
        (work.new_answer_at is not None, "new answer"),
        (work.returned_at is not None, "back from park"),
        (work.raised_by_id is not None, "on behalf"),
    )
    return [words for holds, words in marks if holds]


def age_words(work: WorkRequest, now: datetime) -> str:
    days = (now - work.received_at).days if work.received_at else 0
    return "today" if days < 1 else f"{days} d"


def urgent_band(now: datetime) -> list[WorkRequest]:
    """Urgent asks that nobody judged yet, soonest first."""
    asked = WorkRequest.objects.open().filter(urgency=WorkRequest.Urgency.ASKED)
    return list(asked.select_related("requester").order_by("queue_at", "id")[:BAND])


def next_reference(user: User, asked: Asked, work: WorkRequest, now: datetime) -> str:
    """The row behind this one in the same view, once this one is dealt with; empty at its end."""
    mark = (work.queue_at, work.pk)
    rest = rows_of(user, asked, now).exclude(pk=work.pk)
    behind = rest.filter(_beyond("queue_at", mark, falling=False))
    found = behind.order_by("queue_at", "id").first() or rest.order_by("queue_at", "id").first()
    return found.reference if found else ""
