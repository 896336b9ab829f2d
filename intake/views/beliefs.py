"""What both sides believe: the need with its two ticks, and what the work shall change."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import PortalRequest
from accounts.moment import database_now
from accounts.policies import require
from intake import policies
from intake.forms.beliefs import HypothesisForm, NeedForm
from intake.reading.request_page import RequestPage
from intake.services import hypotheses, needs
from intake.services.agreement import NothingToDecideError
from intake.services.lifecycle import ConflictError
from intake.views.conflict import conflict_page
from intake.views.loading import of_request

METHODS = ["GET", "HEAD", "POST"]
MOST_DIGITS = 9


def _posted(request: PortalRequest) -> Any:
    return request.POST if request.method == "POST" else None


@require_http_methods(METHODS)
@of_request
def need(request: PortalRequest, page: RequestPage) -> HttpResponse:
    """Word the need anew; that clears both ticks, and the page says so."""
    require(policies.can_edit_need(request.user, page.work))
    newest = page.need
    if newest is None:
        raise Http404
    form = NeedForm(_posted(request), initial={"text": newest.text, "seen": newest.number})
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        context = page.context(form=form, need=newest)
        return render(request, "intake/requests/edit_need.html", context, status=status)
    given = form.cleaned_data
    try:
        needs.edit_need(
            page.work,
            text=given["text"],
            seen=given["seen"] or 0,
            actor=request.user,
            at=database_now(),
        )
    except (ConflictError, PermissionDenied):
        return conflict_page(request, page.work, form)
    messages.success(request, "Kept. Both ticks are cleared: each side agrees anew.")
    return redirect(f"{page.address('request_framing')}#need")


@require_POST
@of_request
def tick(request: PortalRequest, page: RequestPage) -> HttpResponse:
    """Agree to the wording that was read, for one's own side."""
    require(policies.can_edit_need(request.user, page.work))
    given = request.POST.get("need", "")
    is_number = given.isascii() and given.isdigit() and len(given) <= MOST_DIGITS
    try:
        ticked = needs.tick_need(
            page.work,
            number=int(given) if is_number else 0,
            actor=request.user,
            at=database_now(),
        )
    except NothingToDecideError:
        return conflict_page(request, page.work, None)
    both = "Agreed by both sides." if ticked.is_agreed else "Agreed for your side."
    messages.success(request, both)
    return redirect(f"{page.address('request_framing')}#need")


@require_http_methods(METHODS)
@of_request
def hypothesis(request: PortalRequest, page: RequestPage) -> HttpResponse:
    """What we believe the work will change. It begins with what the answers say."""
    require(policies.can_write_hypothesis(request.user, page.work))
    was = page.work.hypotheses.order_by("-number").first()
    told = {name: getattr(was, name) for name in hypotheses.FIELDS} if was else None
    first = (told or hypotheses.from_answers(page.work)) | {"seen": was.number if was else 0}
    form = HypothesisForm(_posted(request), initial=first, is_first=was is None)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        context = page.context(form=form, was=was)
        return render(request, "intake/requests/hypothesis.html", context, status=status)
    given = form.cleaned_data
    try:
        hypotheses.write(
            page.work,
            fields=given,
            learned=given.get("learned", ""),
            seen=given["seen"] or 0,
            actor=request.user,
            at=database_now(),
        )
    except ConflictError:
        return conflict_page(request, page.work, form)
    messages.success(request, "Kept. Earlier versions stay readable.")
    return redirect(f"{page.address('request_framing')}#hypothesis")
