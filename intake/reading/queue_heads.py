"""The heads of the queue's columns: their words, how they sort, which of them are shown."""

from typing import NamedTuple

from django.urls import reverse

from intake.reading.queue_asked import COLUMNS, ORDERS, Asked

WORDS = {
    "request": "Request",
    "need": "Need in one line",
    "state": "State, service",
    "age": "Age",
    "promise": "Next promise",
    "framing": "Framing",
    "analyst": "Claimed by",
}
# With a request open beside it, the list gives way.
NARROW = ("promise", "framing", "analyst")
IN_ORDER = {
    "request": ("first reference first", "newest reference first"),
    "age": ("newest first", "oldest first"),
    "promise": ("soonest promise first", "latest promise first"),
    "framing": ("least framed first", "best framed first"),
}


class Head(NamedTuple):
    """The head of a column; `sort` is what aria-sort says, `address` sorts by it or turns it."""

    words: str
    address: str
    sort: str


def in_order(asked: Asked) -> str:
    """How the list is sorted, in words."""
    return IN_ORDER[asked.order][asked.is_down]


def heads(asked: Asked, *, is_beside: bool) -> list[Head]:
    shown = NARROW if is_beside else (asked.columns or COLUMNS)
    return [_head(asked, name) for name in ("request", *shown)]


def _head(asked: Asked, name: str) -> Head:
    if name not in ORDERS:
        return Head(WORDS[name], "", "")
    is_sorted, is_down = name == asked.order, asked.is_down
    query = asked.query(with_place=False, order=name, is_down=is_sorted and not is_down)
    way = "descending" if is_down else "ascending"
    return Head(WORDS[name], reverse("intake:queue") + query, way if is_sorted else "")
