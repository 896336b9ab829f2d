"""Problems: requests that are symptoms of one thing, and their common end (capability 25)."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.http import PortalRequest
from accounts.moment import database_now
from intake import policies
from intake.forms.problems import CloseProblemForm, OpenProblemForm
from intake.models import Problem
from intake.services import problems, roots
from intake.services.problems import ChangedMeanwhileError, NothingToCloseError
from intake.states import OPEN, IllegalMoveError
from intake.views.queue import pmo_only

SHOWN = 100
MET = (ChangedMeanwhileError, IllegalMoveError, PermissionDenied)


@pmo_only
@require_http_methods(["GET", "HEAD", "POST"])
def problems_page(request: PortalRequest) -> HttpResponse:
    """Every problem with how many requests belong to it; a new one is opened here too."""
    form = OpenProblemForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        problem = problems.open_problem(**form.cleaned_data, actor=request.user, at=database_now())
        messages.success(request, f"Opened: {problem.title}.")
        return redirect("intake:problem", problem.pk)
    is_open = Q(symptoms__work__state__in=sorted(OPEN))
    counted = Problem.objects.annotate(
        number=Count("symptoms"), waiting=Count("symptoms", filter=is_open)
    )
    known = counted.select_related("opened_by").order_by("-closed_at", "-id")
    context = {
        "form": form,
        "open_ones": known.filter(closed_at=None)[:SHOWN],
        "closed_ones": known.filter(closed_at__isnull=False)[:SHOWN],
    }
    status = 422 if form.errors else 200
    return render(request, "intake/triage/problems.html", context, status=status)


@pmo_only
@require_http_methods(["GET", "HEAD", "POST"])
def problem_page(request: PortalRequest, problem: int) -> HttpResponse:
    """One problem, its requests, and the words that close them together."""
    found = get_object_or_404(Problem.objects.select_related("opened_by"), pk=problem)
    works = problems.symptoms(found)
    closable = [work for work in works if policies.can_give_verdict(request.user, work)]
    data = request.POST if request.method == "POST" else None
    asks_root = any(roots.standing(work) for work in closable)
    form = CloseProblemForm(data, asks_root=asks_root, initial={"seen": found.version})
    context: dict[str, Any] = {
        "problem": found,
        "works": works,
        "closable": closable,
        "form": form,
        "crumbs": [
            {"words": "Triage", "address": "/triage/"},
            {"words": "Problems", "address": "/problems/"},
            {"words": found.title, "address": ""},
        ],
    }
    if data is None:
        return render(request, "intake/triage/problem.html", context)
    if not form.is_valid():
        return render(request, "intake/triage/problem.html", context, status=422)
    return _close(request, found, form, context)


def _close(
    request: PortalRequest, problem: Problem, form: CloseProblemForm, context: dict[str, Any]
) -> HttpResponse:
    try:
        closed = problems.close(
            problem,
            verdict=form.words(),
            actor=request.user,
            at=database_now(),
            seen=form.cleaned_data["seen"],
        )
    except MET:
        data = request.POST.copy()
        data["seen"] = str(Problem.objects.get(pk=problem.pk).version)
        again = CloseProblemForm(data, asks_root="root" in form.fields)
        changed = context | {"form": again, "is_changed": True}
        return render(request, "intake/triage/problem.html", changed, status=409)
    except NothingToCloseError:
        form.add_error(None, "None of its requests waits for a verdict")
        return render(request, "intake/triage/problem.html", context, status=422)
    count = len(closed.done)
    messages.success(request, f"Closed, with {count} {'request' if count == 1 else 'requests'}.")
    return redirect("intake:problem", problem.pk)
