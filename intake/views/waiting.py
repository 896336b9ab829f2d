"""What waits for a person, and what an analyst has in hand (ux.md 5.19 and 4.2)."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.http import PortalRequest
from accounts.models import Role
from accounts.moment import database_now
from accounts.policies import role_required
from accounts.waiting import duties_of
from intake.reading.my_work import my_work as in_hand


@require_safe
@login_required
def waiting(request: PortalRequest) -> HttpResponse:
    """All that needs this person's answer, choice, check or verdict, by due date."""
    duties = duties_of(request.user, now=database_now())
    return render(request, "intake/waiting.html", {"duties": duties})


@require_safe
@role_required(Role.ANALYST, Role.LEAD)
def my_work(request: PortalRequest) -> HttpResponse:
    """Discovery, proposals, what runs and results to check, where this person is the contact."""
    parts = in_hand(request.user, now=database_now())
    count = sum(len(part.rows) for part in parts)
    return render(request, "intake/my_work.html", {"parts": parts, "count": count})
