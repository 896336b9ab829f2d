"""From an address to a request that this person may open, or to where it stands now."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from accounts.http import PortalRequest
from intake.models import WorkRequest
from intake.reading.request_page import RequestPage, readable
from intake.states import State

# The one page of a joined request that is its own: where a lead takes it out again.
OUT_AGAIN = "undo-merge"
TRIAGE = frozenset({"intake:triage_detail", "intake:triage_act"})
View = Callable[..., HttpResponse]
PageView = Callable[Concatenate[PortalRequest, RequestPage, ...], HttpResponse]


class NotTheirsError(Http404):
    """No request of this reference that the person may open; whether there is one stays open."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address


def find(request: PortalRequest, reference: str) -> WorkRequest:
    """Return the request of this reference; raise a 404 for none and for a stranger's."""
    number = WorkRequest.number_of(reference)
    work = readable(request.user).filter(number=number).first() if number else None
    if work is None:
        raise NotTheirsError(reverse("intake:ask_access", args=[reference]))
    return work


def of_request(view: PageView) -> View:
    """Give a view the page of the request that its address names.

    Another spelling of a reference leads to the right one, and a merged request to the one that it
    joined.
    """

    @login_required
    @wraps(view)
    def opened(request: PortalRequest, reference: str, **kwargs: Any) -> HttpResponse:
        work = find(request, reference)
        moved = _elsewhere(request, work, reference, kwargs)
        return moved or view(request, RequestPage(work, request.user, timezone.now()), **kwargs)

    return opened


def _elsewhere(
    request: PortalRequest, work: WorkRequest, reference: str, kwargs: dict[str, Any]
) -> HttpResponse | None:
    if request.method not in ("GET", "HEAD") or kwargs.get("name") == OUT_AGAIN:
        return None
    if work.state == State.MERGED and work.merged_into:
        return _joined(request, work, work.merged_into)
    if reference != work.reference and request.resolver_match:
        right: HttpResponse = redirect(
            request.resolver_match.view_name, reference=work.reference, **kwargs
        )
        return right
    return None


def _joined(request: PortalRequest, work: WorkRequest, kept: WorkRequest) -> HttpResponse | None:
    """Lead to the kept request, unless this person may not see it."""
    if not WorkRequest.objects.visible_to(request.user).filter(pk=kept.pk).exists():
        return None
    messages.info(request, f"{work.reference} is now part of {kept.reference}.")
    match = request.resolver_match
    is_triage = match is not None and match.view_name in TRIAGE
    return redirect(f"intake:{'triage' if is_triage else 'request'}_detail", kept.reference)
