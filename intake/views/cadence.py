"""The cadence calendar, and "That covers it" in the ask journey (ux.md 5.18 and 5.2)."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import PortalRequest
from accounts.moment import database_now
from accounts.policies import require
from intake import policies
from intake.forms.cadence import CadenceForm, initial_of
from intake.models import Cadence, Decision, WorkRequest
from intake.reading import cadence as reading
from intake.services import cadences, covering
from intake.services.lifecycle import ConflictError
from intake.views.ask import draft_or_404
from intake.views.conflict import typed_in
from intake.views.paths import following_address

METHODS = ["GET", "HEAD", "POST"]
YEARS = range(2000, 2100)


@require_safe
@login_required
def calendar(request: PortalRequest) -> HttpResponse:
    """Recurring decisions and the data they use, as a list or by month."""
    now = timezone.now()
    today = timezone.localdate(now)
    is_month = request.GET.get("view") == "month"
    first = _month(request.GET.get("month", ""), today)
    context: dict[str, Any] = {
        "is_month": is_month,
        "may_keep": policies.can_keep_cadence(request.user),
        "answered": reading.answered_this_quarter(now),
        "first": first,
        "before": _shift(first, -1),
        "after": _shift(first, 1),
    }
    if is_month:
        context["weeks"] = reading.month_of(first, today=today)
    else:
        context["rows"] = reading.rows(request.user, today=today)
    return render(request, "intake/cadence/calendar.html", context)


def _month(text: str, today: date) -> date:
    """The first of a month such as "2026-03"; this month for anything else."""
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        return today.replace(day=1)
    return first if first.year in YEARS else today.replace(day=1)


def _shift(first: date, months: int) -> date:
    count = first.year * 12 + first.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


@require_http_methods(METHODS)
@login_required
def new(request: PortalRequest) -> HttpResponse:
    """Add a recurring decision; one that an urgent request lacked begins with its words."""
    require(policies.can_keep_cadence(request.user))
    return _edit(request, None, _from_request(request))


def _from_request(request: PortalRequest) -> dict[str, Any]:
    """Decider and decision of the request that the address names, if this person may see it."""
    number = WorkRequest.number_of(request.GET.get("from", ""))
    seen = WorkRequest.objects.visible_to(request.user).filter(number=number or 0)
    decision = Decision.objects.filter(work__in=seen).first()
    if decision is None:
        return {}
    rhythm = decision.rhythm if decision.rhythm in Cadence.Rhythm.values else ""
    return {"decider": decision.decider[:120], "decides": decision.name[:200], "rhythm": rhythm}


@require_http_methods(METHODS)
@login_required
def edit(request: PortalRequest, number: int) -> HttpResponse:
    """Change a recurring decision, or take it out of the calendar."""
    require(policies.can_keep_cadence(request.user))
    cadence = get_object_or_404(Cadence, pk=number, ended_at=None)
    if request.method == "POST" and request.POST.get("then") == "end":
        cadences.end_cadence(cadence, actor=request.user, at=database_now())
        messages.success(request, f"{cadence.name} is out of the calendar.")
        return redirect("intake:cadence")
    return _edit(request, cadence, initial_of(cadence))


def _edit(request: PortalRequest, cadence: Cadence | None, initial: dict[str, Any]) -> HttpResponse:
    posted = request.POST if request.method == "POST" else None
    form = CadenceForm(posted, initial=initial, cadence=cadence)
    context: dict[str, Any] = {"form": form, "cadence": cadence}
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "intake/cadence/form.html", context, status=status)
    try:
        saved = cadences.save_cadence(
            cadence,
            fields=form.cleaned_data,
            actor=request.user,
            at=database_now(),
            seen=form.cleaned_data["seen"],
        )
    except cadences.StaleCadenceError as stale:
        fresh = CadenceForm(initial=initial_of(stale.cadence), cadence=stale.cadence)
        context |= {"form": fresh, "stale": stale.cadence, "typed": typed_in(form)}
        return render(request, "intake/cadence/form.html", context, status=409)
    messages.success(request, f"{saved.name} is in the calendar.")
    return redirect("intake:cadence")


@require_http_methods(METHODS)
@login_required
def covers(request: PortalRequest, key: UUID, number: int) -> HttpResponse:
    """Is it this recurring decision? That covers it, or it does not."""
    draft = draft_or_404(request, key)
    if not draft.work.is_draft:
        return redirect("intake:ask_sent", key)
    cadence = get_object_or_404(Cadence, pk=number, ended_at=None)
    if request.method != "POST":
        today = timezone.localdate()
        context = {
            "work": draft.work,
            "cadence": cadence,
            "next_on": cadences.next_date(cadence, today),
        }
        return render(request, "intake/cadence/covers.html", context)
    if request.POST.get("then") != "covers":
        return redirect(following_address(request, draft, "decider"))
    try:
        work = covering.cover_draft(draft.work, cadence, actor=request.user, at=database_now())
    except ConflictError:
        return redirect("intake:ask_sent", key)
    messages.success(request, f"Closed as answered by {cadence.name}. Nothing else to do.")
    return redirect(work)
