"""An analyst's saved texts: what there is, one to add or change (ux.md 5.5)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import PortalRequest
from accounts.models import Role
from accounts.moment import database_now
from accounts.policies import role_required
from intake.forms.dialogue import SavedTextForm
from intake.models import SavedText
from intake.services import saved_texts as service

pmo_only = role_required(Role.ANALYST, Role.LEAD)


@require_http_methods(["GET", "HEAD", "POST"])
@pmo_only
def saved_texts(request: PortalRequest) -> HttpResponse:
    """One's own texts and those the PMO shares; add another."""
    return _edit(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@pmo_only
def saved_text(request: PortalRequest, pk: int) -> HttpResponse:
    """Change one of one's own texts."""
    return _edit(request, get_object_or_404(SavedText, pk=pk, owner=request.user))


def _edit(request: PortalRequest, saved: SavedText | None) -> HttpResponse:
    first = {name: getattr(saved, name) for name in ("title", "text", "is_shared")} if saved else {}
    form = SavedTextForm(request.POST if request.method == "POST" else None, initial=first)
    if form.is_valid():
        kept = service.keep(**form.cleaned_data, saved=saved, actor=request.user, at=database_now())
        messages.success(request, f"“{kept.title}” is kept.")
        return redirect("intake:saved_texts")
    context = {
        "form": form,
        "saved": saved,
        "texts": SavedText.objects.usable_by(request.user).select_related("owner"),
        "problems": form.problems() if form.is_bound else [],
    }
    status = 422 if form.is_bound else 200
    return render(request, "intake/saved_texts.html", context, status=status)


@require_POST
@pmo_only
def discard(request: PortalRequest, pk: int) -> HttpResponse:
    saved = SavedText.objects.filter(pk=pk, owner=request.user).first()
    if saved:
        service.discard(saved, actor=request.user, at=database_now())
        messages.success(request, f"“{saved.title}” is gone.")
    return redirect("intake:saved_texts")
