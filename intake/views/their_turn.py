"""What a requester does after sending: write, answer, agree, choose, check, withdraw."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.forms import PortalForm
from accounts.http import PortalRequest
from accounts.moment import database_now
from catalog import comparison
from catalog.first_results import first_results
from catalog.models import ServiceTier
from intake import policies
from intake.forms import agreement as forms
from intake.models import Hold, Proposal, WorkRequest
from intake.reading.tradeoffs import tradeoff
from intake.services import agreement, conversation
from intake.services.agreement import NothingToDecideError
from intake.services.lifecycle import ConflictError
from intake.states import IllegalMoveError
from intake.views.conflict import conflict_page
from intake.views.request_pages import frame, work_or_404

page = require_http_methods(["GET", "HEAD", "POST"])
REFUSED = (ConflictError, IllegalMoveError, NothingToDecideError, PermissionDenied)
Do = Callable[[datetime], object]
SHOWN = 200


def attempt(request: PortalRequest, work: WorkRequest, form: PortalForm, do: Do) -> Any:
    """Do it now; return the conflict page when the request has moved on, else nothing."""
    try:
        do(database_now())
    except REFUSED:
        return conflict_page(request, work, form)
    return None


def not_now(request: PortalRequest, work: WorkRequest) -> HttpResponse:
    """Lead back when there is nothing to decide: the page of an old mail, a second press."""
    messages.info(request, "There is nothing to decide here now. This is where it stands.")
    return redirect(work)


def form_page(
    request: PortalRequest, work: WorkRequest, form: PortalForm, template: str, **more: Any
) -> HttpResponse:
    context = frame(request.user, work, "act") | {"form": form} | more
    status = 422 if form.is_bound else 200
    return render(request, f"intake/pages/{template}.html", context, status=status)


@login_required
@page
def talk(request: PortalRequest, reference: str) -> HttpResponse:
    """The conversation of both sides, with the questions that wait and a box to write in."""
    work = work_or_404(request.user, reference)
    form = forms.WriteForm(request.POST or None)
    if request.method == "POST":
        if not policies.can_write(request.user, work):
            raise PermissionDenied
        if form.is_valid():
            given = {name: form.cleaned_data[name] for name in ("text", "token")}
            conversation.write(work, **given, actor=request.user, at=database_now())
            messages.success(request, "Your message is sent.")
            return redirect("intake:conversation", work.reference)
    status = 422 if form.is_bound else 200
    context = talk_context(request, work, form)
    return render(request, "intake/pages/talk.html", context, status=status)


def talk_context(
    request: PortalRequest, work: WorkRequest, form: PortalForm, answers: Any = None
) -> dict[str, Any]:
    rows = work.messages.public().select_related("author").order_by("-id")[:SHOWN]
    holds = list(work.holds.prefetch_related("questions").select_related("asked_by"))
    can_answer = policies.can_answer(request.user, work)
    return frame(request.user, work, "conversation") | {
        "talk": list(rows)[::-1],
        "holds": [(hold, _answers_form(hold, answers, can_answer)) for hold in holds],
        "form": form,
        "can_write": policies.can_write(request.user, work),
        "problems": answers.problems() if answers else form.problems() if form.is_bound else [],
    }


def _answers_form(hold: Hold, answers: Any, can_answer: bool) -> Any:
    if hold.lifted_at or not can_answer:
        return None
    if answers is not None and answers.prefix == f"hold-{hold.pk}":
        return answers
    return forms.AnswersForm(hold=hold, prefix=f"hold-{hold.pk}")


@login_required
@require_http_methods(["POST"])
def answer_questions(request: PortalRequest, reference: str, hold: int) -> HttpResponse:
    """Take the answers to questions that wait; some may stay open."""
    work = work_or_404(request.user, reference)
    asked = work.holds.prefetch_related("questions").filter(pk=hold).first()
    if asked is None:
        raise Http404
    if asked.lifted_at:
        return not_now(request, work)
    form = forms.AnswersForm(request.POST, hold=asked, prefix=f"hold-{asked.pk}")
    if not form.is_valid():
        context = talk_context(request, work, forms.WriteForm(), form)
        return render(request, "intake/pages/talk.html", context, status=422)
    given = form.answers()
    if refused := attempt(
        request,
        work,
        form,
        lambda at: conversation.answer(work, asked, answers=given, actor=request.user, at=at),
    ):
        return refused
    messages.success(request, "Your answer is sent. Our clock goes on.")
    return redirect("intake:conversation", work.reference)


@login_required
@page
def notes(request: PortalRequest, reference: str) -> HttpResponse:
    """Internal notes. Only the PMO knows of this page."""
    work = work_or_404(request.user, reference)
    if not policies.can_see_internal(request.user, work):
        raise Http404
    form = forms.WriteForm(request.POST or None)
    form.fields["text"].label = "Internal note"
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("text", "token")}
        conversation.note(work, **given, actor=request.user, at=database_now())
        return redirect("intake:notes", work.reference)
    rows = work.messages.filter(is_internal=True).select_related("author")[:SHOWN]
    status = 422 if form.is_bound else 200
    context = frame(request.user, work, "notes") | {"notes": rows, "form": form}
    return render(request, "intake/pages/notes.html", context, status=status)


@login_required
@page
def play_back(request: PortalRequest, reference: str) -> HttpResponse:
    """Is this what you meant? Yes, nearly or no."""
    work = work_or_404(request.user, reference)
    need = work.needs.select_related("written_by").first()
    open_now = need is not None and need.answered_at is None
    if need is None or not (open_now and policies.can_answer(request.user, work)):
        return not_now(request, work)
    form = forms.NeedForm(request.POST or None)
    if not form.is_valid():
        return form_page(request, work, form, "play_back", need=need)
    given = {name: form.cleaned_data[name] for name in ("reply", "correction")}
    if refused := attempt(
        request,
        work,
        form,
        lambda at: agreement.answer_play_back(work, need, **given, actor=request.user, at=at),
    ):
        return refused
    messages.success(request, "Thank you. We go on from there.")
    return redirect(work)


@login_required
@page
def proposal(request: PortalRequest, reference: str) -> HttpResponse:
    """Choose how fast and how deep, knowing what is given up."""
    work = work_or_404(request.user, reference)
    offered = work.current_proposal()
    if offered is None:
        return not_now(request, work)
    tiers = list(offered.version.tiers.select_related("policy"))
    may_choose = policies.can_choose(request.user, work) and offered.chosen_at is None
    form = forms.ChoiceForm(
        request.POST or None,
        choices=[(str(tier.pk), str(tier)) for tier in tiers],
        initial={"seen": work.version},
    )
    if request.method == "POST" and not may_choose:
        return conflict_page(request, work, form)
    if not form.is_valid():
        context = _offer(work, offered, tiers) | {"may_choose": may_choose}
        return form_page(request, work, form, "proposal", **context)
    return _choose(request, work, form, tiers)


def _offer(work: WorkRequest, offered: Proposal, tiers: list[ServiceTier]) -> dict[str, Any]:
    now = timezone.now()
    due = first_results(tiers, at=now)
    return {
        "proposal": offered,
        "columns": comparison.columns(tiers, suggested=offered.suggested_id),
        "rows": comparison.rows(tiers, due=due, now=now, mark_differences=True),
        "caption": comparison.caption(tiers),
        "tradeoffs": [(tier, tradeoff(tier, tiers)) for tier in tiers],
        "refuse": forms.RefuseForm(initial={"seen": work.version}),
    }


def _choose(
    request: PortalRequest, work: WorkRequest, form: PortalForm, tiers: list[ServiceTier]
) -> HttpResponse:
    tier = next(tier for tier in tiers if str(tier.pk) == form.cleaned_data["tier"])
    given = {name: form.cleaned_data[name] for name in ("reason", "seen")}
    if refused := attempt(
        request,
        work,
        form,
        lambda at: agreement.choose_tier(work, tier=tier, **given, actor=request.user, at=at),
    ):
        return refused
    messages.success(request, f"You chose {tier.get_level_display()}. The work begins now.")
    return redirect(work)


@login_required
@page
def refuse(request: PortalRequest, reference: str) -> HttpResponse:
    """None of these fits: say why, and a new proposal is promised."""
    work = work_or_404(request.user, reference)
    if not policies.can_choose(request.user, work):
        return not_now(request, work)
    form = forms.RefuseForm(request.POST or None, initial={"seen": work.version})
    if not form.is_valid():
        return form_page(request, work, form, "refuse")
    given = {name: form.cleaned_data[name] for name in ("why", "seen")}
    if refused := attempt(
        request,
        work,
        form,
        lambda at: agreement.refuse_proposal(work, **given, actor=request.user, at=at),
    ):
        return refused
    messages.success(request, "We look again and come back with another proposal.")
    return redirect(work)


@login_required
@page
def withdraw(request: PortalRequest, reference: str) -> HttpResponse:
    """Take a request back; the page says what that means."""
    work = work_or_404(request.user, reference)
    if not policies.can_withdraw(request.user, work):
        return not_now(request, work)
    form = forms.WithdrawForm(request.POST or None, initial={"seen": work.version})
    if not form.is_valid():
        return form_page(request, work, form, "withdraw")
    given = {name: form.cleaned_data[name] for name in ("reason", "seen")}
    if refused := attempt(
        request,
        work,
        form,
        lambda at: agreement.withdraw(work, **given, actor=request.user, at=at),
    ):
        return refused
    messages.success(request, f"{work.reference} is withdrawn.")
    return redirect(work)


@login_required
@page
def result(request: PortalRequest, reference: str) -> HttpResponse:
    """Did it make a difference? An effect, why none can be told, or what is missing."""
    work = work_or_404(request.user, reference)
    if not policies.can_check(request.user, work):
        return not_now(request, work)
    form = forms.ResultForm(request.POST or None, initial={"seen": work.version})
    if not form.is_valid():
        criteria = work.blueprint.criteria.all()
        success = work.answers.select_related("question").filter(slug="success").first()
        return form_page(request, work, form, "result", criteria=criteria, success=success)
    if refused := attempt(request, work, form, lambda at: _check(request, work, form, at)):
        return refused
    messages.success(request, "Thank you. That is recorded.")
    return redirect(work)


def _check(request: PortalRequest, work: WorkRequest, form: PortalForm, at: datetime) -> object:
    given = form.cleaned_data
    if given["difference"] == forms.MISSING:
        return agreement.not_finished(
            work, what=given["sentence"], actor=request.user, at=at, seen=given["seen"]
        )
    named = {name: given[name] for name in ("difference", "sentence", "value_now", "seen")}
    return agreement.record_result(work, **named, actor=request.user, at=at)
