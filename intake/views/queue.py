"""The triage queue: views, filters and rows (ux.md 5.7)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.date_words import day_hour_words
from accounts.http import PortalRequest
from accounts.models import Role, User
from accounts.policies import role_required
from intake.models import WorkRequest
from intake.reading import queue, queue_figures, queue_rows
from intake.reading.queue import NOBODY, ORDERS, STRIP, VIEWS, Asked
from intake.reading.queue_figures import Choices, Figures, capped
from intake.states import OPEN, Lane, State

LAST_VIEW = "queue_view"
YEAR = 365 * 24 * 3600
BAND = 5
pmo_only = role_required(Role.ANALYST, Role.LEAD)
LABELS = {
    "q": "Words",
    "area": "Area",
    "lane": "Lane",
    "state": "State",
    "analyst": "Claimed by",
    "urgency": "Urgency",
}
COLUMNS = (
    ("request", "Request"),
    ("", "Need in one line"),
    ("", "Service"),
    ("age", "Age"),
    ("promise", "Next promise"),
    ("framing", "Framing"),
    ("", "Claimed by"),
)
# With a request open beside it, the list gives way.
NARROW = frozenset({"Request", "Next promise", "Framing", "Claimed by"})
SORTED = {
    "request": ("by reference", "newest reference first"),
    "age": ("newest first", "oldest first"),
    "promise": ("soonest promise first", "latest promise first"),
    "framing": ("least framed first", "best framed first"),
}


class Link(NamedTuple):
    """A view, a column's head or a filter in use; `sort` is what aria-sort says."""

    words: str
    address: str
    number: str = ""
    is_current: bool = False
    sort: str = ""


class Filter(NamedTuple):
    """A drop-down of the filter form."""

    name: str
    label: str
    any_words: str
    options: Mapping[str, str]
    chosen: str


class Empty(NamedTuple):
    """What stands in place of the rows."""

    words: str
    address: str
    action: str


@pmo_only
@require_safe
def queue_page(request: PortalRequest) -> HttpResponse:
    """One view of the open requests, soonest promise first unless sorted otherwise."""
    asked = asked_by(request)
    context = _queue_context(request.user, asked, timezone.now())
    template = "_queue" if request.htmx else "queue"
    return remember_view(request, render(request, f"intake/triage/{template}.html", context))


def asked_by(request: PortalRequest) -> Asked:
    return queue.asked_in(request.GET, last_view=request.COOKIES.get(LAST_VIEW, ""))


def remember_view(request: PortalRequest, response: HttpResponse) -> HttpResponse:
    """Open the queue in this view next time."""
    view = request.GET.get("view", "")
    if view in VIEWS and view != request.COOKIES.get(LAST_VIEW):
        response.set_cookie(
            LAST_VIEW, view, max_age=YEAR, path=queue_address(), samesite="Lax", httponly=True
        )
    return response


def queue_address(asked: Asked | None = None) -> str:
    address = reverse("intake:queue")
    return f"{address}{asked.query()}" if asked else address


def _queue_context(user: User, asked: Asked, now: datetime) -> dict[str, Any]:
    """All that the page shows, with one query for each of the five things it is made of."""
    page = queue.page(asked, user, now)
    urgent = _urgent(user, now) if asked.view != "urgent" else []
    clocks = queue_rows.open_clocks(one.subject_id for one in [*page.rows, *urgent])
    figures, choices = queue_figures.figures(user, now), queue_figures.choices()
    frame = row_frame(user, asked, now, figures.questions)
    return list_context(asked, page) | {
        "rows": queue_rows.rows_of(page.rows, clocks, frame),
        "band": queue_rows.band_of(urgent, clocks, frame),
        "band_rest": capped(figures.views["urgent"]) if figures.views["urgent"] > BAND else "",
        "views": _views(asked, figures),
        "strip": [link for link in _views(asked, figures) if link.slug in STRIP],
        "filters": _filters(asked, choices),
        "active": _active(asked, choices),
        "clear": queue_address() + asked.query(with_place=False, filters={}),
        "empty": None if page.rows else _empty(user, asked, figures, now),
        "unclaimed_count": capped(figures.views["unclaimed"]),
        "place": f"{capped(figures.views[asked.view])} in this view",
    }
