"""The request page, its tabs and a person's own requests (ux.md 5.5, 5.19)."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.exporting import asked_format, table_file
from accounts.http import PortalRequest
from intake.models import WorkRequest
from intake.reading import mine
from intake.reading.beliefs import beliefs_of
from intake.reading.choices import Link
from intake.reading.counted import account_of
from intake.reading.export import MINE, own_lines
from intake.reading.framing import framing_of
from intake.reading.promises import is_shown, promised
from intake.reading.request_page import RequestPage
from intake.reading.timeline import SHOWN, Reader, timeline
from intake.views.loading import of_request
from sla.metrics import METRICS
from sla.services.explain import explain

MOST_DIGITS = 18
FILTERS = {"all": "All", "promises": "Promises", "messages": "Messages", "changes": "Changes"}


def number_in(query: QueryDict, name: str) -> int | None:
    """Read a number from the address; anything else counts as none."""
    given = query.get(name, "")
    is_number = given.isascii() and given.isdigit() and len(given) <= MOST_DIGITS
    return int(given) if is_number else None


@require_safe
@login_required
def my_requests(request: PortalRequest) -> HttpResponse:
    """What waits for me first, then what is open, drafts and what is closed."""
    now, person = timezone.now(), request.user
    if request.GET.get("format"):
        rows = own_lines(person, now=now)
        return table_file("my-requests", MINE, rows, kind=asked_format(request.GET))
    waiting = mine.waiting_for(person, now=now)
    ids = [item.work.pk for item in waiting]
    before = {name: number_in(request.GET, name) for name in ("open", "closed")}
    context = {
        "waiting": waiting,
        "waiting_count": len(waiting),
        "open": mine.opened(person, now=now, but=ids, before=before["open"]),
        "drafts": WorkRequest.objects.visible_to(person).drafts()[: mine.PAGE],
        "closed": mine.closed(person, now=now, before=before["closed"]),
        "is_older": any(before.values()),
    }
    return render(request, "intake/requests/mine.html", context)


@require_safe
@of_request
def request_detail(request: PortalRequest, page: RequestPage) -> HttpResponse:
    """What happens next, in their words and as agreed, and what came of it."""
    return render(request, "intake/requests/overview.html", page.shown_on("overview").context())


@require_safe
@of_request
def framing(request: PortalRequest, page: RequestPage) -> HttpResponse:
    """Every answer with the question as it was worded then."""
    parts = framing_of(page.answers.values(), now=page.now)
    context = page.shown_on("framing").context(**beliefs_of(page), parts=parts)
    return render(request, "intake/requests/framing.html", context)


@require_safe
@of_request
def history(request: PortalRequest, page: RequestPage) -> HttpResponse:
    """What happened, newest first; nothing internal for those outside the PMO."""
    shown = request.GET.get("show", "all")
    shown = shown if shown in SHOWN else "all"
    reader = Reader(sees_internal=page.sees_internal, is_theirs=page.is_theirs)
    before = number_in(request.GET, "before")
    found = timeline(page.work, reader, shown=shown, before=before)
    address = page.address("request_history")
    context = page.shown_on("history").context(
        timeline=found,
        filters=[
            Link(words, f"{address}?show={key}", is_current=key == shown)
            for key, words in FILTERS.items()
        ],
        older=f"{address}?show={shown}&before={found.before}" if found.before else "",
        newest=f"{address}?show={shown}" if before else "",
    )
    part = "_timeline.html" if request.htmx else "history.html"
    return render(request, f"intake/requests/{part}", context)


@require_safe
@of_request
def clock(request: PortalRequest, page: RequestPage, metric: str) -> HttpResponse:
    """How is this date worked out? The same for both sides."""
    shown = [
        clock
        for clock in page.clocks
        if clock.metric == metric
        and clock.part == request.GET.get("part", clock.part)
        and (page.sees_internal or is_shown(clock))
    ]
    if not shown:
        raise Http404
    explained = explain(shown[-1], now=page.now)
    context = page.context(
        clock=shown[-1],
        metric=METRICS[metric],
        promised=promised(shown[-1], page.work, you=page.you),
        explained=explained,
        account=account_of(shown[-1], explained, now=page.now),
    )
    return render(request, "intake/requests/clock.html", context)
