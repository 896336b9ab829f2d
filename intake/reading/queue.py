"""The triage queue as a question to the database: views, filters, order and pages (ux.md 5.7).

Pages are read by the key of their last row, never by an offset, so that a page costs the same
whether a thousand requests are stored or a million.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import F, Q, QuerySet
from django.db.models.fields.tuple_lookups import (
    Tuple,
    TupleGreaterThan,
    TupleGreaterThanOrEqual,
    TupleLessThan,
    TupleLessThanOrEqual,
)
from django.db.models.functions import Left
from django.http import QueryDict
from django.utils import timezone

from accounts.models import User
from intake import search
from intake.models import WorkRequest
from intake.states import OPEN, Lane, State
from sla.business_time import to_instant, to_moment

PAGE = 50
TEXT = 300  # how much of a long text a row may need
Works = QuerySet[WorkRequest]


class Viewer(NamedTuple):
    """Who looks at the queue and when; `midnight` ends the day in their zone."""

    user_id: int
    now: datetime
    midnight: datetime


def viewer(user: User, now: datetime) -> Viewer:
    local = timezone.localtime(now)
    midnight = datetime.combine(local.date() + timedelta(days=1), time(), local.tzinfo)
    return Viewer(user.pk, now, midnight)


class View(NamedTuple):
    """A built-in view: its name in the address, its words, and which requests it holds."""

    slug: str
    words: str
    holds: Callable[[Viewer], Q]


ASKED = WorkRequest.Urgency.ASKED
VIEWS: dict[str, View] = {
    view.slug: view
    for view in (
        # Claiming is what ends "new", and this way the index gives the rows in order.
        View("unclaimed", "Unclaimed", lambda _: Q(state=State.NEW)),
        View("mine", "Mine", lambda by: Q(analyst=by.user_id)),
        View("today", "Due today", lambda by: Q(queue_at__gte=by.now, queue_at__lt=by.midnight)),
        View("late", "Late", lambda by: Q(queue_at__lt=by.now)),
        View("urgent", "Urgent to judge", lambda _: Q(urgency=ASKED)),
        View("waiting", "Waiting for requester", lambda _: Q(waiting_since__isnull=False)),
        View("answers", "New answers", lambda _: Q(new_answer_at__isnull=False)),
        View("returned", "Back from park", lambda _: Q(returned_at__isnull=False)),
        View("all", "All open", lambda _: Q()),
    )
}
FIRST_VIEW = "unclaimed"
STRIP = ("unclaimed", "today", "late", "waiting", "returned")


class Order(NamedTuple):
    """A column that the list can be sorted by. `is_turned` says that more on screen is less here:
    the oldest request was received first."""

    field: str
    is_turned: bool = False


ORDERS: dict[str, Order] = {
    "request": Order("number"),
    "age": Order("received_at", is_turned=True),
    "promise": Order("queue_at"),
    "framing": Order("framed"),
}
SOONEST = "promise"


@dataclass(frozen=True)
class Asked:
    """What an address asks of the queue. What makes no sense in it was left out."""

    view: str = FIRST_VIEW
    filters: Mapping[str, str] = field(default_factory=dict)
    order: str = SOONEST
    is_down: bool = False
    after: str = ""
    before: str = ""

    def pairs(self, *, with_place: bool = True) -> list[tuple[str, str]]:
        """What the address says, name by name; the place in the list is optional."""
        sort = f"-{self.order}" if self.is_down else self.order
        is_sorted = (self.order, self.is_down) != (SOONEST, False)
        place = (("after", self.after), ("before", self.before)) if with_place else ()
        return [
            ("view", self.view),
            *self.filters.items(),
            *([("sort", sort)] if is_sorted else []),
            *((name, key) for name, key in place if key),
        ]

    def query(self, *, with_place: bool = True, **changes: Any) -> str:
        """Write this as a query string, with changes."""
        return f"?{urlencode(replace(self, **changes).pairs(with_place=with_place))}"

    def without(self, name: str) -> str:
        left = {key: value for key, value in self.filters.items() if key != name}
        return self.query(with_place=False, filters=left)


def _is_number(text: str) -> bool:
    """Whether this can be a row's id: 18 digits always fit the column."""
    return text.isascii() and text.isdigit() and len(text) <= 18


NOBODY = "none"
# What each filter may say, by its name in the address.
FILTERS: dict[str, Callable[[str], bool]] = {
    "q": lambda text: bool(text.strip()),
    "area": _is_number,
    "lane": lambda text: text in Lane.values,
    "state": lambda text: text in OPEN,
    "analyst": lambda text: text == NOBODY or _is_number(text),
    "urgency": lambda text: text in WorkRequest.Urgency.values,
}


def asked_in(query: QueryDict, *, last_view: str = "") -> Asked:
    """Read an address. Without a view in it, the one that this person saw last is meant."""
    given = {name: query.get(name, "")[: search.LENGTH] for name in FILTERS}
    sort = query.get("sort", "")
    order = sort.removeprefix("-")
    is_known = order in ORDERS
    return Asked(
        view=next((v for v in (query.get("view", ""), last_view) if v in VIEWS), FIRST_VIEW),
        filters={name: text for name, text in given.items() if FILTERS[name](text)},
        order=order if is_known else SOONEST,
        is_down=is_known and sort.startswith("-"),
        after=_place(query.get("after", "")),
        before=_place(query.get("before", "")),
    )


def _place(text: str) -> str:
    return text if re.fullmatch(r"\d{1,18}_\d{1,18}", text, re.ASCII) else ""


def open_to(user: User) -> Works:
    """The open requests that this person may work on: all of them, or none."""
    return all_open() if user.is_pmo else WorkRequest.objects.none()


def all_open() -> Works:
    return WorkRequest.objects.filter(state__in=sorted(OPEN))


def narrowed(asked: Asked, user: User, now: datetime) -> Works:
    """The requests of a view that fit the filters, in no order."""
    works = open_to(user).filter(VIEWS[asked.view].holds(viewer(user, now)))
    for name, value in asked.filters.items():
        works = _filtered(works, name, value)
    return works


def _filtered(works: Works, name: str, value: str) -> Works:
    match name:
        case "q":
            number = WorkRequest.number_of(value.strip())
            return works.filter(number=number) if number else search.matching(works, value)
        case "area":
            return works.filter(department=int(value))
        case "analyst" if value == NOBODY:
            return works.filter(state=State.NEW)
        case "analyst":
            return works.filter(analyst=int(value))
        case _:
            return works.filter(**{name: value})


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
    ask_start: str
    need_start: str


_COLUMNS: tuple[Any, ...] = (
    *("pk", "number", "subject_id", "title", "state", "lane", "urgency", "requester_id"),
    *("requester__name", "raised_by_id", "department__name", "analyst_id", "analyst__name"),
    *("service__current__name", "tier__level", "tier__words", "framed", "received_at", "queue_at"),
    *("waiting_since", "new_answer_at", "returned_at", "parked_until", "solution_level"),
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


def first_rows(asked: Asked, user: User, now: datetime, count: int) -> list[Found]:
    """The first rows of a list."""
    return found(_beyond(narrowed(asked, user, now), asked, None)[:count])


def soonest(user: User) -> Found | None:
    """The open request whose promise is due first."""
    running = open_to(user).filter(queue_at__lt=_NEVER).order_by("queue_at", "id")
    rows = found(running[:1])
    return rows[0] if rows else None


_NEVER = WorkRequest._meta.get_field("queue_at").get_default()
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
