"""A person's own account: what they set for themselves, and who stands in for them."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts import services
from accounts.date_words import day_words
from accounts.forms import AccountForm, StandInForm
from accounts.http import PortalRequest
from accounts.models import StandIn
from accounts.moment import database_now
from accounts.sections import sections_for

YEAR = 365 * 24 * 3600


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def account(request: PortalRequest) -> HttpResponse:
    """Everything a person sets for themselves, with the sections of other apps below."""
    now = database_now()
    form = AccountForm(request.POST or None, person=request.user)
    if request.method != "POST" or not form.is_valid():
        return _page(request, now, form=form)
    services.change_account(request.user, actor=request.user, at=now, **form.changes())
    messages.success(request, "Your account was saved.")
    response = redirect("account")
    # The cookie serves the pages before signing in.
    response.set_cookie("theme", request.user.theme, max_age=YEAR, samesite="Lax", httponly=True)
    return response


def _page(
    request: PortalRequest,
    now: datetime,
    *,
    form: AccountForm | None = None,
    stand_in_form: StandInForm | None = None,
) -> HttpResponse:
    """The page; 422 with what is wrong in the one form that was sent."""
    person = request.user
    sent = next((f for f in (form, stand_in_form) if f is not None and f.is_bound), None)
    today = timezone.localdate(now)
    absences = StandIn.objects.from_day(today)
    context: dict[str, Any] = {
        "account_form": form or AccountForm(person=person),
        "stand_in_form": stand_in_form or StandInForm(person=person, today=today, auto_id="in_%s"),
        "stand_ins": absences.filter(person=person).select_related("stand_in"),
        "stands_in_for": absences.filter(stand_in=person).select_related("person"),
        "today": today,
        "sections": sections_for(person),
        "problems": sent.problems() if sent else [],
    }
    status = 422 if context["problems"] else 200
    return render(request, "account/account.html", context, status=status)


@require_POST
@login_required
def add_stand_in(request: PortalRequest) -> HttpResponse:
    """Let a colleague act for this person while they are away."""
    now = database_now()
    person = request.user
    today = timezone.localdate(now)
    form = StandInForm(request.POST, person=person, today=today, auto_id="in_%s")
    if form.is_valid():
        try:
            services.add_stand_in(person, **form.cleaned_data, actor=person, at=now)
        except services.AbsenceOverlapsError as error:
            form.add_error("starts_on", _overlap_words(error.other, now))
        else:
            name = form.cleaned_data["stand_in"].name
            messages.success(request, f"{name} stands in for you on these days.")
            return redirect(f"{reverse('account')}#stand-ins")
    return _page(request, now, stand_in_form=form)


def _overlap_words(other: StandIn, now: datetime) -> str:
    start, end = day_words(other.starts_on, now=now), day_words(other.ends_on, now=now)
    return f"{other.stand_in.name} stands in from {start} to {end}. Remove that first"


@require_POST
@login_required
def remove_stand_in(request: PortalRequest, absence: int) -> HttpResponse:
    """Take back one of this person's own absences."""
    mine = StandIn.objects.select_related("person", "stand_in").filter(person=request.user)
    found = get_object_or_404(mine, pk=absence)
    services.remove_stand_in(found, actor=request.user, at=database_now())
    messages.success(request, f"{found.stand_in.name} no longer stands in on these days.")
    return redirect(f"{reverse('account')}#stand-ins")
