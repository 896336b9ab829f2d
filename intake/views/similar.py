"""What may already exist: while asking, and beside a request in triage (ux.md 5.8)."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import PortalRequest
from accounts.moment import database_now
from intake.models import JudgedPair, WorkRequest
from intake.reading.existing import existing_for, near_work
from intake.reading.request_page import RequestPage
from intake.services import similar
from intake.services.drafts import Draft
from intake.views.ask import draft_or_404
from intake.views.loading import of_request
from intake.views.queue import pmo_only

LONGEST = 1_500
VERDICTS = {"related": JudgedPair.Verdict.RELATED, "different": JudgedPair.Verdict.DIFFERENT}


@login_required
@require_POST
def while_typing(request: PortalRequest) -> HttpResponse:
    """The part under the first question, as the text stands; nothing is kept."""
    text = request.POST.get("need", "").replace("\x00", " ")[:LONGEST]
    found = existing_for(text, reader=request.user, now=timezone.now())
    return render(request, "intake/ask/_existing.html", {"existing": found})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer_similar(request: PortalRequest, key: UUID) -> HttpResponse:
    """What is like a draft; a requester follows one instead, or says that theirs is different."""
    read = draft_or_404(request, key)
    draft = read.work
    if request.method != "POST":
        return _show(request, read)
    number = request.POST.get("similar", "")
    is_number = number.isascii() and number.isdigit() and len(number) <= 18
    other = get_object_or_404(WorkRequest.objects.received(), pk=int(number) if is_number else 0)
    if not draft.is_draft:
        return redirect("intake:ask_sent", key)
    back = request.POST.get("back", "")
    here = reverse("intake:ask_check" if back == "check" else "intake:ask_draft", args=[key])
    if request.POST.get("then") != "follow":
        different = JudgedPair.Verdict.DIFFERENT
        similar.judge_pair(draft, other, verdict=different, actor=request.user, at=database_now())
        if back == "kind":
            here = reverse("intake:ask_question", args=[key, "kind"])
        return redirect(here)
    try:
        similar.follow(other, actor=request.user, at=database_now())
    except PermissionDenied:
        raise Http404 from None
    messages.success(
        request,
        f"You follow {other.reference} now, and hear what becomes of it. Your draft is still here "
        "if you need it.",
    )
    return redirect("intake:request_detail", other.reference)


def _show(request: PortalRequest, read: Draft) -> HttpResponse:
    need = read.answers.get("need")
    text = str(need.get("need")) if need else ""
    found = existing_for(text, reader=request.user, now=timezone.now(), draft=read.work)
    back = "check" if request.GET.get("back") == "check" else ""
    part = "_existing" if request.htmx else "existing"
    context = {"existing": found, "work": read.work, "back": back}
    return render(request, f"intake/ask/{part}.html", context)


@pmo_only
@of_request
@require_http_methods(["GET", "HEAD", "POST"])
def triage_similar(request: PortalRequest, page: RequestPage) -> HttpResponse:
    """Similar requests beside one in triage: link two as related, or say that they are not."""
    work = page.work
    if request.method == "POST":
        verdict = VERDICTS.get(request.POST.get("then", ""))
        number = WorkRequest.number_of(request.POST.get("other", ""))
        other = get_object_or_404(WorkRequest.objects.received(), number=number or 0)
        if verdict is None:
            raise Http404
        similar.judge_pair(work, other, verdict=verdict, actor=request.user, at=database_now())
        said = "linked as related" if verdict == VERDICTS["related"] else "not similar"
        messages.success(request, f"{work.reference} and {other.reference}: {said}.")
        if not request.htmx:
            return redirect("intake:triage_similar", work.reference)
    near = near_work(work, reader=request.user, now=page.now)
    part = "_similar" if request.htmx else "similar"
    context = {"work": work, "existing": near, "crumbs": _crumbs(work)}
    return render(request, f"intake/triage/{part}.html", context)


def _crumbs(work: WorkRequest) -> list[dict[str, str]]:
    return [
        {"words": "Triage", "address": reverse("intake:queue")},
        {
            "words": work.reference,
            "address": reverse("intake:triage_detail", args=[work.reference]),
        },
        {"words": "Similar requests", "address": ""},
    ]
