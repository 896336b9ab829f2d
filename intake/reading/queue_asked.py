"""What an address asks of the triage queue: view, filters, order, columns and place (ux.md 5.7)."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone

from accounts.models import User
from catalog.models import ServiceTier
from intake import search
from intake.models import Weighing, WorkRequest
from intake.states import OPEN, Lane, State


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
    columns: tuple[str, ...] = ()
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
            *([("columns", ",".join(self.columns))] if self.columns else []),
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
YES = "yes"
# The columns that a view may leave out; the request itself always stands there.
COLUMNS = ("need", "state", "age", "promise", "framing", "analyst")
CLOCKS = ("late", "soon", "track", "none")
LIMITS = ("time", "cost", "risk", "flow", "unsure")


def _is_small(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 3


# What each filter may say, by its name in the address.
FILTERS: dict[str, Callable[[str], bool]] = {
    "q": lambda text: bool(text.strip()),
    "area": _is_number,
    "lane": lambda text: text in Lane.values,
    "state": lambda text: text in OPEN,
    "service": _is_number,
    "tier": lambda text: text in ServiceTier.Level.values,
    "analyst": lambda text: _is_number(text) or any(letter.isalpha() for letter in text),
    "urgency": lambda text: text in WorkRequest.Urgency.values,
    "clock": lambda text: text in CLOCKS,
    "below": _is_small,
    "limit": lambda text: text in LIMITS,
    "age": _is_small,
    "tag": _is_number,
    "behalf": lambda text: text == YES,
    "level": lambda text: text in ("0", "1", "2", "3"),
    "priority": lambda text: text in Weighing.Priority.values,
}


def asked_in(query: QueryDict, *, last_view: str = "") -> Asked:
    """Read an address. Without a view in it, the one that this person saw last is meant."""
    given = {name: query.get(name, "")[: search.LENGTH] for name in FILTERS}
    sort = query.get("sort", "")
    order = sort.removeprefix("-")
    is_known = order in ORDERS
    wanted = ",".join(query.getlist("columns")).split(",")
    return Asked(
        view=next((v for v in (query.get("view", ""), last_view) if v in VIEWS), FIRST_VIEW),
        filters={name: text for name, text in given.items() if FILTERS[name](text)},
        order=order if is_known else SOONEST,
        is_down=is_known and sort.startswith("-"),
        columns=_columns(wanted),
        after=_place(query.get("after", "")),
        before=_place(query.get("before", "")),
    )


def _columns(wanted: Collection[str]) -> tuple[str, ...]:
    """The columns that are named; none stands for all of them."""
    named = tuple(name for name in COLUMNS if name in wanted)
    return named if len(named) < len(COLUMNS) else ()


def _place(text: str) -> str:
    return text if re.fullmatch(r"\d{1,18}_\d{1,18}", text, re.ASCII) else ""
