"""Saved views of the queue: keep what the list shows now, and tidy up (ux.md 5.7)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms import PortalForm
from accounts.http import PortalRequest
from accounts.moment import database_now
from intake.forms.texts import text_field
from intake.models import SavedView
from intake.reading.queue_page import QueuePage
from intake.reading.saved_views import views_of
from intake.services import saved_views
from intake.services.saved_views import NameTakenError
from intake.views.queue import asked_by, pmo_only


class SaveViewForm(PortalForm):
    name = text_field(
        "Name of the view",
        subject="The name",
        missing="Enter a name",
        most=SavedView._meta.get_field("name").max_length or 40,
        rows=1,
    )
    is_shared = forms.BooleanField(
        label="Share it with everybody in the PMO",
        help_text="It stands beside the built-in views of all of them",
        required=False,
    )

    def __init__(self, *args: Any, may_share: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_share:
            del self.fields["is_shared"]


@pmo_only
@require_http_methods(["GET", "HEAD", "POST"])
def views_page(request: PortalRequest) -> HttpResponse:
    """The saved views, and a name for the list as its address stands here."""
    data = request.POST if request.method == "POST" else None
    form = SaveViewForm(data, may_share=request.user.is_lead)
    if data is None:
        return _show(request, form)
    if not form.is_valid():
        return _show(request, form, status=422)
    query = asked_by(request).query(with_place=False)
    try:
        view = saved_views.save(
            name=form.cleaned_data["name"],
            query=query,
            is_shared=form.cleaned_data.get("is_shared", False),
            actor=request.user,
            at=database_now(),
        )
    except NameTakenError:
        form.add_error("name", "You have a view of this name. Enter another one")
        return _show(request, form, status=422)
    messages.success(request, f"Saved: {view.name}.")
    return redirect(reverse("intake:queue") + view.query)


def _show(request: PortalRequest, form: PortalForm, *, status: int = 200) -> HttpResponse:
    now = database_now()
    listed = QueuePage(asked_by(request), request.user, now)
    context = {
        "form": form,
        "queue": listed,
        "saved": list(views_of(request.user)),
        "crumbs": [
            {"words": "Triage", "address": listed.address},
            {"words": "Saved views", "address": ""},
        ],
    }
    return render(request, "intake/triage/saved_views.html", context, status=status)


@pmo_only
@require_POST
def remove_view(request: PortalRequest, view: int) -> HttpResponse:
    found = get_object_or_404(views_of(request.user), pk=view)
    saved_views.remove(found, actor=request.user, at=database_now())
    messages.success(request, f"Removed: {found.name}.")
    return redirect("intake:saved_views")
