"""The decision, taking up again, a new date for what is late, a changed answer (ux.md 5.5)."""

from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.date_words import day_words
from accounts.http import PortalRequest
from accounts.moment import database_now
from accounts.policies import require
from intake import policies
from intake.forms.ask import QuestionForm
from intake.forms.dialogue import DecisionForm, NewDateForm, TakeUpForm
from intake.models import Decision, QuestionVersion, WorkRequest
from intake.reading.request_page import RequestPage
from intake.services import amending, decisions, late, reopening
from intake.services.late import NothingLateError
from intake.services.promises import Outlook
from intake.services.reopening import TooLateError
from intake.services.submission import StaleAnswerError
from intake.states import State
from intake.views.agreement import METHODS, REFUSED, decide, form_page, not_now, posted
from intake.views.conflict import conflict_page
from intake.views.loading import of_request


@require_http_methods(METHODS)
@of_request
def record_decision(request: PortalRequest, page: RequestPage) -> HttpResponse:
    """When and what was decided, and whether our result was used."""
    require(policies.can_record_decision(request.user, page.work))
    known: Decision | None = getattr(page.work, "decision", None)
    first: dict[str, object] = {"seen": page.work.version}
    if known and known.decided_on and page.decision:
        first |= {
            "decided_on": known.decided_on,
            "decided_what": known.decided_what,
            "result_used": known.result_used,
        }
    today = timezone.localdate(page.now)
    form = DecisionForm(posted(request), today=today, initial=first)
    if not form.is_valid():
        return form_page(request, page, form, "record_decision")
    given = {name: form.cleaned_data[name] for name in ("decided_on", "decided_what")}
    given["result_used"] = form.cleaned_data["result_used"]
    return decide(
        request,
        page,
        form,
        lambda at: decisions.record_decision(
            page.work, **given, actor=request.user, at=at, seen=form.cleaned_data["seen"]
        ),
        done=lambda: Decision.objects.filter(
            work=page.work, recorded_by=request.user, **given
        ).exists(),
        said=f"Recorded: decided on {day_words(given['decided_on'], now=page.now)}.",
    )


@require_http_methods(METHODS)
@of_request
def look_again(request: PortalRequest, page: RequestPage) -> HttpResponse:
    """Ask us to look again at what was declined: once, within ten working days."""
    require(policies.is_of(request.user, page.work))
    may = reopening.may_look_again(request.user, page.work, at=page.now)
    return _take_up(request, page, "look_again", may=may, act=reopening.look_again)


@require_http_methods(METHODS)
@of_request
def reopen(request: PortalRequest, page: RequestPage) -> HttpResponse:
    """Take a closed request up again within 30 days; the old result stands."""
    may_ever = policies.is_of(request.user, page.work)
    require(may_ever or policies.can_triage(request.user, page.work))
    may = reopening.may_reopen(request.user, page.work, at=page.now)
    return _take_up(request, page, "reopen", may=may, act=reopening.reopen)


def _take_up(
    request: PortalRequest,
    page: RequestPage,
    template: str,
    *,
    may: bool,
    act: Callable[..., WorkRequest],
) -> HttpResponse:
    if request.method != "POST" and not may:
        return not_now(request, page)
    form = TakeUpForm(posted(request), initial={"seen": page.work.version})
    if not form.is_valid():
        return form_page(request, page, form, template)
    why, seen = form.cleaned_data["why"], form.cleaned_data["seen"]

    def do(at: datetime) -> None:
        act(page.work, why=why, actor=request.user, at=at, seen=seen)

    try:
        return decide(
            request,
            page,
            form,
            do,
            done=lambda: _is_taken_up(page.work),
            said="Taken up again. Our clocks run anew.",
        )
    except TooLateError:
        return conflict_page(request, page.work, form)


def _is_taken_up(work: WorkRequest) -> bool:
    return WorkRequest.objects.filter(pk=work.pk, state__in=(State.CLAIMED, State.RUNNING)).exists()


@require_http_methods(METHODS)
@of_request
def new_date(request: PortalRequest, page: RequestPage) -> HttpResponse:
    """Name the new date of a promise that is late, and why. The requester reads both."""
    if not policies.can_see_internal(request.user, page.work):
        raise Http404
    clock = page.late_clock
    if request.method != "POST" and not (clock and page.work.is_open):
        return not_now(request, page)
    today = timezone.localdate(page.now)
    form = NewDateForm(posted(request), today=today, initial={"seen": page.work.version})
    if not form.is_valid():
        return form_page(request, page, form, "new_date", clock=clock)
    given = {name: form.cleaned_data[name] for name in ("new_on", "because")}
    try:
        return decide(
            request,
            page,
            form,
            lambda at: late.name_new_date(
                page.work, **given, actor=request.user, at=at, seen=form.cleaned_data["seen"]
            ),
            done=lambda: page.work.new_dates.filter(named_by=request.user, **given).exists(),
            said=f"Sent to {page.work.requester.name}.",
        )
    except NothingLateError:
        return not_now(request, page)


@require_http_methods(METHODS)
@of_request
def amend(request: PortalRequest, page: RequestPage, slug: str) -> HttpResponse:
    """Change one answer until a proposal is accepted; both the old and the new one stay."""
    require(policies.is_of(request.user, page.work))
    question = _question(page, slug)
    if request.method != "POST" and not policies.can_amend(request.user, page.work):
        return not_now(request, page)
    answer = page.answers.get(slug)
    form = QuestionForm(
        question,
        posted(request),
        today=timezone.localdate(page.now),
        dates=Outlook(page.now).words_for(question),
        initial=answer.value if answer else None,
    )
    seen = request.POST.get("version") or str(answer.version if answer else 0)
    if form.is_valid():
        return _amend(request, page, question, form, seen)
    context = page.context(
        form=form,
        question=question,
        version=seen,
        problems=form.problems() if form.is_bound else [],
    )
    status = 422 if form.is_bound else 200
    return render(request, "intake/requests/amend.html", context, status=status)


def _question(page: RequestPage, slug: str) -> QuestionVersion:
    """A question of the request's lane that may be changed."""
    current = {question.slug: question for question in QuestionVersion.objects.current()}
    question = current.get(slug)
    is_asked = question is not None and page.work.lane in question.rules["lanes"]
    if question is None or slug in amending.FIXED or not (is_asked or slug in page.answers):
        raise Http404
    return question


def _amend(
    request: PortalRequest,
    page: RequestPage,
    question: QuestionVersion,
    form: QuestionForm,
    seen: str,
) -> HttpResponse:
    is_number = seen.isascii() and seen.isdigit() and len(seen) <= 9
    try:
        amending.amend(
            page.work,
            question,
            value=form.value(),
            status=form.status(),
            actor=request.user,
            at=database_now(),
            seen=int(seen) if is_number else 0,
        )
    except (*REFUSED, StaleAnswerError):
        return conflict_page(request, page.work, form)
    messages.success(request, "Changed. The earlier answer stays beside it.")
    return redirect(f"{page.address('request_framing')}#answer-{question.slug}")
