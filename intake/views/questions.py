"""Looking after the questions: their words and rules, a preview, and every version before."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import PortalRequest
from accounts.moment import database_now
from intake.forms.ask import QuestionForm
from intake.forms.questions import QuestionEditForm
from intake.models import QuestionVersion
from intake.reading import asking_figures
from intake.services import questions
from intake.services.drafts import parts_of
from intake.services.promises import Outlook
from intake.states import Lane
from intake.views.rules import keepers_only

MOST_SAID = 20


def _crumbs(*others: tuple[str, str]) -> list[dict[str, str]]:
    way = [("Manage", reverse("manage")), ("Questions", reverse("intake:questions")), *others]
    return [{"words": words, "address": address} for words, address in way]


@keepers_only
@require_safe
def question_list(request: PortalRequest) -> HttpResponse:
    """Every question as it is asked today, lane by lane."""
    current = list(QuestionVersion.objects.current())
    lanes = [
        (label, parts_of(question for question in current if lane in question.rules["lanes"]), lane)
        for lane, label in Lane.choices
    ]
    return render(request, "manage/questions.html", {"lanes": lanes, "crumbs": _crumbs()})


@keepers_only
@require_safe
def question_figures(request: PortalRequest) -> HttpResponse:
    """How long each question takes, how many leave at it, and how easy asking was."""
    context = {
        "figures": asking_figures.figures(database_now()),
        "ease": asking_figures.ease(),
        "said": asking_figures.said(MOST_SAID),
        "newest": f"{asking_figures.NEWEST:,}",
        "crumbs": _crumbs(("Figures", "")),
    }
    return render(request, "manage/question_figures.html", context)


@keepers_only
@require_http_methods(["GET", "HEAD", "POST"])
def question_edit(request: PortalRequest, slug: str) -> HttpResponse:
    """Change a question. Saving makes a new version; answers keep the words they were given to."""
    question = QuestionVersion.objects.current().filter(slug=slug).first()
    if question is None:
        raise Http404
    posted = request.POST if request.method == "POST" else None
    form = QuestionEditForm(posted, question=question)
    if posted is None:
        return _page(request, question, form, shown=question)
    if not form.is_valid():
        return _page(request, question, form, status=422)
    if form.cleaned_data["seen"] != question.number:
        form.add_error(None, "A new version was published meanwhile. Check it, then save again")
        return _page(request, question, form.seen_now(), shown=question, status=409)
    made = QuestionVersion(
        slug=slug, number=question.number + 1, words=form.words(), rules=form.rules()
    )
    if posted.get("do") == "preview":
        return _page(request, question, form, shown=made)
    questions.publish(
        slug,
        words=made.words,
        rules=made.rules,
        position=form.cleaned_data["position"],
        actor=request.user,
        at=database_now(),
    )
    messages.success(request, f"Saved as version {made.number}. Old answers keep their wording.")
    return redirect("intake:question_edit", slug)


def _page(
    request: PortalRequest,
    question: QuestionVersion,
    form: QuestionEditForm,
    *,
    shown: QuestionVersion | None = None,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "question": question,
        "form": form,
        "shown": shown,
        "preview": _preview(shown) if shown else None,
        "history": QuestionVersion.objects.filter(slug=question.slug)
        .select_related("published_by")
        .order_by("-number"),
        "crumbs": _crumbs((question.words["label"], "")),
    }
    return render(request, "manage/question.html", context, status=status)


def _preview(question: QuestionVersion) -> QuestionForm:
    """The question as a requester sees it; its fields carry names of their own."""
    now = timezone.now()
    form = QuestionForm(
        question,
        today=timezone.localdate(now),
        dates=Outlook(now).words_for(question),
        with_files=True,
    )
    form.prefix = "preview"
    return form
