"""The triage queue as a question to the database: views, filters, order and pages (ux.md 5.7).

Pages are read by the key of their last row, never by an offset, so that a page costs the same
whether a thousand requests are stored or a million.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.fields.tuple_lookups import (
    Tuple,
    TupleGreaterThan,
    TupleGreaterThanOrEqual,
    TupleLessThan,
    TupleLessThanOrEqual,
)
from django.db.models.functions import Left

from accounts.models import User
from intake import search
from intake.models import NO_PROMISE, Answer, Tag, WorkRequest
from intake.reading.queue_asked import NOBODY, ORDERS, VIEWS, Asked, viewer
from intake.states import OPEN, State
from sla.business_time import to_instant, to_moment

PAGE = 50
TEXT = 300  # how much of a long text a row may need
Works = QuerySet[WorkRequest]


def open_to(user: User) -> Works:
    """The open requests that this person may work on: all of them, or none."""
    return all_open() if user.is_pmo else WorkRequest.objects.none()


def all_open() -> Works:
    return WorkRequest.objects.filter(state__in=sorted(OPEN))


def narrowed(asked: Asked, user: User, now: datetime) -> Works:
    """The requests of a view that fit the filters, in no order."""
    works = open_to(user).filter(VIEWS[asked.view].holds(viewer(user, now)))
    for name, value in asked.filters.items():
        works = _filtered(works, name, value, now)
    return works


def _filtered(works: Works, name: str, value: str, now: datetime) -> Works:
    match name:
        case "q":
            number = WorkRequest.number_of(value.strip())
            return works.filter(number=number) if number else search.matching(works, value)
        case "analyst":
            return _claimed_by(works, value.strip())
        case "area" | "service":
            return works.filter(**{COLUMN[name]: int(value)})
        case "lane" | "state" | "urgency" | "tier" | "priority":
            return works.filter(**{COLUMN.get(name, name): value})
        case "clock":
            return works.filter(_clock_is(value, now))
        case "below":
            return works.filter(framed__lt=int(value))
        case "age":
            return works.filter(received_at__lt=now - timedelta(days=int(value)))
        case "level":
            return works.filter(solution_level=int(value))
        case "behalf":
            return works.filter(raised_by__isnull=False)
        case _:
            return works.filter(_holds(name, value))


def _claimed_by(works: Works, said: str) -> Works:
    """Nobody's, or those of a person by id, or by a part of the name as it is typed."""
    if said.casefold() in (NOBODY, "nobody"):
        return works.filter(state=State.NEW)
    if said.isdigit():
        return works.filter(analyst=int(said))
    return works.filter(analyst__in=User.objects.pmo().filter(name__icontains=said).values("pk"))


COLUMN = {
    "area": "department",
    "service": "service",
    "tier": "tier__level",
    "priority": "weighing__priority",
}
SOON = timedelta(days=1)


def _clock_is(state: str, now: datetime) -> Q:
    """How the next promise stands, from the sort key alone: it is when that promise is due."""
    soon = now + SOON
    return {
        "late": Q(queue_at__lt=now),
        "soon": Q(queue_at__gte=now, queue_at__lt=soon),
        "track": Q(queue_at__gte=soon, queue_at__lt=NO_PROMISE),
        "none": Q(queue_at__gte=NO_PROMISE),
    }[state]


def _holds(name: str, value: str) -> Exists:
    """Whether a request has this worst limit, or carries this tag."""
    if name == "limit":
        given = Answer.objects.filter(work=OuterRef("pk"), slug="limit", value__limit=value)
        return Exists(given)
    carried = Tag.works.through.objects.filter(workrequest=OuterRef("pk"), tag=int(value))
    return Exists(carried)


class Found(NamedTuple):
    """The columns of a request that its row in the list is made of."""

    pk: int
    number: int
    subject_id: int
    title: str
    state: str
    lane: str
    urgency: str
    requester_id: int
    requester: str
    raised_by_id: int | None
    department: str | None
    analyst_id: int | None
    analyst: str | None
    service: str | None
    tier: str | None
    tier_words: str | None
    framed: int
    received_at: datetime
    queue_at: datetime
    waiting_since: datetime | None
    new_answer_at: datetime | None
    returned_at: datetime | None
    parked_until: date | None
    solution_level: int
    priority: str | None
    ask_start: str
    need_start: str


_COLUMNS: tuple[Any, ...] = (
    *("pk", "number", "subject_id", "title", "state", "lane", "urgency", "requester_id"),
    *("requester__name", "raised_by_id", "department__name", "analyst_id", "analyst__name"),
    *("service__current__name", "tier__level", "tier__words", "framed", "received_at", "queue_at"),
    *("waiting_since", "new_answer_at", "returned_at", "parked_until", "solution_level"),
    "weighing__priority",
    *(Left("ask", TEXT), Left("need", TEXT)),
)


def found(works: Works) -> list[Found]:
    """Read rows without making a model of each."""
    return [Found._make(row) for row in works.values_list(*_COLUMNS)]


@dataclass(frozen=True)
class Page:
    """A part of the list, with the places before and after it; empty where nothing lies there."""

    rows: list[Found]
    before: str = ""
    after: str = ""


def page(asked: Asked, user: User, now: datetime) -> Page:
    """Read one page and one row more, to know whether another follows."""
    works = narrowed(asked, user, now)
    if asked.before and (place := _key(asked, asked.before)):
        rows = found(_beyond(works, asked, place, backward=True)[: PAGE + 1])
        if len(rows) > PAGE:
            rows = rows[PAGE - 1 :: -1]
            return Page(rows, before=place_of(asked, rows[0]), after=place_of(asked, rows[-1]))
        # The list begins within this page: show its beginning whole.
        return _from_start(works, asked, None)
    return _from_start(works, asked, _key(asked, asked.after) if asked.after else None)


def _from_start(works: Works, asked: Asked, place: "Key | None") -> Page:
    rows = found(_beyond(works, asked, place)[: PAGE + 1])
    return Page(
        rows[:PAGE],
        before=place_of(asked, rows[0]) if place and rows else "",
        after=place_of(asked, rows[PAGE - 1]) if len(rows) > PAGE else "",
    )


def page_at(asked: Asked, work: WorkRequest, user: User, now: datetime) -> Page | None:
    """The page that begins with this request; None when it is not in the list."""
    key = (getattr(work, ORDERS[asked.order].field), work.pk)
    works = _beyond(narrowed(asked, user, now), asked, key, including=True)
    rows = found(works[: PAGE + 1])
    if not rows or rows[0].pk != work.pk:
        return None
    last = place_of(asked, rows[PAGE - 1]) if len(rows) > PAGE else ""
    return Page(rows[:PAGE], before=place_of(asked, rows[0]), after=last)


def following(asked: Asked, work: WorkRequest, user: User, now: datetime) -> Found | None:
    """The row that comes after this request in the list, whether or not it stands in it."""
    key = (getattr(work, ORDERS[asked.order].field), work.pk)
    rows = found(_beyond(narrowed(asked, user, now), asked, key)[:1])
    return rows[0] if rows else None


def tags_of(pks: Collection[int]) -> dict[int, list[str]]:
    """The tags of each of these requests, by name."""
    found = Tag.works.through.objects.filter(workrequest__in=pks).order_by("tag__name")
    named: dict[int, list[str]] = {}
    for pk, name in found.values_list("workrequest", "tag__name"):
        named.setdefault(pk, []).append(name)
    return named


def newer(asked: Asked, user: User, now: datetime, since: datetime) -> int:
    """How many requests of this list were received after a moment; more than 99 are 99."""
    fresh = narrowed(asked, user, now).filter(received_at__gt=since)
    return fresh.order_by()[:99].count()


def first_rows(asked: Asked, user: User, now: datetime, count: int) -> list[Found]:
    """The first rows of a list."""
    return found(_beyond(narrowed(asked, user, now), asked, None)[:count])


def soonest(user: User) -> Found | None:
    """The open request whose promise is due first."""
    running = open_to(user).filter(queue_at__lt=NO_PROMISE).order_by("queue_at", "id")
    rows = found(running[:1])
    return rows[0] if rows else None


Key = tuple[Any, int]


def place_of(asked: Asked, row: Found) -> str:
    """Write where a row stands as a word for the address."""
    value = getattr(row, ORDERS[asked.order].field)
    number = to_moment(value) if isinstance(value, datetime) else value
    return f"{number}_{row.pk}"


def _key(asked: Asked, place: str) -> Key | None:
    """Read a place of this order; None for one that no row can have."""
    number, _, pk = place.partition("_")
    if not ORDERS[asked.order].field.endswith("_at"):
        # More than the column holds is beyond its last row.
        return min(int(number), 2**31 - 1), int(pk)
    try:
        return to_instant(int(number)), int(pk)
    except OverflowError:
        return None


_LOOKUPS = {
    (True, False): TupleGreaterThan,
    (True, True): TupleGreaterThanOrEqual,
    (False, False): TupleLessThan,
    (False, True): TupleLessThanOrEqual,
}


def _beyond(
    works: Works,
    asked: Asked,
    key: Key | None,
    *,
    backward: bool = False,
    including: bool = False,
) -> Works:
    """Put in order what comes after `key`, or before it, the nearest first.

    Rows are compared as a pair, so that ties on the sort key cost no more than other rows.
    """
    order = ORDERS[asked.order]
    is_rising = (asked.is_down == order.is_turned) != backward
    if key:
        pair = Tuple(F(order.field), F("id"))
        works = works.filter(_LOOKUPS[is_rising, including](pair, key))
    sign = "" if is_rising else "-"
    return works.order_by(f"{sign}{order.field}", f"{sign}id")
