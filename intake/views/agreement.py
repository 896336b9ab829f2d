"""What the requester decides: is the need right, which tier, does the result help, or no more."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.date_words import day_words
from accounts.forms import PortalForm
from accounts.http import PortalRequest
from accounts.moment import database_now
from accounts.policies import require
from audit.models import Entry
from intake import policies
from intake.forms.agreement import (
    ChoiceForm,
    MissingForm,
    PlayBackForm,
    RefuseForm,
    ResultForm,
    WithdrawForm,
)
from intake.models import NeedVersion, Proposal, WorkRequest
from intake.reading.offer import Offer, offer_of
from intake.reading.request_page import RequestPage
from intake.services import agreement
from intake.services.agreement import NoLongerOfferedError, NothingToDecideError
from intake.services.lifecycle import ConflictError
from intake.states import IllegalMoveError, State
from intake.views.conflict import conflict_page
from intake.views.loading import of_request

REFUSED = (ConflictError, IllegalMoveError, NothingToDecideError, PermissionDenied)
METHODS = ["GET", "HEAD", "POST"]
Do = Callable[[datetime], object]
Done = Callable[[], bool]


def posted(request: PortalRequest) -> Any:
    return request.POST if request.method == "POST" else None


def form_page(
    request: PortalRequest, page: RequestPage, form: PortalForm, template: str, **more: Any
) -> HttpResponse:
    """The page of one decision; 422 with what is wrong."""
    context = page.context(form=form, **more)
    status = 422 if form.is_bound else 200
    return render(request, f"intake/requests/{template}.html", context, status=status)


def not_now(request: PortalRequest, page: RequestPage) -> HttpResponse:
    """Lead back when there is nothing to decide: the page of an old mail, a second look."""
    messages.info(request, "There is nothing to decide here now. This is where it stands.")
    return redirect(page.work)


def decide(
    request: PortalRequest, page: RequestPage, form: PortalForm, do: Do, *, done: Done, said: str
) -> HttpResponse:
    """Do it now. Pressing twice makes one: what is `done` already is a success as well.

    Anything else that stands in the way is a conflict that keeps what was typed.
    """
    try:
        do(database_now())
    except REFUSED:
        if not done():
            return conflict_page(request, page.work, form)
    messages.success(request, said)
    return redirect(page.work)


@require_http_methods(METHODS)
@of_request
def play_back(request: PortalRequest, page: RequestPage) -> HttpResponse:
    """Is this what you meant? Yes, nearly, or no."""
    require(policies.is_of(request.user, page.work))
    need = page.need
    if need is None or (request.method != "POST" and not (need.is_waiting and page.work.is_open)):
        return not_now(request, page)
    if request.method != "POST" and (read := need.read_backs.select_related("session").first()):
        # Read back in a talk: each of its sentences has a reply of its own.
        return redirect("intake:talk_read_back", page.work.reference, read.session.number)
    first = {"need": need.number, "reply": request.GET.get("reply")}
    form = PlayBackForm(posted(request), initial=first)
    if not form.is_valid():
        return form_page(request, page, form, "play_back", need=need)
    return _reply(request, page, form, need)


def _reply(
    request: PortalRequest, page: RequestPage, form: PlayBackForm, newest: NeedVersion
) -> HttpResponse:
    given = {name: form.cleaned_data[name] for name in ("reply", "correction")}
    if form.cleaned_data["need"] != str(newest.number):
        # Another text than the one that was read.
        return conflict_page(request, page.work, form)
    said = {
        NeedVersion.Reply.YES: "Agreed. We work out a proposal from here.",
        NeedVersion.Reply.NEARLY: "Sent. We correct it and ask you again.",
        NeedVersion.Reply.NO: "Sent. We think again and ask you once more.",
    }
    return decide(
        request,
        page,
        form,
        lambda at: agreement.answer_play_back(
            page.work, newest, **given, actor=request.user, at=at
        ),
        done=lambda: NeedVersion.objects.filter(pk=newest.pk, **given).exists(),
        said=said[form.cleaned_data["reply"]],
    )


@require_http_methods(METHODS)
@of_request
def proposal(request: PortalRequest, page: RequestPage) -> HttpResponse:
    """Choose how fast and how deep, knowing what is given up; others may read it."""
    offered = page.work.current_proposal()
    if offered is None:
        return not_now(request, page)
    offer = offer_of(offered, now=page.now)
    form = ChoiceForm(posted(request), tiers=offer.options, initial={"proposal": offered.pk})
    if form.is_bound:
        require(policies.is_of(request.user, page.work))
        if form.data.get("proposal", "") != str(offered.pk):
            return conflict_page(request, page.work, form)
    if form.is_valid():
        return _choose(request, page, form, offer)
    may_choose = policies.can_choose(request.user, page.work) and offered.chosen_at is None
    return form_page(request, page, form, "proposal", offer=offer, may_choose=may_choose)


def _choose(
    request: PortalRequest, page: RequestPage, form: ChoiceForm, offer: Offer
) -> HttpResponse:
    """In the full lane the blueprint follows: the standard as it is, or set up together."""
    tier = offer.tier(form.cleaned_data["tier"])
    version = page.work.version
    follows = "The work begins now." if page.work.is_quick else "Now say how it should run."
    try:
        answer = decide(
            request,
            page,
            form,
            lambda at: agreement.choose_tier(
                page.work,
                tier=tier,
                reason=form.cleaned_data["reason"],
                actor=request.user,
                at=at,
                seen=version,
                take_standard=False,
            ),
            done=lambda: Proposal.objects.filter(pk=offer.proposal.pk, chosen=tier).exists(),
            said=f"You chose {tier}. {follows}",
        )
    except NoLongerOfferedError as gone:
        form.add_error("tier", _retired(gone, page))
        return form_page(request, page, form, "proposal", offer=offer, may_choose=True)
    is_set_up = answer.status_code == 302 and is_in(page.work, State.BLUEPRINT)
    return redirect("intake:blueprint", page.work.reference) if is_set_up else answer


def _retired(gone: NoLongerOfferedError, page: RequestPage) -> str:
    """The sentence for a service that ended while its tiers were on the table."""
    when = gone.service.retires_on
    on = f" on {day_words(when, now=page.now)}" if when else ""
    return f"{gone.service} was retired{on}. Choose “None of these fits”, and we propose another"


@require_http_methods(METHODS)
@of_request
def refuse(request: PortalRequest, page: RequestPage) -> HttpResponse:
    """None of these fits: say why, and a new proposal is promised."""
    require(policies.is_of(request.user, page.work))
    offered = page.work.current_proposal()
    if request.method != "POST" and not policies.can_choose(request.user, page.work):
        return not_now(request, page)
    form = RefuseForm(posted(request), initial={"proposal": offered.pk if offered else ""})
    if not form.is_valid():
        return form_page(request, page, form, "refuse")
    return _refuse(request, page, form, offered)


def _refuse(
    request: PortalRequest, page: RequestPage, form: RefuseForm, offered: Proposal | None
) -> HttpResponse:
    read, why = form.cleaned_data["proposal"], form.cleaned_data["why"]
    version = page.work.version

    def do(at: datetime) -> None:
        if offered is None or str(offered.pk) != read:
            raise NothingToDecideError
        agreement.refuse_proposal(page.work, why=why, actor=request.user, at=at, seen=version)

    return decide(
        request,
        page,
        form,
        do,
        done=lambda: page.work.proposals.filter(refusal=why, withdrawn_at__isnull=False).exists(),
        said="Sent. We look again and come back with another proposal.",
    )


@require_http_methods(METHODS)
@of_request
def withdraw(request: PortalRequest, page: RequestPage) -> HttpResponse:
    """Take one's own request back; the page says what that means."""
    require(policies.is_of(request.user, page.work))
    if request.method != "POST" and not policies.can_withdraw(request.user, page.work):
        return not_now(request, page)
    form = WithdrawForm(posted(request))
    if not form.is_valid():
        return form_page(request, page, form, "withdraw")
    version, reason = page.work.version, form.cleaned_data["reason"]
    return decide(
        request,
        page,
        form,
        lambda at: agreement.withdraw(
            page.work, reason=reason, actor=request.user, at=at, seen=version
        ),
        done=lambda: is_in(page.work, State.WITHDRAWN),
        said=f"{page.work.reference} is withdrawn.",
    )


def is_in(work: WorkRequest, state: State) -> bool:
    return WorkRequest.objects.filter(pk=work.pk, state=state).exists()


@require_http_methods(METHODS)
@of_request
def result(request: PortalRequest, page: RequestPage) -> HttpResponse:
    """Did it make a difference? An effect, or the reason why none can be told."""
    require(policies.is_of(request.user, page.work))
    if request.method != "POST" and not policies.can_check(request.user, page.work):
        return not_now(request, page)
    form = ResultForm(posted(request))
    if not form.is_valid():
        return form_page(request, page, form, "result")
    version, given = page.work.version, form.cleaned_data
    return decide(
        request,
        page,
        form,
        lambda at: agreement.record_result(
            page.work, **given, actor=request.user, at=at, seen=version
        ),
        done=lambda: page.work.results.filter(**given).exists() and is_in(page.work, State.DONE),
        said="Recorded. The request is closed.",
    )


@require_http_methods(METHODS)
@of_request
def not_finished(request: PortalRequest, page: RequestPage) -> HttpResponse:
    """Something is missing: back to work, and the delivery clock goes on."""
    require(policies.is_of(request.user, page.work))
    if request.method != "POST" and not policies.can_check(request.user, page.work):
        return not_now(request, page)
    form = MissingForm(posted(request))
    if not form.is_valid():
        return form_page(request, page, form, "not_finished")
    version, what = page.work.version, form.cleaned_data["what"]
    return decide(
        request,
        page,
        form,
        lambda at: agreement.not_finished(
            page.work, what=what, actor=request.user, at=at, seen=version
        ),
        done=lambda: was_sent_back(page.work, what),
        said=f"Sent to {page.other_side}. The work goes on.",
    )


def was_sent_back(work: WorkRequest, what: str) -> bool:
    moves = Entry.objects.about(work).filter(action="intake.moved", data__to=State.RUNNING)
    return moves.filter(reason=what).exists()
