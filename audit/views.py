"""The audit trail for administrators: who did what and when. It is only ever read."""

import json
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.exporting import asked_format, table_file
from accounts.http import PortalRequest
from accounts.policies import administrators_only
from audit.forms import TrailForm
from audit.models import Entry

PER_PAGE = 50
HEAD = ("When", "By", "Act", "About", "Kind", "Number", "Reason", "Details", "Source", "Internal")


@require_safe
@administrators_only
def trail(request: PortalRequest) -> HttpResponse:
    """Entries newest first, searched and filtered; also as a file."""
    form = TrailForm(request.GET)
    form.is_valid()
    found = _narrowed(form.cleaned_data)
    if request.GET.get("format"):
        lines = _rows(found.order_by("-pk"))
        return table_file("audit", HEAD, lines, kind=asked_format(request.GET))
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) <= 18:
        found = found.filter(pk__lt=int(before))
    rows = list(found.order_by("-pk")[: PER_PAGE + 1])
    query = request.GET.copy()
    query.pop("before", None)
    context = {
        "form": form,
        "problems": form.problems(),
        "entries": [(entry, _details(entry)) for entry in rows[:PER_PAGE]],
        "query": query.urlencode(),
        "previous": f"?{query.urlencode()}" if before else "",
        "next": _next(query, rows),
    }
    return render(request, "audit/trail.html", context, status=422 if form.problems() else 200)


def _next(query: Any, rows: list[Entry]) -> str:
    if len(rows) <= PER_PAGE:
        return ""
    query["before"] = str(rows[PER_PAGE - 1].pk)
    return f"?{query.urlencode()}"


def _narrowed(asked: dict[str, Any]) -> QuerySet[Entry]:
    found = Entry.objects.all()
    if words := asked.get("q"):
        found = found.filter(
            Q(subject_name__icontains=words)
            | Q(reason__icontains=words)
            | Q(action__icontains=words)
        )
    if who := asked.get("who"):
        found = found.filter(actor_name__icontains=who)
    if act := asked.get("act"):
        found = found.filter(action__startswith=act)
    if since := asked.get("since"):
        found = found.filter(at__gte=_midnight(since))
    if until := asked.get("until"):
        found = found.filter(at__lt=_midnight(until + timedelta(days=1)))
    return found


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _details(entry: Entry) -> list[tuple[str, str]]:
    return [(name.replace("_", " "), _plain(value)) for name, value in entry.data.items() if value]


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _rows(found: QuerySet[Entry]) -> Iterator[tuple[Any, ...]]:
    for entry in found.iterator(chunk_size=1000):
        yield (
            timezone.localtime(entry.at),
            entry.actor_name,
            entry.action,
            entry.subject_name,
            entry.subject_type,
            entry.subject_id,
            entry.reason,
            json.dumps(entry.data, ensure_ascii=False) if entry.data else "",
            entry.source,
            "yes" if entry.is_internal else "no",
        )
