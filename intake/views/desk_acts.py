"""The acts of triage as pages: GET shows the form, POST does it (ux.md 5.7)."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms import PortalForm
from accounts.http import PortalRequest
from accounts.models import User
from accounts.moment import database_now
from catalog import comparison
from catalog.first_results import first_results
from catalog.models import Service
from intake.models import ExitCriterion, WorkRequest
from intake.reading import triage_list as queue
from intake.services import agreement
from intake.services.agreement import OpenCriteriaError
from intake.services.lifecycle import ConflictError
from intake.services.triage import NeedNotAgreedError, NotOfferedError
from intake.states import IllegalMoveError
from intake.views.acts import ACTS, Act
from intake.views.conflict import conflict_page
from intake.views.desk import pmo_only, work_or_404

FOUND = (ConflictError, IllegalMoveError, PermissionDenied)
SAID = {
    NeedNotAgreedError: "The need is not agreed by both sides yet. Play it back first",
    NotOfferedError: "This service can't be asked for today. Choose another one",
    OpenCriteriaError: "Not every criterion is ticked yet",
    ObjectDoesNotExist: "That choice is no longer there. Choose again",
}


@pmo_only
@require_http_methods(["GET", "HEAD", "POST"])
def triage_act(request: PortalRequest, reference: str, name: str) -> HttpResponse:
    """One act on one request."""
    act = ACTS.get(name)
    if act is None:
        raise Http404
    work = work_or_404(request.user, reference)
    form = _form(request, act, work)
    if request.method != "POST":
        return _show(request, act, work, form)
    if not form.is_valid():
        return _show(request, act, work, form, status=422)
    return _do(request, act, work, form)


def _do(request: PortalRequest, act: Act, work: WorkRequest, form: PortalForm) -> HttpResponse:
    if not act.allowed(request.user, work):
        return conflict_page(request, work, form)
    now = timezone.now()
    following = queue.next_reference(request.user, queue.read(request.GET), work, now)
    try:
        act.do(work, form, request.user, database_now())
    except FOUND:
        return conflict_page(request, work, form)
    except tuple(SAID) as error:
        form.add_error(None, _said(error))
        return _show(request, act, work, form, status=422)
    return _after(request, act, work, following)


def _said(error: Exception) -> str:
    return next(words for kind, words in SAID.items() if isinstance(error, kind))


def _after(request: PortalRequest, act: Act, work: WorkRequest, following: str) -> HttpResponse:
    """Say what was done, and open the next row after a verdict."""
    goes_to = following if act.goes_on else work.reference
    tail = f". Now {goes_to}" if act.goes_on and following else ""
    end = ". End of this view" if act.goes_on and not following else ""
    messages.success(request, f"{work.reference} {act.said}{tail}{end}")
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    if not goes_to:
        return redirect(reverse("intake:queue") + query)
    return redirect(reverse("intake:triage_detail", args=[goes_to]) + query)


def _form(request: PortalRequest, act: Act, work: WorkRequest) -> PortalForm:
    given = request.POST if request.method == "POST" else None
    initial: dict[str, Any] = {"seen": work.version}
    if act.name == "reframe":
        initial["text"] = work.need
    return act.form(given, initial=initial, **_extras(request, act, work))


def _extras(request: PortalRequest, act: Act, work: WorkRequest) -> dict[str, Any]:
    if act.name == "park":
        return {"today": timezone.localdate()}
    if act.name == "assign":
        people = User.objects.pmo().exclude(pk__in=(work.requester_id, work.analyst_id or 0))
        return {"people": people.order_by("name")}
    if act.name == "propose":
        service = _service(request)
        return {"tiers": service.current.tiers.all() if service and service.current else ()}
    return {}


def _service(request: PortalRequest) -> Service | None:
    slug = request.GET.get("service", "")
    services = Service.objects.listed().with_tiers()  # type: ignore[attr-defined]
    return services.filter(slug=slug).first() if slug else None


def _show(
    request: PortalRequest, act: Act, work: WorkRequest, form: PortalForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "act": act,
        "work": work,
        "form": form,
        "is_allowed": act.allowed(request.user, work),
        "is_own": work.requester_id == request.user.pk,
        "query": request.GET.urlencode(),
        "needs_agreement": act.name == "propose" and not work.is_quick and not work.need,
    }
    if act.name == "propose":
        context |= comparison_of(request)
    template = "propose" if act.name == "propose" else "act"
    return render(request, f"intake/desk/{template}.html", context, status=status)


def comparison_of(request: PortalRequest) -> dict[str, Any]:
    """The tiers of the chosen service side by side, with dates for this very moment."""
    service = _service(request)
    services = Service.objects.listed()  # type: ignore[attr-defined]
    offered = [s for s in services if s.can_be_asked_for(timezone.localdate())]
    if service is None or service.current is None:
        return {"services": offered, "service": None}
    now = timezone.now()
    tiers = list(service.current.tiers.all())
    due = first_results(tiers, at=now)
    return {
        "services": offered,
        "service": service,
        "columns": comparison.columns(tiers),
        "rows": comparison.rows(tiers, due=due, now=now, mark_differences=True),
        "caption": comparison.caption(tiers),
    }


@pmo_only
@require_POST
def tick(request: PortalRequest, reference: str, criterion: int) -> HttpResponse:
    """Tick an exit criterion of a running request, or take the tick back."""
    work = work_or_404(request.user, reference)
    found = ExitCriterion.objects.filter(pk=criterion, blueprint__work=work).first()
    if found is None:
        raise Http404
    done = request.POST.get("done") == "yes"
    try:
        agreement.tick(work, found, done=done, actor=request.user, at=database_now())
    except FOUND:
        return conflict_page(request, work, None)
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    return redirect(reverse("intake:triage_detail", args=[work.reference]) + query)
