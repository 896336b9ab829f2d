"""One request in triage, and the acts on it: GET shows the form, POST does it (ux.md 5.7)."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseLocation

from accounts.forms import PortalForm
from accounts.http import PortalRequest
from accounts.moment import database_now
from audit.models import Entry
from intake.models import ExitCriterion
from intake.reading import queue
from intake.reading.history import moment_of
from intake.reading.queue_rows import reference_of
from intake.reading.request_page import RequestPage
from intake.services import agreement
from intake.services.agreement import OpenCriteriaError
from intake.services.lifecycle import ConflictError
from intake.services.merging import NotKeptError, TooLateError
from intake.services.ordering import OtherVersionError
from intake.services.roots import RootMissingError
from intake.services.triage import NeedNotAgreedError, NotOfferedError
from intake.services.undoing import ChosenMeanwhileError
from intake.states import IllegalMoveError
from intake.views.conflict import typed_in
from intake.views.desk import Desk
from intake.views.loading import find, of_request
from intake.views.queue import pmo_only
from intake.views.triage_acts import ACTS
from intake.views.triage_forms import around, form_of

# Somebody was there in between: the request is not what this person saw any more.
MET = (ConflictError, IllegalMoveError, PermissionDenied)
# htmx takes modifiers behind the kind of swap, which its annotation does not know.
SWAP: Any = "innerHTML show:none"
REFUSALS: dict[type[Exception], str] = {
    NeedNotAgreedError: "The need is not agreed by both sides yet. Play it back first",
    NotOfferedError: "This service can’t be asked for today. Choose another one",
    ChosenMeanwhileError: "A tier was chosen meanwhile, so the proposal stands",
    OtherVersionError: "The service offers something else now. Propose it, and they choose anew",
    NotKeptError: "The other request is closed by now. Choose another one",
    TooLateError: "Thirty days have gone by, so both stay joined",
    RootMissingError: "Select what made it urgent",
    OpenCriteriaError: "Tick every criterion first. Some are still open",
}


@pmo_only
@of_request
@require_safe
def triage_detail(request: PortalRequest, page: RequestPage) -> HttpResponse:
    """The list with one request beside it; on a narrow screen the request alone."""
    return Desk(request, page.work).show()


@pmo_only
@of_request
@require_http_methods(["GET", "HEAD", "POST"])
def triage_act(request: PortalRequest, page: RequestPage, name: str) -> HttpResponse:
    """One act on one request, as a panel beside it or, without script, on its page."""
    desk = Desk(request, page.work, ACTS.get(name))
    if desk.act is None:
        raise Http404
    if request.method != "POST":
        return _offer(desk)
    if not desk.is_allowed:
        return _met(desk, form_of(desk, request.POST))
    form = form_of(desk, request.POST)
    if not form.is_valid():
        return _show(desk, form, status=422)
    if request.POST.get("then") == "preview" and desk.act.has_preview:
        return _show(desk, form, preview=True)
    return _carry_out(desk, form)


def _offer(desk: Desk) -> HttpResponse:
    """Show the form, or why there is none."""
    if desk.page.is_own:
        return desk.show(status=403)
    return _show(desk, form_of(desk)) if desk.is_allowed else desk.show(status=409)


def _carry_out(desk: Desk, form: PortalForm) -> HttpResponse:
    assert desk.act is not None
    # Asked before the act: what is done leaves its place in the list.
    after = queue.following(desk.asked, desk.work, desk.request.user, timezone.now())
    try:
        desk.act.do(desk.work, form, desk.request.user, database_now())
    except MET:
        return _met(desk, form, after)
    except tuple(REFUSALS) as error:
        form.add_error(None, REFUSALS[type(error)])
        return _show(desk, form, status=422)
    return _done(desk, after)


def _done(desk: Desk, after: queue.Found | None) -> HttpResponse:
    """Say what was done, and go on to the next row where the act ends here."""
    assert desk.act is not None
    said = f"{desk.work.reference} {desk.act.said}"
    goes_on = desk.act.goes_on or (desk.act.may_go_on and desk.request.POST.get("then") == "next")
    if not goes_on:
        messages.success(desk.request, f"{said}.")
        return _go(desk, desk.address())
    if after is None:
        messages.success(desk.request, f"{said}. End of this view.")
        return _go(desk, reverse("intake:queue") + desk.asked.query(with_place=False))
    reference = reference_of(after.number)
    messages.success(desk.request, f"{said}. Now {reference}.")
    return _go(desk, desk.address(reference))


def _go(desk: Desk, address: str) -> HttpResponse:
    if desk.request.htmx:
        return HttpResponseLocation(address, target="#queue", swap=SWAP)
    return redirect(address)


def _met(desk: Desk, form: PortalForm, after: queue.Found | None = None) -> HttpResponse:
    """Answer whoever came second: pressed twice, or a colleague was there in between.

    What was typed stays in the form, which now carries the version as it is.
    """
    assert desk.act is not None
    fresh = find(desk.request, desk.work.reference)
    if form.is_valid() and desk.act.was_done(fresh, form, desk.request.user):
        return _done(desk, after)
    now = Desk(desk.request, fresh, desk.act)
    data = desk.request.POST.copy()
    data["seen"] = str(fresh.version)
    latest = Entry.objects.about(fresh).last()
    status = 403 if now.page.is_own else 409
    return _show(
        now,
        form_of(now, data),
        status=status,
        conflict=moment_of(latest) if latest else None,
        typed=typed_in(form),
    )


def _show(desk: Desk, form: PortalForm, *, status: int = 200, **more: Any) -> HttpResponse:
    assert desk.act is not None
    return desk.show(status=status, form=form, **around(desk), **more)


@pmo_only
@of_request
@require_POST
def tick(request: PortalRequest, page: RequestPage, criterion: int) -> HttpResponse:
    """Tick an exit criterion of a running request, or take the tick back."""
    work = page.work
    found = get_object_or_404(ExitCriterion, pk=criterion, blueprint__work=work)
    desk = Desk(request, work)
    is_done = request.POST.get("done") == "yes"
    try:
        agreement.tick(work, found, done=is_done, actor=request.user, at=database_now())
    except PermissionDenied:
        return Desk(request, find(request, work.reference)).show(status=409, is_moved=True)
    said = "Ticked" if is_done else "Took the tick back"
    messages.success(request, f"{said}: {found.text}")
    return redirect(desk.address())
