"""The promise board: now, by month, paused, and the rows behind each number (ux.md 5.12)."""

from typing import Any, NamedTuple

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.http import PortalRequest
from accounts.models import Role
from accounts.moment import database_now
from accounts.policies import role_required
from catalog.models import OutcomeMetric, Service
from catalog.outcome_record import outcome_lines
from intake.reading import board as reading
from intake.reading.board_month import asked_month, month_page
from intake.reading.board_rows import rows_of

for_board = role_required(Role.ANALYST, Role.LEAD, Role.SPONSOR)
pmo_only = role_required(Role.ANALYST, Role.LEAD)


class Tab(NamedTuple):
    """One tab of the board."""

    words: str
    address: str
    is_current: bool


def _tabs(request: PortalRequest, current: str) -> list[Tab]:
    """People and single requests are the PMO's: a sponsor has the months (ux.md 5.12)."""
    names = [("Now", "board"), ("Month", "board_month"), ("Paused", "board_paused")]
    seen = names if request.user.is_pmo else names[1:2]
    return [Tab(words, reverse(name), name == current) for words, name in seen]


def _number(request: PortalRequest, name: str) -> int:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else 0


@for_board
@require_safe
def board(request: PortalRequest) -> HttpResponse:
    """What is late, due today, due this week and paused; a sponsor is led to the month."""
    if not request.user.is_pmo:
        return redirect("board_month")
    now = database_now()
    group = reading.GROUPS.get(request.GET.get("group", ""))
    context: dict[str, Any] = {"tabs": _tabs(request, "board"), "as_of": now}
    if group:
        part, following = reading.one_group(group, now, _number(request, "after"))
        context |= {"parts": [part], "following": following, "group": group}
    else:
        context |= {"parts": reading.board_now(now), "following": "", "group": None}
    template = "intake/board/_now.html" if request.htmx else "intake/board/now.html"
    return render(request, template, context)


@pmo_only
@require_safe
def paused(request: PortalRequest) -> HttpResponse:
    """Clocks that have been paused for long: the silent risks."""
    rows, number, following = reading.silent(database_now(), _number(request, "after"))
    context = {
        "tabs": _tabs(request, "board_paused"),
        "rows": rows,
        "number": number,
        "following": following,
        "days": reading.SILENT_DAYS,
    }
    return render(request, "intake/board/paused.html", context)


@for_board
@require_safe
def month(request: PortalRequest) -> HttpResponse:
    """How each promise of each service was kept in a month."""
    return _month(request, None)


@for_board
@require_safe
def service(request: PortalRequest, slug: str) -> HttpResponse:
    """The same of one service."""
    found = get_object_or_404(Service.objects.select_related("current"), slug=slug)
    return _month(request, found)


def _month(request: PortalRequest, service: Service | None) -> HttpResponse:
    now = timezone.now()
    asked = asked_month(request.GET.get("month", ""), now)
    page = month_page(asked, now=now, service=service)
    metrics = OutcomeMetric.objects.select_related("service__current")
    if service:
        metrics = metrics.filter(service=service)
    context = {
        "tabs": _tabs(request, "board_month"),
        "page": page,
        "outcomes": outcome_lines(metrics, page.months, now=now),
        "service": service,
        "crumbs": _crumbs(str(service)) if service else [],
    }
    return render(request, "intake/board/month.html", context)


def _crumbs(last: str) -> list[dict[str, str]]:
    return [
        {"words": "Board", "address": reverse("board")},
        {"words": "Month", "address": reverse("board_month")},
        {"words": last, "address": ""},
    ]


@for_board
@require_safe
def rows(request: PortalRequest) -> HttpResponse:
    """The requests that a number of the month counts."""
    found = rows_of(request.GET, request.user, timezone.now())
    if found is None:
        raise Http404
    context = {"found": found, "crumbs": _crumbs("What was counted")}
    return render(request, "intake/board/rows.html", context)
