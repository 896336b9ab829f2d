"""For administrators: what became of mail that came in, and taking a text away for good."""

import re

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import PortalRequest
from accounts.moment import database_now
from accounts.policies import administrators_only
from intake.forms.dialogue import RedactionForm
from intake.models import InboundMail, WorkRequest
from intake.services import redaction
from intake.services.redaction import Place
from intake.views.requests import number_in

PER_PAGE = 50
PLACE = re.compile(
    r"/requests/([^/]{1,20})/"
    r"(?:[^#]{0,200}#(message|note|question|answer|need|verdict)-([\w-]{1,30})|files/(\d{1,18})/)$"
)


@require_safe
@administrators_only
def mail_in(request: PortalRequest) -> HttpResponse:
    """Every mail that came in, newest first, with what became of it."""
    before = number_in(request.GET, "before")
    rows = InboundMail.objects.select_related("work")
    older = rows.filter(pk__lt=before) if before else rows
    found = list(older[: PER_PAGE + 1])
    next_page = f"?before={found[PER_PAGE - 1].pk}" if len(found) > PER_PAGE else ""
    context = {"mails": found[:PER_PAGE], "next": next_page, "previous": "?" if before else ""}
    return render(request, "manage/mail_in.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def redact(request: PortalRequest) -> HttpResponse:
    """Find a text by its address, read it once more, and remove it with a reason."""
    given = (request.POST if request.method == "POST" else request.GET).get("place", "")[:300]
    place = _place(given)
    form = RedactionForm(
        request.POST if request.method == "POST" else None, initial={"place": given}
    )
    if place and form.is_valid():
        try:
            redaction.redact(
                place, reason=form.cleaned_data["reason"], actor=request.user, at=database_now()
            )
        except WorkRequest.DoesNotExist as error:
            raise PermissionDenied from error
        messages.success(request, "Removed. Who, when and why stays in the history.")
        return redirect("intake:redact")
    is_wrong = bool(given) and place is None
    context = {
        "place": place,
        "given": given,
        "form": form,
        "is_wrong": is_wrong,
        "problems": form.problems() if form.is_bound and place else [],
    }
    status = 422 if is_wrong or form.is_bound else 200
    return render(request, "manage/redact.html", context, status=status)


def _place(address: str) -> Place | None:
    """The text that an address such as …/requests/PMO-0142/conversation/#message-7 names."""
    found = PLACE.search(address)
    number = WorkRequest.number_of(found[1]) if found else None
    work = WorkRequest.objects.received().filter(number=number).first() if number else None
    if work is None or found is None:
        return None
    return redaction.find(work, found[2] or "file", found[3] or found[4])
