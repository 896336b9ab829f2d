"""The page for the second of two people: who did what; what was typed is kept (P9)."""

from django.http import HttpResponse
from django.shortcuts import render

from accounts.forms import PortalForm
from accounts.http import PortalRequest
from audit.models import Entry
from intake.models import WorkRequest
from intake.reading.history import moment_of


def conflict_page(
    request: PortalRequest, work: WorkRequest, form: PortalForm | None
) -> HttpResponse:
    """Answer 409 with the latest change and with every text that was typed."""
    latest = Entry.objects.about(work).last()
    typed = [
        (field.label, field.data)
        for field in form or ()
        if not field.is_hidden and isinstance(field.data, str) and len(field.data) > 1
    ]
    context = {
        "work": WorkRequest.objects.select_related("analyst").get(pk=work.pk),
        "latest": moment_of(latest) if latest else None,
        "typed": typed,
    }
    return render(request, "intake/conflict.html", context, status=409)
