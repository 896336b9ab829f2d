"""One request in triage, and the acts on it: GET shows the form, POST does it (ux.md 5.7)."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseLocation

from accounts.forms import PortalForm
from accounts.http import PortalRequest
from accounts.models import User
from accounts.moment import database_now
from audit.models import Entry
from intake.models import ExitCriterion, WorkRequest
from intake.reading import queue
from intake.reading.history import moment_of
from intake.reading.proposing import Choice, choice_of
from intake.reading.queue import Asked
from intake.reading.queue_page import QueuePage
from intake.reading.queue_rows import reference_of
from intake.reading.request_page import RequestPage
from intake.reading.triage_page import TriagePage
from intake.reading.urgency import normal_date, urgent_case
from intake.services import agreement
from intake.services.agreement import OpenCriteriaError
from intake.services.lifecycle import ConflictError
from intake.services.triage import NeedNotAgreedError, NotOfferedError
from intake.states import IllegalMoveError
from intake.views.conflict import typed_in
from intake.views.loading import find, of_request
from intake.views.queue import asked_by, pmo_only, remember_view
from intake.views.triage_acts import ACTS, Act, acts_for

# Somebody was there in between: the request is not what this person saw any more.
MET = (ConflictError, IllegalMoveError, PermissionDenied)
# htmx takes modifiers behind the kind of swap, which its annotation does not know.
SWAP: Any = "innerHTML show:none"
REFUSALS = {
    NeedNotAgreedError: "The need is not agreed by both sides yet. Play it back first",
    NotOfferedError: "This service can’t be asked for today. Choose another one",
    OpenCriteriaError: "Tick every criterion first. Some are still open",
}


@dataclass
class Desk:
    """A request on the desk of one person: the list it came from, the act they chose."""

    request: PortalRequest
    work: WorkRequest
    act: Act | None = None

    @cached_property
    def asked(self) -> Asked:
        return asked_by(self.request)

    @cached_property
    def page(self) -> TriagePage:
        return TriagePage(self.work, self.request.user, timezone.now())

    @cached_property
    def choice(self) -> Choice:
        """What can be proposed; a service stands in the address once it is chosen."""
        return choice_of(self.request.GET.get("service", ""), now=self.page.now)

    @property
    def is_allowed(self) -> bool:
        return self.act is not None and self.act.is_allowed(self.request.user, self.work)

    def address(self, reference: str = "") -> str:
        place = reverse("intake:triage_detail", args=[reference or self.work.reference])
        return place + self.asked.query()

    def context(self, **more: Any) -> dict[str, Any]:
        """What every template of a request in triage needs."""
        listed = QueuePage(self.asked, self.request.user, self.page.now, self.work)
        return {
            "queue": listed,
            "page": self.page,
            "work": self.work,
            "acts": acts_for(self.request.user, self.work),
            "act": self.act,
            "is_allowed": self.is_allowed,
            "crumbs": self._crumbs(),
            **more,
        }

    def _crumbs(self) -> list[dict[str, str]]:
        list_address = reverse("intake:queue") + self.asked.query()
        crumbs = [{"words": "Triage", "address": list_address}]
        if self.act is None:
            return [*crumbs, {"words": self.work.reference, "address": ""}]
        crumbs.append({"words": self.work.reference, "address": self.address()})
        return [*crumbs, {"words": self.act.title, "address": ""}]

    def show(self, *, status: int = 200, **more: Any) -> HttpResponse:
        context = self.context(**more)
        response = render(self.request, self._template(), context, status=status)
        return remember_view(self.request, response)

    def _template(self) -> str:
        """What htmx asked to be swapped, or the whole page."""
        target = self.request.htmx.target if self.request.htmx else None
        if self.act and self.act.is_wide:
            part = target if target == "comparison" else "propose"
        else:
            part = {None: "detail", "act": "_act"}.get(target, "_split")
        return f"intake/triage/{'_comparison' if part == 'comparison' else part}.html"


@pmo_only
@of_request
@require_safe
def triage_detail(request: PortalRequest, page: RequestPage) -> HttpResponse:
    """The list with one request beside it; on a narrow screen the request alone."""
    return Desk(request, page.work).show()


@pmo_only
@of_request
@require_http_methods(["GET", "HEAD", "POST"])
def triage_act(request: PortalRequest, page: RequestPage, name: str) -> HttpResponse:
    """One act on one request, as a panel beside it or, without script, on its page."""
    desk = Desk(request, page.work, ACTS.get(name))
    if desk.act is None:
        raise Http404
    if request.method != "POST":
        return _offer(desk)
    if not desk.is_allowed:
        return _met(desk, _form(desk, request.POST))
    form = _form(desk, request.POST)
    if not form.is_valid():
        return _show(desk, form, status=422)
    if request.POST.get("then") == "preview" and desk.act.has_preview:
        return _show(desk, form, preview=True)
    return _carry_out(desk, form)


def _offer(desk: Desk) -> HttpResponse:
    """Show the form, or why there is none."""
    if desk.page.is_own:
        return desk.show(status=403)
    return _show(desk, _form(desk)) if desk.is_allowed else desk.show(status=409)


def _carry_out(desk: Desk, form: PortalForm) -> HttpResponse:
    assert desk.act is not None
    # Asked before the act: what is done leaves its place in the list.
    after = queue.following(desk.asked, desk.work, desk.request.user, timezone.now())
    try:
        desk.act.do(desk.work, form, desk.request.user, database_now())
    except MET:
        return _met(desk, form, after)
    except tuple(REFUSALS) as error:
        form.add_error(None, REFUSALS[type(error)])
        return _show(desk, form, status=422)
    return _done(desk, after)


def _done(desk: Desk, after: queue.Found | None) -> HttpResponse:
    """Say what was done, and go on to the next row where the act ends here."""
    assert desk.act is not None
    said = f"{desk.work.reference} {desk.act.said}"
    goes_on = desk.act.goes_on or (desk.act.may_go_on and desk.request.POST.get("then") == "next")
    if not goes_on:
        messages.success(desk.request, f"{said}.")
        return _go(desk, desk.address())
    if after is None:
        messages.success(desk.request, f"{said}. End of this view.")
        return _go(desk, reverse("intake:queue") + desk.asked.query(with_place=False))
    reference = reference_of(after.number)
    messages.success(desk.request, f"{said}. Now {reference}.")
    return _go(desk, desk.address(reference))


def _go(desk: Desk, address: str) -> HttpResponse:
    if desk.request.htmx:
        return HttpResponseLocation(address, target="#queue", swap=SWAP)
    return redirect(address)


def _met(desk: Desk, form: PortalForm, after: queue.Found | None = None) -> HttpResponse:
    """Answer whoever came second: pressed twice, or a colleague was there in between.

    What was typed stays in the form, which now carries the version as it is.
    """
    assert desk.act is not None
    fresh = find(desk.request, desk.work.reference)
    if form.is_valid() and desk.act.was_done(fresh, form, desk.request.user):
        return _done(desk, after)
    now = Desk(desk.request, fresh, desk.act)
    data = desk.request.POST.copy()
    data["seen"] = str(fresh.version)
    latest = Entry.objects.about(fresh).last()
    status = 403 if now.page.is_own else 409
    return _show(
        now,
        _form(now, data),
        status=status,
        conflict=moment_of(latest) if latest else None,
        typed=typed_in(form),
    )


def _show(desk: Desk, form: PortalForm, *, status: int = 200, **more: Any) -> HttpResponse:
    assert desk.act is not None
    if desk.act.name == "urgent" and desk.is_allowed:
        more["case"] = urgent_case(desk.page)
    if desk.act.is_wide:
        more["choice"] = desk.choice
    return desk.show(status=status, form=form, **more)


def _form(desk: Desk, data: Any = None) -> PortalForm:
    assert desk.act is not None
    initial: dict[str, Any] = {"seen": desk.work.version}
    if desk.act.name == "reframe":
        initial["text"] = desk.page.need.text if desk.page.need else desk.page.own_sentence
    form: PortalForm = desk.act.form(data, initial=initial, **_extras(desk, desk.act))
    return form


def _extras(desk: Desk, act: Act) -> dict[str, Any]:
    """What some forms have to know to offer choices, or to check a date."""
    match act.name:
        case "assign":
            return {"people": _colleagues(desk.work)}
        case "park":
            return {"today": timezone.localdate()}
        case "propose":
            return {"tiers": desk.choice.tiers}
        case "urgent":
            return {"normal_date": normal_date(desk.page)}
        case _:
            return {}


def _colleagues(work: WorkRequest) -> Any:
    """Everybody who may take this request, without who has it."""
    others = User.objects.pmo().exclude(pk=work.requester_id)
    return (others.exclude(pk=work.analyst_id) if work.analyst_id else others).order_by("name")


@pmo_only
@of_request
@require_POST
def tick(request: PortalRequest, page: RequestPage, criterion: int) -> HttpResponse:
    """Tick an exit criterion of a running request, or take the tick back."""
    work = page.work
    found = get_object_or_404(ExitCriterion, pk=criterion, blueprint__work=work)
    desk = Desk(request, work)
    is_done = request.POST.get("done") == "yes"
    try:
        agreement.tick(work, found, done=is_done, actor=request.user, at=database_now())
    except PermissionDenied:
        return Desk(request, find(request, work.reference)).show(status=409, is_moved=True)
    said = "Ticked" if is_done else "Took the tick back"
    messages.success(request, f"{said}: {found.text}")
    return redirect(desk.address())
