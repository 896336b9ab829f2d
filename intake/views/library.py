"""The question library for those who keep it: words, versions and what helped (ux.md C)."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import PortalRequest
from accounts.moment import database_now
from accounts.policies import require
from intake.forms.library import LibraryQuestionForm
from intake.models import LibraryQuestion
from intake.reading.discovery import by_theme
from intake.services import library

METHODS = ["GET", "HEAD", "POST"]


@require_safe
@login_required
def questions(request: PortalRequest) -> HttpResponse:
    """Every question by theme, how often it was asked, and how often that helped."""
    require(library.can_edit_library(request.user))
    counted = LibraryQuestion.objects.with_counts()
    # A theme that grew later still stands together.
    offered = list(counted.offered())
    places = {question.theme: place for place, question in reversed(list(enumerate(offered)))}
    offered.sort(key=lambda question: places[question.theme])
    context = {
        "themes": by_theme(offered),
        "retired": list(counted.exclude(retired_at=None)),
    }
    return render(request, "intake/library/questions.html", context)


@require_http_methods(METHODS)
@login_required
def new(request: PortalRequest) -> HttpResponse:
    """Add a question."""
    require(library.can_edit_library(request.user))
    first = {"theme": request.GET.get("theme", "")[:30]}
    form = LibraryQuestionForm(request.POST if request.method == "POST" else None, initial=first)
    if not form.is_valid():
        return _page(request, form, None)
    library.add(**form.cleaned_data, actor=request.user, at=database_now())
    messages.success(request, "The question is in the library.")
    return redirect("intake:library")


@require_http_methods(METHODS)
@login_required
def edit(request: PortalRequest, number: int) -> HttpResponse:
    """Give a question other words, which is a new version, or retire it."""
    require(library.can_edit_library(request.user))
    question = get_object_or_404(LibraryQuestion, pk=number)
    then = request.POST.get("then", "")
    if request.method == "POST" and then in ("retire", "back"):
        is_back = then == "back"
        library.retire(question, back=is_back, actor=request.user, at=database_now())
        messages.success(request, "It is offered again." if is_back else "It is asked no more.")
        return redirect("intake:library")
    first = {"theme": question.theme, "text": question.text}
    form = LibraryQuestionForm(request.POST if request.method == "POST" else None, initial=first)
    if not form.is_valid():
        return _page(request, form, question)
    library.edit(question, **form.cleaned_data, actor=request.user, at=database_now())
    messages.success(request, "Kept. What was asked before keeps its words.")
    return redirect(f"{reverse('intake:library')}#question-{question.pk}")


def _page(
    request: PortalRequest, form: LibraryQuestionForm, question: LibraryQuestion | None
) -> HttpResponse:
    context = {
        "form": form,
        "question": question,
        "wordings": list(question.wordings.select_related("by")) if question else [],
    }
    status = 422 if form.is_bound else 200
    return render(request, "intake/library/form.html", context, status=status)
