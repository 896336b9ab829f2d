"""One thing with several requests: first a page that says what will happen (ux.md 5.7)."""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.forms import PortalForm
from accounts.http import PortalRequest
from accounts.models import User
from accounts.moment import database_now
from intake.forms import bulk as forms
from intake.models import WorkRequest
from intake.reading.export import HEAD, lines
from intake.reading.queue import open_to
from intake.services import bulk
from intake.views.queue import asked_by, pmo_only

Form = Any
PEOPLE = ("requester", "department", "analyst", "service__current", "tier")


class Kind(NamedTuple):
    """A bulk action: its words, its form, and what it does to one request."""

    title: str
    button: str
    said: str
    form: type[Form]
    do: Callable[[Form, User, datetime], bulk.Do]


KINDS: dict[str, Kind] = {
    "claim": Kind(
        "Claim",
        "Claim them",
        "claimed",
        forms.BulkClaimForm,
        lambda _, by, at: bulk.claimer(by, at),
    ),
    "assign": Kind(
        "Assign",
        "Assign them",
        "assigned",
        forms.BulkAssignForm,
        lambda form, by, at: bulk.assigner(form.person(), by, at),
    ),
    "tag": Kind(
        "Tag",
        "Tag them",
        "tagged",
        forms.BulkTagForm,
        lambda form, by, at: bulk.tagger(form.cleaned_data["tags"], by, at),
    ),
    "park": Kind(
        "Park",
        "Park them",
        "parked",
        forms.BulkParkForm,
        lambda form, by, at: bulk.parker(**form.cleaned_data, actor=by, at=at),
    ),
    "export": Kind(
        "Export", "Download the file", "exported", forms.BulkClaimForm, lambda *_: lambda _: None
    ),
}


class Item(NamedTuple):
    """A selected request, and why the action leaves it out, if it does."""

    work: WorkRequest
    why_not: str


@dataclass
class Selection:
    """What was ticked in the list, as far as it is there."""

    request: PortalRequest
    name: str
    kind: Kind
    items: list[Item]
    is_cut: bool

    @property
    def possible(self) -> list[WorkRequest]:
        return [item.work for item in self.items if not item.why_not]

    @property
    def left_out(self) -> list[Item]:
        return [item for item in self.items if item.why_not]

    @property
    def back(self) -> str:
        return reverse("intake:queue") + asked_by(self.request).query()


@pmo_only
@require_http_methods(["GET", "HEAD", "POST"])
def bulk_page(request: PortalRequest) -> HttpResponse:
    """Say what will happen to which requests, then do it."""
    chosen = _selection(request)
    if request.method != "POST":
        return _show(chosen, _form(chosen))
    form = _form(chosen, request.POST)
    if not form.is_valid():
        return _show(chosen, form, status=422)
    if chosen.name == "export":
        return _file(chosen.possible, database_now())
    done, refused = bulk.for_each(
        chosen.possible, chosen.kind.do(form, request.user, database_now())
    )
    _tell(request, chosen.kind, done, refused)
    return redirect(chosen.back)


def _selection(request: PortalRequest) -> Selection:
    """Read the address; its marks are numbers, so a mark of another shape is none."""
    given = request.POST if request.method == "POST" else request.GET
    name = given.get("act", "")
    if name not in KINDS:
        raise Http404
    picked = list(dict.fromkeys(p for p in given.getlist("pick") if p.isascii() and p.isdigit()))
    numbers = [int(p) for p in picked[: bulk.MOST] if len(p) <= 9]
    works = open_to(request.user).filter(number__in=numbers).select_related(*PEOPLE)
    items = [Item(work, _why_not(name, work, request.user)) for work in works.order_by("number")]
    return Selection(request, name, KINDS[name], items, len(picked) > bulk.MOST)


def _why_not(name: str, work: WorkRequest, user: User) -> str:
    return "" if name == "export" else bulk.why_not(name, work, user)


def _form(chosen: Selection, data: Any = None) -> PortalForm:
    extras: dict[str, Any] = {}
    if chosen.name == "assign":
        extras["people"] = User.objects.pmo().order_by("name")
    if chosen.name == "park":
        extras["today"] = timezone.localdate()
    form: PortalForm = chosen.kind.form(data, **extras)
    return form


def _show(chosen: Selection, form: PortalForm, *, status: int = 200) -> HttpResponse:
    crumbs = [
        {"words": "Triage", "address": chosen.back},
        {"words": f"{chosen.kind.title} several", "address": ""},
    ]
    context = {
        "chosen": chosen,
        "form": form,
        "crumbs": crumbs,
        "pairs": asked_by(chosen.request).pairs(),
        "most": bulk.MOST,
    }
    return render(chosen.request, "intake/triage/bulk.html", context, status=status)


def _tell(
    request: PortalRequest, kind: Kind, done: Sequence[WorkRequest], refused: Sequence[WorkRequest]
) -> None:
    if done:
        messages.success(request, f"{_named(done)} {kind.said}.")
    if refused:
        what = f"{_named(refused)} changed meanwhile and stayed as they are."
        messages.warning(request, what)


def _named(works: Sequence[WorkRequest]) -> str:
    if len(works) <= 3:
        return ", ".join(work.reference for work in works)
    return f"{len(works)} requests"


def _file(works: Sequence[WorkRequest], at: datetime) -> HttpResponse:
    name = f"requests-{timezone.localdate(at).isoformat()}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8", headers=headers)
    writer = csv.writer(response)
    writer.writerows([HEAD, *lines(works, now=at)])
    return response
