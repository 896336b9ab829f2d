"""Pilots: the list, a pilot's page, setting it up, looking at it and deciding."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms import PortalForm
from accounts.http import PortalRequest
from accounts.models import User
from accounts.moment import database_now
from accounts.policies import require
from catalog.models import Line, Pilot, PilotStep
from catalog.services.pilots import PilotRuleError
from intake import policies
from intake.forms.pilots import CheckInForm, DecideForm, EndForm, FeedbackForm, SetUpForm
from intake.models import WorkRequest
from intake.reading.pilot_page import PilotPage, listed
from intake.reading.request_page import RequestPage
from intake.services import pilots
from intake.views.loading import of_request

METHODS = ["GET", "HEAD", "POST"]
SHOWN = {"running": "Running", "deciding": "Waiting for their verdict", "past": "Past"}


def sees_pilots(user: User) -> bool:
    return user.is_pmo or user.is_sponsor


@require_safe
@login_required
def pilot_list(request: PortalRequest) -> HttpResponse:
    """All pilots: what is tried, what waits for its verdict, what came of it."""
    require(sees_pilots(request.user))
    shown = request.GET.get("show", "running")
    shown = shown if shown in SHOWN else "running"
    rows = listed(request.user, shown=shown, now=timezone.now())
    context = {"rows": rows, "shown": shown, "filters": SHOWN}
    return render(request, "intake/pilots/list.html", context)


@require_safe
@login_required
def pilot_detail(request: PortalRequest, pilot: int) -> HttpResponse:
    """One pilot by its number; with its request where the reader may open that."""
    found = get_object_or_404(Pilot.objects.with_people(), pk=pilot)
    works = WorkRequest.objects.visible_to(request.user)
    chain = (found, getattr(found, "after", None))
    work = works.filter(pilot__in=[one for one in chain if one]).first()
    if work is None and not sees_pilots(request.user):
        raise Http404
    context = {"tried": PilotPage(found, timezone.now()), "work": work}
    return render(request, "intake/pilots/detail.html", context)


def pilot_of(page: RequestPage) -> Pilot:
    """The request's newest pilot; raise Http404 when there is none."""
    found = Pilot.objects.with_people().filter(pk=page.work.pilot_id or 0).first()
    if found is None:
        raise Http404
    return found


def context(page: RequestPage, **more: Any) -> dict[str, Any]:
    work, reader = page.work, page.reader
    if "tried" not in more and work.pilot_id:
        more["tried"] = PilotPage(pilot_of(page), page.now)
    rights = {
        "may_set_up": policies.can_set_up_pilot(reader, work) and _is_free(work),
        "may_check_in": policies.can_check_in(reader, work),
        "may_decide": policies.can_decide_pilot(reader, work),
        "may_end": policies.can_end_pilot(reader, work),
        "may_widen": policies.can_set_up_pilot(reader, work),
    }
    return page.shown_on("pilot").context(**rights, **more)


def _is_free(work: WorkRequest) -> bool:
    """Whether another pilot may be set up: the first, or the one after an adapted one."""
    pilot = work.pilot
    return pilot is None or (pilot.verdict == Line.ADAPT and pilot.before_id is None)


@require_safe
@of_request
def of_work(request: PortalRequest, page: RequestPage) -> HttpResponse:
    """The pilot of a request, or the way to set one up."""
    feedback = FeedbackForm()
    return render(request, "intake/pilots/of_work.html", context(page, feedback=feedback))


def act(
    request: PortalRequest,
    page: RequestPage,
    template: str,
    form: PortalForm,
    do: Callable[[], object],
    *,
    said: str,
    **more: Any,
) -> HttpResponse:
    """Show the form, or do it and lead back; a broken rule is said at the form."""
    if form.is_valid():
        try:
            do()
        except PilotRuleError as broken:
            form.add_error(None, broken.reason)
        else:
            messages.success(request, said)
            return redirect("intake:pilot", page.work.reference)
    status = 422 if form.is_bound else 200
    return render(
        request, f"intake/pilots/{template}.html", context(page, form=form, **more), status=status
    )


def posted(request: PortalRequest) -> Any:
    return request.POST if request.method == "POST" else None


@require_http_methods(METHODS)
@of_request
def set_up(request: PortalRequest, page: RequestPage) -> HttpResponse:
    """Hypothesis, scope, lines and days: fixed before the start."""
    work = page.work
    require(policies.can_set_up_pilot(request.user, work))
    people = [work.requester, *(one.person for one in page.participants), request.user]
    people += [person for person in (work.raised_by, work.analyst) if person]
    before = work.pilot
    first = {"scope": before.scope, "decider": before.decider_id} if before else {}
    today = timezone.localtime(page.now).date()
    form = SetUpForm(posted(request), people=people, today=today, first=first)
    return act(
        request,
        page,
        "set_up",
        form,
        lambda: pilots.set_up(
            work,
            form.plan(),
            criteria=form.criteria(),
            steps=form.steps(),
            actor=request.user,
            at=database_now(),
        ),
        said="The pilot is set up. Its lines are fixed from now on.",
        before=before,
    )


@require_http_methods(METHODS)
@of_request
def check_in(request: PortalRequest, page: RequestPage) -> HttpResponse:
    """A look of three minutes."""
    pilot = pilot_of(page)
    if not policies.can_check_in(request.user, page.work):
        return not_now(request, page)
    form = CheckInForm(posted(request), criteria=list(pilot.criteria.all()))
    return act(
        request,
        page,
        "check_in",
        form,
        lambda: pilots.check_in(
            page.work,
            readings=form.readings(),
            worked=form.cleaned_data["worked"],
            did_not=form.cleaned_data["did_not"],
            to_try=form.cleaned_data["to_try"],
            actor=request.user,
            at=database_now(),
        ),
        said="Saved. Thank you for looking.",
    )


def not_now(request: PortalRequest, page: RequestPage) -> HttpResponse:
    """An old mail leads here, or somebody was faster; who has no part in it is refused."""
    is_theirs = policies.is_of(request.user, page.work)
    pilot = page.work.pilot
    knows = is_theirs or page.sees_internal or (pilot and pilot.decider_id == request.user.pk)
    if not knows or request.method == "POST":
        raise PermissionDenied
    messages.info(request, "There is nothing to do here for you now. This is where it stands.")
    return redirect("intake:pilot", page.work.reference)


@require_POST
@of_request
def feedback(request: PortalRequest, page: RequestPage, step: int) -> HttpResponse:
    """What somebody who was in a step says about it."""
    require(policies.can_write(request.user, page.work))
    found = get_object_or_404(PilotStep, pk=step, pilot=pilot_of(page))
    form = FeedbackForm(request.POST)
    return act(
        request,
        page,
        "of_work",
        form,
        lambda: pilots.give_feedback(
            page.work,
            found,
            text=form.cleaned_data["text"],
            actor=request.user,
            at=database_now(),
        ),
        said="Your feedback is kept with the step.",
        feedback=form,
        told_on=found.pk,
    )


@require_POST
@of_request
def widen(request: PortalRequest, page: RequestPage) -> HttpResponse:
    """Reach further; refused with its sentence while the step has no feedback."""
    require(policies.can_set_up_pilot(request.user, page.work))
    pilot_of(page)
    try:
        step = pilots.widen(page.work, actor=request.user, at=database_now())
    except PilotRuleError as broken:
        messages.error(request, broken.reason)
    else:
        messages.success(request, f"Widened to: {step.words}.")
    return redirect("intake:pilot", page.work.reference)


@require_http_methods(METHODS)
@of_request
def end(request: PortalRequest, page: RequestPage) -> HttpResponse:
    """End the box of time early, with the reason."""
    pilot_of(page)
    if not policies.can_end_pilot(request.user, page.work):
        return not_now(request, page)
    form = EndForm(posted(request))
    return act(
        request,
        page,
        "end",
        form,
        lambda: pilots.end_early(
            page.work, reason=form.cleaned_data["reason"], actor=request.user, at=database_now()
        ),
        said="The pilot has ended. Its verdict is due.",
    )


@require_http_methods(METHODS)
@of_request
def decide(request: PortalRequest, page: RequestPage) -> HttpResponse:
    """Keep, adapt or drop; what the lines say stands above, and nothing is preselected."""
    pilot = pilot_of(page)
    if not policies.can_decide_pilot(request.user, page.work):
        return not_now(request, page)
    is_early = pilot.ended_at is None
    form = DecideForm(posted(request), is_early=is_early, may_adapt=pilot.before_id is None)
    return act(
        request,
        page,
        "decide",
        form,
        lambda: pilots.decide(
            page.work, **form.cleaned_data, actor=request.user, at=database_now()
        ),
        said="Decided. Both sides are told.",
    )
