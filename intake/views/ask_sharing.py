"""A draft among colleagues: who may add to it (ux.md 5.2)."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import PortalRequest
from accounts.models import User
from accounts.moment import database_now
from accounts.policies import require
from intake import policies
from intake.forms.people import NamedForm
from intake.services import draft_life
from intake.services.drafts import Draft
from intake.views.ask import draft_or_404
from intake.views.ask_pages import names_near

OWN = "It is their draft already"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def share(request: PortalRequest, key: UUID) -> HttpResponse:
    """Who may add to the draft; let one more."""
    draft = draft_or_404(request, key)
    if not draft.work.is_draft:
        return redirect("intake:ask_sent", key)
    require(policies.can_end_draft(request.user, draft.work))
    form = NamedForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        person = form.cleaned_data["who"]
        try:
            draft_life.share(draft.work, person, actor=request.user, at=database_now())
        except draft_life.OwnDraftError:
            form.add_error("who", OWN)
        else:
            messages.success(request, f"{person.name} may add to it now, and was told by mail.")
            return redirect("intake:ask_share", key)
    return _page(request, draft, form)


def _page(request: PortalRequest, draft: Draft, form: NamedForm) -> HttpResponse:
    context = {
        "work": draft.work,
        "form": form,
        "problems": form.problems() if form.is_bound else [],
        "shared": draft.work.participants.select_related("person").order_by("id"),
        "names": names_near(request.user),
    }
    status = 422 if form.errors else 200
    return render(request, "intake/ask/share.html", context, status=status)


@require_POST
@login_required
def stop(request: PortalRequest, key: UUID, person: int) -> HttpResponse:
    """Let somebody add no more: by whose draft it is, or by themselves."""
    draft = draft_or_404(request, key)
    found = get_object_or_404(User, pk=person)
    draft_life.stop_sharing(draft.work, found, actor=request.user, at=database_now())
    if found == request.user:
        return redirect("intake:ask_start")
    messages.success(request, f"{found.name} can no longer add to it.")
    return redirect("intake:ask_share", key)
