"""Pages that belong to no app: where a person lands, the theme, the sign of life."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from accounts.http import PortalRequest, is_person
from accounts.landing import start_of
from accounts.models import User
from accounts.moment import database_now
from accounts.policies import administrators_only
from pmo_portal import health
from pmo_portal.attention import findings

YEAR = 365 * 24 * 3600


@login_required
def landing(request: PortalRequest) -> HttpResponse:
    """Lead people to the page they chose, else to that of their strongest daily role."""
    return redirect(start_of(request.user))


@require_safe
@administrators_only
def manage(request: PortalRequest) -> HttpResponse:
    """Where administrators land: what needs attention, and the pages to look after it."""
    now = database_now()
    return render(request, "manage/landing.html", {"findings": findings(now), "checked_at": now})


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep the chosen theme: on the account, and in a cookie for the pages before sign-in."""
    chosen = request.POST.get("theme", "")
    back = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
    response = redirect(back if safe else "/")
    if chosen in User.Theme.values:
        response.set_cookie("theme", chosen, max_age=YEAR, samesite="Lax", httponly=True)
        if is_person(request.user):
            request.user.theme = chosen
            request.user.save(update_fields=["theme"])
    return response


def healthz(request: HttpRequest) -> HttpResponse:
    """Say that this process answers; it asks no other part."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Say whether requests may be sent here: the database answers and is migrated."""
    why_not = health.why_not_ready()
    said = why_not or "ready"
    return HttpResponse(f"{said}\n", content_type="text/plain", status=503 if why_not else 200)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures for Prometheus, for whoever holds the token; without one there is no page."""
    given = request.headers.get("Authorization", "")
    wanted = settings.METRICS_TOKEN
    if not wanted or not constant_time_compare(given, f"Bearer {wanted}"):
        raise Http404
    return HttpResponse(generate_latest(health.registry()), content_type=CONTENT_TYPE_LATEST)


@require_safe
@administrators_only
def status(request: PortalRequest) -> HttpResponse:
    """What works, what waits and what is stuck, figure by figure."""
    now = database_now()
    context = {"figures": health.figures(now), "findings": findings(now), "checked_at": now}
    return render(request, "manage/status.html", context)
