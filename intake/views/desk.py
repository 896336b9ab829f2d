"""The triage queue, alone or with one request beside it (ux.md 5.7)."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.http import PortalRequest
from accounts.models import Department, Role, User
from accounts.policies import role_required
from audit.models import Entry
from intake import policies
from intake.models import WorkRequest
from intake.reading import triage_list as queue
from intake.reading.history import moments
from intake.states import OPEN, Lane, State
from intake.views.acts import acts_for

TAIL = 6
pmo_only = role_required(Role.ANALYST, Role.LEAD)


@pmo_only
@require_safe
def queue_page(request: PortalRequest) -> HttpResponse:
    """The rows of one view, soonest promise first."""
    return render(request, "intake/desk/queue.html", queue_context(request))


def queue_context(request: PortalRequest) -> dict[str, Any]:
    now = timezone.now()
    asked = queue.read(request.GET)
    counts = queue.view_counts(request.user, now)
    page = queue.page_of(queue.rows_of(request.user, asked, now), asked)
    return {
        "rows": queue.rows_in_words(page.works, now),
        "asked": asked,
        "view": queue.VIEW_OF[asked.view],
        "views": [(view, counts[view.key]) for view in queue.VIEWS],
        "strip": [(queue.VIEW_OF[key], counts[key]) for key in queue.STRIP],
        "urgent": queue.urgent_band(now),
        "unclaimed_count": counts["unclaimed"],
        "previous": _address(request, before=page.previous) if page.previous else "",
        "next": _address(request, after=page.next) if page.next else "",
        "sorts": _sorts(request, asked),
        "query": request.GET.urlencode(),
        "active": _active(request, asked),
        "clear": f"{reverse('intake:queue')}?view={asked.view}",
        **choices(),
    }


def choices() -> dict[str, Any]:
    """What the filters offer."""
    return {
        "departments": list(Department.objects.values_list("pk", "name")),
        "analysts": list(User.objects.pmo().order_by("name").values_list("pk", "name")),
        "lanes": Lane.choices,
        "states": [(state.value, state.label) for state in State if state in OPEN],
    }


def _address(request: PortalRequest, **changes: str) -> str:
    """This list with other parameters; a page mark never outlives the order it belongs to."""
    query = request.GET.copy()
    for name in ("after", "before"):
        query.pop(name, None)
    for name, value in changes.items():
        query[name] = value
        if not value:
            query.pop(name)
    return f"{reverse('intake:queue')}?{query.urlencode()}"


def _sorts(request: PortalRequest, asked: queue.Asked) -> dict[str, dict[str, str]]:
    """For each column that sorts: where its head leads and how it is sorted now."""
    heads = {}
    for key in queue.SORTS:
        is_now = asked.sort == key
        turned = f"-{key}" if is_now and not asked.descending else key
        way = "descending" if asked.descending else "ascending"
        heads[key] = {"address": _address(request, sort=turned), "way": way if is_now else ""}
    return heads


def _active(request: PortalRequest, asked: queue.Asked) -> list[dict[str, str]]:
    """The filters in use, each with the address without it."""
    names = {
        "q": f"“{asked.text}”" if asked.text else "",
        "department": _name(Department.objects.all(), asked.department),
        "analyst": _name(User.objects.pmo(), asked.analyst),
        "lane": dict(Lane.choices).get(asked.lane, ""),
        "state": dict(State.choices).get(asked.state, ""),
    }
    return [
        {"words": str(words), "address": _address(request, **{name: ""})}
        for name, words in names.items()
        if words
    ]


def _name(rows: Any, pk: int | None) -> str:
    found = rows.filter(pk=pk).first() if pk else None
    return found.name if found else ""


def work_or_404(user: User, reference: str) -> WorkRequest:
    """The request by its reference, if this person may know of it."""
    number = WorkRequest.number_of(reference)
    works = WorkRequest.objects.visible_to(user).received().with_people()  # type: ignore[attr-defined]
    work = works.select_related("subject", "raised_by").filter(number=number).first()
    if number is None or work is None:
        raise Http404
    return work  # type: ignore[no-any-return]


@pmo_only
@require_safe
def triage_detail(request: PortalRequest, reference: str) -> HttpResponse:
    """The queue with one request beside it; on a narrow screen the request alone."""
    work = work_or_404(request.user, reference)
    context = queue_context(request) | detail_context(request, work)
    return render(request, "intake/desk/detail.html", context)


def detail_context(request: PortalRequest, work: WorkRequest) -> dict[str, Any]:
    user = request.user
    entries = Entry.objects.about(work).select_related(None).order_by("-at", "-id")[:TAIL]
    is_mine = work.requester_id == user.pk
    return {
        "work": work,
        "is_own": is_mine,
        "acts": acts_for(user, work),
        "clocks": _clocks(work),
        "answers": work.answers.select_related("question").order_by("question__position"),
        "talk": list(work.messages.visible_to(user).select_related("author").order_by("-id")[:3]),
        "holds": work.holds.waiting().prefetch_related("questions"),
        "needs": list(work.needs.all()[:1]),
        "proposal": work.current_proposal(),
        "criteria": _criteria(work),
        "can_deliver": policies.can_deliver(user, work),
        "moments": moments(entries),
        "asked_before": WorkRequest.objects.received().filter(requester=work.requester).count(),
    }


def _clocks(work: WorkRequest) -> list[Any]:
    clocks = work.subject.clocks.with_terms().order_by("metric", "-cycle")
    newest: dict[str, Any] = {}
    for clock in clocks:
        newest.setdefault(clock.metric, clock)
    return list(newest.values())


def _criteria(work: WorkRequest) -> list[Any]:
    blueprint = getattr(work, "blueprint", None)
    return list(blueprint.criteria.select_related("ticked_by")) if blueprint else []
