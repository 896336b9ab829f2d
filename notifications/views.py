"""The outbox for administrators: what was owed, what went out, what gave up."""

from typing import Any, NamedTuple

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from accounts.moment import database_now
from accounts.policies import administrators_only
from notifications import services
from notifications.models import OutboxMessage

PER_PAGE = 50


class View(NamedTuple):
    """One tab of the list."""

    words: str
    address: str
    is_current: bool


@require_safe
@administrators_only
def outbox(request: HttpRequest) -> HttpResponse:
    """Notices, newest first, by what became of them. Pages go by id, however many there are."""
    status = _status(request)
    rows = _page(status, _number(request, "before"), _number(request, "after"))
    context = {
        "notices": rows,
        "status": status,
        "views": _views(status),
        "has_dead": OutboxMessage.objects.dead().exists(),
        **_neighbours(status, rows),
    }
    return render(request, "notifications/outbox.html", context)


def _status(request: HttpRequest) -> str:
    asked = request.GET.get("status", "")
    return asked if asked in OutboxMessage.Status.values else ""


def _number(request: HttpRequest, name: str) -> int:
    """A number of the query; 0 for none and for anything else."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else 0


def _page(status: str, before: int, after: int) -> list[OutboxMessage]:
    found = OutboxMessage.objects.with_status(status).select_related("recipient").defer("body")
    if after:
        newer = found.filter(pk__gt=after).order_by("pk")[:PER_PAGE]
        return list(reversed(newer))
    if before:
        found = found.filter(pk__lt=before)
    return list(found.order_by("-pk")[:PER_PAGE])


def _neighbours(status: str, rows: list[OutboxMessage]) -> dict[str, str]:
    """The addresses of the pages around these rows; none where there is nothing."""
    if not rows:
        return {"previous": "", "next": ""}
    of_status = OutboxMessage.objects.with_status(status)
    newest, oldest = rows[0].pk, rows[-1].pk
    newer = of_status.filter(pk__gt=newest).exists()
    older = of_status.filter(pk__lt=oldest).exists()
    return {
        "previous": _address(status, after=newest) if newer else "",
        "next": _address(status, before=oldest) if older else "",
    }


def _address(status: str, **place: int) -> str:
    query: dict[str, Any] = {"status": status, **place}
    said = {name: value for name, value in query.items() if value}
    address = reverse("notifications:outbox")
    return f"{address}?{urlencode(said)}" if said else address


def _views(status: str) -> list[View]:
    choices = [("", "All"), *OutboxMessage.Status.choices]
    return [View(str(words), _address(value), value == status) for value, words in choices]


@require_safe
@administrators_only
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """One notice: to whom, about what, what it said and what went wrong."""
    message = get_object_or_404(OutboxMessage.objects.select_related("recipient"), pk=pk)
    crumbs = [
        {"words": "Manage", "address": reverse("manage")},
        {"words": "Outbox", "address": reverse("notifications:outbox")},
        {"words": f"Notice {message.pk}", "address": ""},
    ]
    return render(request, "notifications/notice.html", {"notice": message, "crumbs": crumbs})


@require_POST
@administrators_only
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Try one notice again that gave up."""
    message = get_object_or_404(OutboxMessage, pk=pk)
    if services.retry(message, at=database_now()):
        messages.success(request, "It is tried again now, and for three days if need be.")
    else:
        messages.info(request, "This notice had not given up. Nothing was changed.")
    return redirect("notifications:notice", pk=message.pk)


@require_POST
@administrators_only
def retry_all(request: HttpRequest) -> HttpResponse:
    """Try every notice again that gave up."""
    count = services.retry_all(OutboxMessage.objects.all(), at=database_now())
    messages.success(request, f"{count} notice{'' if count == 1 else 's'} will be tried again.")
    return redirect("notifications:outbox")
