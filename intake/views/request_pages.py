"""The request page and its tabs, for both sides; what each sees goes by right (ux.md 5.5)."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.http import PortalRequest
from accounts.models import User
from audit.models import Entry
from intake import policies
from intake.models import WorkRequest
from intake.reading.history import moments
from intake.reading.next_step import Facts, next_step
from intake.reading.promises import is_shown
from intake.states import State
from sla.metrics import METRICS
from sla.models import Clock
from sla.services.explain import explain

PER_LIST = 25
PER_PAGE = 40


def work_or_404(user: User, reference: str) -> WorkRequest:
    """The request of this reference, if the person may know of it; 404 tells nothing."""
    number = WorkRequest.number_of(reference)
    if number is None:
        raise Http404
    works = WorkRequest.objects.visible_to(user).received().with_people()  # type: ignore[attr-defined]
    work = works.select_related("raised_by", "subject", "merged_into").filter(number=number).first()
    if work is None:
        raise Http404
    return work  # type: ignore[no-any-return]


@login_required
@require_safe
def my_requests(request: PortalRequest) -> HttpResponse:
    """What waits for me first, then what is open, drafts and what is closed."""
    works = WorkRequest.objects.brought_by(request.user).with_people()  # type: ignore[attr-defined]
    waiting = list(WorkRequest.objects.waiting_for(request.user).with_people()[:PER_LIST])
    keys = {work.pk for work in waiting}
    context = {
        "waiting": waiting,
        "open": [work for work in works.open().order_by("-id")[:PER_LIST] if work.pk not in keys],
        "drafts": WorkRequest.objects.visible_to(request.user).drafts()[:PER_LIST],
        "closed": works.closed().order_by("-closed_at", "-id")[:PER_LIST],
        "waiting_count": len(waiting),
    }
    return render(request, "intake/pages/mine.html", context)


@login_required
@require_safe
def waiting(request: PortalRequest) -> HttpResponse:
    """All that needs this person's answer, choice or check, oldest first."""
    rows = WorkRequest.objects.waiting_for(request.user).with_people().order_by("id")[:PER_LIST]
    steps = [(work, step_for(request.user, work)) for work in rows]
    return render(
        request, "intake/pages/waiting.html", {"steps": steps, "waiting_count": len(steps)}
    )


@login_required
@require_safe
def request_detail(request: PortalRequest, reference: str) -> HttpResponse:
    """Overview: what happens next, in their words and as agreed, what both sides may do."""
    work = work_or_404(request.user, reference)
    if work.state == State.MERGED and work.merged_into:
        return redirect(work.merged_into)
    if reference != work.reference:
        return redirect(work)
    return render(request, "intake/pages/detail.html", overview(request.user, work))


def overview(user: User, work: WorkRequest) -> dict[str, Any]:
    clocks = shown_clocks(user, work)
    blueprint = getattr(work, "blueprint", None)
    return frame(user, work, "overview", clocks) | {
        "needs": list(work.needs.select_related("written_by")[:1]),
        "decision": getattr(work, "decision", None),
        "clocks": clocks,
        "verdict": work.verdicts.select_related("by").first(),
        "proposal": work.current_proposal(),
        "blueprint": blueprint,
        "criteria": list(blueprint.criteria.all()) if blueprint else [],
        "result": work.results.select_related("by").first(),
        "facts": _framing_facts(user, work),
        "can_withdraw": policies.can_withdraw(user, work),
        "can_write": policies.can_write(user, work),
    }


def frame(
    user: User, work: WorkRequest, tab: str, clocks: list[Clock] | None = None
) -> dict[str, Any]:
    """What every tab of a request shows above its own part."""
    clocks = shown_clocks(user, work) if clocks is None else clocks
    return {
        "work": work,
        "tab": tab,
        "step": step_for(user, work, clocks),
        "is_theirs": policies.is_of(user, work),
        "sees_internal": policies.can_see_internal(user, work),
        "can_triage": policies.can_triage(user, work),
    }


def step_for(user: User, work: WorkRequest, clocks: list[Clock] | None = None) -> Any:
    hold = work.holds.waiting().select_related("asked_by").prefetch_related("questions").first()
    return next_step(
        Facts(
            work=work,
            clocks=open_clocks(work) if clocks is None else clocks,
            now=timezone.now(),
            reader_answers=policies.is_of(user, work),
            hold=hold,
            need=work.needs.select_related("written_by").first(),
            verdict=work.verdicts.select_related("by").first(),
        )
    )


def open_clocks(work: WorkRequest) -> list[Clock]:
    return list(work.subject.clocks.open().with_terms())


def shown_clocks(user: User, work: WorkRequest) -> list[Clock]:
    """The newest cycle of each clock; the requester's side sees only promises made to them."""
    newest: dict[str, Clock] = {}
    for clock in work.subject.clocks.with_terms().order_by("id"):
        newest[clock.metric] = clock
    return [c for c in newest.values() if policies.can_see_internal(user, work) or is_shown(c)]


def _framing_facts(user: User, work: WorkRequest) -> list[Any]:
    return list(_answers(user, work).filter(slug__in=("who", "limit", "success", "when", "quick")))


def _answers(user: User, work: WorkRequest) -> Any:
    """Answers this person may read: those marked PMO only stay with who gave them and the PMO."""
    rows = work.answers.select_related("question").order_by("question__position")
    return rows if policies.can_read_pmo_only(user, work) else rows.filter(is_pmo_only=False)


@login_required
@require_safe
def request_framing(request: PortalRequest, reference: str) -> HttpResponse:
    """Every answer with the question as it was worded then."""
    work = work_or_404(request.user, reference)
    context = frame(request.user, work, "framing") | {"answers": _answers(request.user, work)}
    return render(request, "intake/pages/framing.html", context)


@login_required
@require_safe
def request_history(request: PortalRequest, reference: str) -> HttpResponse:
    """What happened, newest first, page by page; the requester's side sees nothing internal."""
    work = work_or_404(request.user, reference)
    entries = Entry.objects.about(work)
    if not policies.can_see_internal(request.user, work):
        entries = entries.for_requester()
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 19:
        entries = entries.filter(pk__lt=int(before))
    found = list(entries.order_by("-id")[: PER_PAGE + 1])
    context = frame(request.user, work, "history") | {
        "moments": moments(found[:PER_PAGE]),
        "next": f"?before={found[PER_PAGE - 1].pk}" if len(found) > PER_PAGE else "",
    }
    return render(request, "intake/pages/history.html", context)


@login_required
@require_safe
def request_clock(request: PortalRequest, reference: str, metric: str) -> HttpResponse:
    """How a date is worked out: the spans counted and not counted, and their sum."""
    work = work_or_404(request.user, reference)
    clocks = {clock.metric: clock for clock in shown_clocks(request.user, work)}
    clock = clocks.get(metric)
    if clock is None:
        raise Http404
    context = frame(request.user, work, "clock") | {
        "clock": clock,
        "metric": METRICS[metric],
        "explained": explain(clock, now=timezone.now()),
    }
    return render(request, "intake/pages/clock.html", context)
