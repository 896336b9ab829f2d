"""The monthly review: list, page, print, PDF, spreadsheet, headline, publishing, decisions."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import PortalRequest
from accounts.models import Role
from accounts.moment import database_now
from accounts.policies import require, role_required
from insights import policies
from insights.forms.review import DecisionForm, FollowUpForm, WriteForm
from insights.models import Review, ReviewDecision, ReviewRows
from insights.reading.review_page import BASELINE, ReviewPage
from insights.reading.review_pdf import pdf_of
from insights.reading.review_sheet import sheet_of
from insights.services import review as acts
from intake.models import WorkRequest

readers = role_required(Role.ANALYST, Role.LEAD, Role.SPONSOR)
FORM = ["GET", "HEAD", "POST"]
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DUE_IN = timedelta(days=28)
PAGE = 50


def _review(request: PortalRequest, key: str) -> Review:
    try:
        month = date.fromisoformat(f"{key}-01")
    except ValueError:
        raise Http404 from None
    found = Review.objects.visible_to(request.user).select_related("published_by")
    return get_object_or_404(found, month=month)


def _page(request: PortalRequest, key: str) -> ReviewPage:
    return ReviewPage(_review(request, key), request.user, timezone.now())


def _posted(request: PortalRequest) -> Any:
    return request.POST if request.method == "POST" else None


@readers
@require_safe
def reviews(request: PortalRequest) -> HttpResponse:
    """All reviews, the newest first, with how many decisions are open."""
    found = Review.objects.visible_to(request.user).select_related("published_by")
    rows = [
        (review, sum(d.is_open for d in review.decisions.all()))
        for review in found.prefetch_related("decisions")[:PAGE]
    ]
    planned_on = None if rows else acts.first_planned_on(timezone.now())
    context = {"rows": rows, "planned_on": planned_on}
    return render(request, "insights/reviews.html", context)


@readers
@require_safe
def newest(request: PortalRequest) -> HttpResponse:
    """Where a sponsor starts: the newest review, or the services while there is none."""
    review = Review.objects.published().first()
    return redirect(review) if review else redirect("catalog:services")


@readers
@require_safe
def review_page(request: PortalRequest, key: str) -> HttpResponse:
    context = {"page": _page(request, key), "baseline_words": BASELINE}
    return render(request, "insights/review.html", context)


@readers
@require_safe
def printed(request: PortalRequest, key: str) -> HttpResponse:
    """One A4 page, with lines to write on where a decision is open."""
    return render(request, "insights/review_print.html", {"page": _page(request, key)})


@readers
@require_safe
def pdf(request: PortalRequest, key: str) -> HttpResponse:
    page = _page(request, key)
    return _file(pdf_of(page), "application/pdf", f"PMO-review-{page.review.key}.pdf")


@readers
@require_safe
def sheet(request: PortalRequest, key: str) -> HttpResponse:
    page = _page(request, key)
    return _file(sheet_of(page), SHEET, f"PMO-review-{page.review.key}.xlsx")


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=kind, headers=headers)


@readers
@require_safe
def rows(request: PortalRequest, key: str, figure: str) -> HttpResponse:
    """What one figure was counted from, as it was kept; what a reader may not open is counted."""
    page = _page(request, key)
    kept = get_object_or_404(ReviewRows, review=page.review, key=figure)
    number = next((n for n in page.numbers if n["key"] == figure), None)
    if number is None:
        raise Http404
    visible = WorkRequest.objects.visible_to(request.user).filter(pk__in=kept.works[:5000])
    after = request.GET.get("after", "")
    start = int(after) if after.isascii() and after.isdigit() and len(after) <= 9 else 0
    works = list(visible.with_people().order_by("pk").filter(pk__gt=start)[: PAGE + 1])
    context = {
        "page": page,
        "number": number,
        "works": works[:PAGE],
        "hidden": len(kept.works) - visible.count(),
        "following": works[PAGE - 1].pk if len(works) > PAGE else None,
    }
    return render(request, "insights/review_rows.html", context)


@readers
@require_http_methods(FORM)
def write(request: PortalRequest, key: str) -> HttpResponse:
    """The headline and the words beside missed promises; says how many lines are too long."""
    page = _page(request, key)
    require(policies.can_write_review(request.user, page.review))
    sections = [s for s in page.sections if s.figures.get("missed")]
    first = {"headline": page.review.headline, "seen": page.review.version}
    form = WriteForm(_posted(request), sections=sections, initial=first)
    if form.is_valid():
        try:
            acts.write(
                page.review,
                headline=form.cleaned_data["headline"],
                sections=form.told(),
                seen=form.cleaned_data["seen"],
                actor=request.user,
                at=database_now(),
            )
        except acts.StaleError:
            form = WriteForm(
                request.POST.dict() | {"seen": _review(request, key).version}, sections=sections
            )
            form.add_error(None, "Somebody else changed it meanwhile. Read it, then save again")
        else:
            messages.success(request, "Saved. The page is a draft until it is published.")
            return redirect("review_write" if _page(request, key).lines_too_long else "review", key)
    context = {"page": page, "review": page.review, "form": form}
    return render(request, "insights/review_write.html", context, status=_status(form))


def _status(form: Any) -> int:
    return 422 if form.is_bound else 200


@readers
@require_POST
def publish(request: PortalRequest, key: str) -> HttpResponse:
    """Freeze the figures and tell the sponsors; pressing twice publishes once."""
    review = _review(request, key)
    if not review.is_published:
        acts.publish(review, actor=request.user, at=database_now())
        messages.success(request, "Published. The sponsors are told; the figures are frozen.")
    return redirect("review", key)


@readers
@require_POST
def refill(request: PortalRequest, key: str) -> HttpResponse:
    """Count a draft's month again now."""
    review = _review(request, key)
    require(policies.can_write_review(request.user, review))
    acts.refill(review, at=database_now())
    messages.success(request, "Counted again.")
    return redirect("review", key)


def _decision(request: PortalRequest, key: str, number: int) -> ReviewDecision:
    found = ReviewDecision.objects.select_related("review", "service__owner")
    return get_object_or_404(found, review=_review(request, key), pk=number)


@readers
@require_http_methods(FORM)
def decide(request: PortalRequest, key: str, number: int) -> HttpResponse:
    """Keep, change or retire one thing, by name."""
    asked = _decision(request, key, number)
    require(policies.can_decide(request.user, asked.review))
    if not asked.is_open:
        messages.info(request, "This was decided already. This is where it stands.")
        return redirect(f"{asked.review.get_absolute_url()}#decision-{asked.pk}")
    today = timezone.localdate()
    owner = asked.service.owner if asked.service else None
    first = {
        "ending": request.GET.get("ending", ""),
        "decider": request.user.pk if request.user.is_sponsor else None,
        "owner": owner.pk if owner else None,
        "due_on": today + DUE_IN,
    }
    form = DecisionForm(_posted(request), person=request.user, today=today, initial=first)
    if form.is_valid() and _decided(request, asked, form):
        return redirect(f"{asked.review.get_absolute_url()}#decision-{asked.pk}")
    context = {"asked": asked, "review": asked.review, "form": form}
    return render(request, "insights/review_decide.html", context, status=_status(form))


def _decided(request: PortalRequest, asked: ReviewDecision, form: DecisionForm) -> bool:
    try:
        acts.decide(asked, **form.cleaned_data, actor=request.user, at=database_now())
    except acts.AlreadyDecidedError:
        messages.info(request, "Somebody else decided this meanwhile. This is where it stands.")
        return True
    except PermissionDenied:
        form.add_error("decider", "Choose a sponsor who decided, or yourself as a sponsor")
        return False
    messages.success(request, f"Recorded: {asked.question} It returns in the next review.")
    return True


@readers
@require_http_methods(FORM)
def follow_up(request: PortalRequest, key: str, number: int) -> HttpResponse:
    """Say what came of a decision of last month."""
    asked = _decision(request, key, number)
    require(policies.can_follow_up(request.user, asked.review) and not asked.is_open)
    form = FollowUpForm(_posted(request), initial={"came_of_it": asked.came_of_it})
    if form.is_valid():
        acts.follow_up(asked, **form.cleaned_data, actor=request.user, at=database_now())
        messages.success(request, "Saved. The next review shows it.")
        return redirect(asked.review)
    context = {"asked": asked, "review": asked.review, "form": form}
    return render(request, "insights/review_follow_up.html", context, status=_status(form))
