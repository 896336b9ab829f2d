"""The keys of triage: the list of them, and the switch (WCAG 2.1.4)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.http import PortalRequest
from accounts.moment import database_now
from accounts.services import change_account
from intake.views.queue import asked_by, pmo_only


@pmo_only
@require_http_methods(["GET", "HEAD", "POST"])
def keys_page(request: PortalRequest) -> HttpResponse:
    """What every key does; posting switches them, or how close the rows stand."""
    if request.method != "POST":
        return render(request, "intake/triage/keys.html", {"asked": asked_by(request)})
    changes: dict[str, bool] = {}
    if (keys := request.POST.get("keys")) in ("on", "off"):
        changes["has_keys"] = keys == "on"
    if (density := request.POST.get("density")) in ("compact", "comfortable"):
        changes["is_compact"] = density == "compact"
    change_account(request.user, actor=request.user, at=database_now(), **changes)
    if "has_keys" in changes:
        messages.success(request, f"The letter keys are {'on' if changes['has_keys'] else 'off'}.")
    return redirect(reverse("intake:queue") + asked_by(request).query())
