"""The triage queue (ux.md 5.7)."""

from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_safe

from accounts.http import PortalRequest
from accounts.models import Role, User
from accounts.policies import role_required
from intake.reading import queue
from intake.reading.queue_asked import VIEWS, Asked, asked_in
from intake.reading.queue_page import QueuePage

LAST_VIEW = "queue_view"
YEAR = 365 * 24 * 3600  # seconds
pmo_only = role_required(Role.ANALYST, Role.LEAD)


@pmo_only
@require_safe
def queue_page(request: PortalRequest) -> HttpResponse:
    """One view of the open requests, soonest promise first unless sorted otherwise."""
    page = QueuePage(asked_by(request), request.user, timezone.now())
    template = "intake/triage/_queue.html" if request.htmx else "intake/triage/queue.html"
    context = {"queue": page, "unclaimed_count": page.unclaimed}
    return remember_view(request, render(request, template, context))


@pmo_only
@require_safe
def people(request: PortalRequest) -> HttpResponse:
    """The names to choose from in "Claimed by", fetched once somebody wants to type one."""
    names = User.objects.pmo().order_by("name").values_list("name", flat=True)
    return render(request, "intake/triage/_people.html", {"names": ["Nobody", *names]})


def asked_by(request: PortalRequest) -> Asked:
    return asked_in(request.GET, last_view=request.COOKIES.get(LAST_VIEW, ""))


def remember_view(request: PortalRequest, response: HttpResponse) -> HttpResponse:
    """Open the queue in this view next time."""
    view = request.GET.get("view", "")
    if view in VIEWS and view != request.COOKIES.get(LAST_VIEW):
        path = reverse("intake:queue")
        response.set_cookie(LAST_VIEW, view, max_age=YEAR, path=path, samesite="Lax", httponly=True)
    return response


@pmo_only
@require_safe
def news(request: PortalRequest) -> HttpResponse:
    """One line when something new has come into the list since the page was made (ux.md 5.7)."""
    since, asked = _moment(request.GET.get("since", "")[:40]), asked_by(request)
    number = queue.newer(asked, request.user, timezone.now(), since) if since else 0
    address = reverse("intake:queue") + asked.query(with_place=False)
    if not request.htmx:
        return redirect(address)
    return render(request, "intake/triage/_news.html", {"number": number, "address": address})


def _moment(text: str) -> datetime | None:
    """Read a moment with its zone; None for anything else."""
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found and timezone.is_aware(found) else None
