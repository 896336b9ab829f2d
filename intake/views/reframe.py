"""The page "Let us look behind this" (ux.md 5.3): advice that can be passed by with one button."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.http import PortalRequest
from accounts.moment import database_now
from intake.forms.reframe import ReframeForm
from intake.models import Reframe
from intake.reading.marked import marked
from intake.reframe import sentence
from intake.reframe.engine import Level, Reading
from intake.reframe.rules import Rules
from intake.services import reframing
from intake.services.drafts import Draft
from intake.services.rules import rules_in_force
from intake.views.ask import draft_or_404

Ending = Reframe.Ending
THANKS = "Thank you. We noted that this did not fit, and look at it when we change the rules."


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def reframe(request: PortalRequest, key: UUID) -> HttpResponse:
    """Ask what lies behind a solution; every way on leads to the questions."""
    draft = draft_or_404(request, key)
    if not draft.work.is_draft:
        return redirect("intake:ask_sent", key)
    rules = rules_in_force()
    reading = reframing.reading_of(draft, rules)
    if reading.main is None or reading.level == Level.REASONED:
        return redirect("intake:ask_draft", key)
    if request.method != "POST":
        reframing.show(draft.work, reading, text=_need(draft), at=database_now())
        return _page(request, draft, ReframeForm(reading=reading, rules=rules), reading, rules)
    return _answered(request, draft, reading, rules)


def _answered(request: PortalRequest, draft: Draft, reading: Reading, rules: Rules) -> HttpResponse:
    then = request.POST.get("then", "")
    is_opened = then == Ending.OWN and "own" not in request.POST
    ending = then if then in Ending.values else ""
    form = ReframeForm(request.POST, reading=reading, rules=rules, ending=ending)
    if request.htmx:
        context = {"sentence": _sentence(form, reading, rules)}
        return render(request, "intake/ask/_reframe_sentence.html", context)
    if is_opened:
        return _own_words(request, draft, form, reading, rules)
    if then == Ending.MISFIT:
        _finish(request, draft, reading, form, Ending.MISFIT)
        messages.success(request, THANKS)
        return redirect("intake:ask_draft", draft.work.draft_key)
    if not form.is_valid():
        return _page(request, draft, form, reading, rules, status=422)
    if not ending:
        return _page(request, draft, form, reading, rules, is_asked=True)
    _finish(request, draft, reading, form, Ending(ending), _taken(form, reading, rules))
    return redirect("intake:ask_draft", draft.work.draft_key)


def _taken(form: ReframeForm, reading: Reading, rules: Rules) -> str:
    """The sentence that the person took, or wrote; none when they kept their words."""
    if form.ending == Ending.OWN:
        return str(form.cleaned_data["own"])
    is_taken = form.ending == Ending.SENTENCE
    return sentence.in_words(_sentence(form, reading, rules)) if is_taken else ""


def _finish(
    request: PortalRequest,
    draft: Draft,
    reading: Reading,
    form: ReframeForm,
    ending: Ending,
    taken: str = "",
) -> None:
    at = database_now()
    reframing.show(draft.work, reading, text=_need(draft), at=at)
    answers = {} if ending == Ending.MISFIT else form.answers()
    reframing.finish(
        draft, ending=ending, answers=answers, sentence=taken, actor=request.user, at=at
    )


def _own_words(
    request: PortalRequest, draft: Draft, form: ReframeForm, reading: Reading, rules: Rules
) -> HttpResponse:
    """Open a field for their own sentence, begun with what the answers gave."""
    built = _sentence(form, reading, rules)
    data = request.POST.copy()
    data["own"] = sentence.in_words(built) if sentence.is_whole(built) else ""
    opened = ReframeForm(data, reading=reading, rules=rules, ending=Ending.OWN)
    opened.errors.clear()
    return _page(request, draft, opened, reading, rules)


def _sentence(form: ReframeForm, reading: Reading, rules: Rules) -> list[sentence.Part]:
    return sentence.build(reading.group, form.answers(), rules)


def _page(
    request: PortalRequest,
    draft: Draft,
    form: ReframeForm,
    reading: Reading,
    rules: Rules,
    *,
    status: int = 200,
    is_asked: bool = False,
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "said": marked(_need(draft), reading),
        "hit": reading.main,
        "is_vague": reading.level == Level.VAGUE,
        "writes_own": form.ending == Ending.OWN,
        "sentence": _sentence(form, reading, rules),
        "is_asked": is_asked,
        "back": reverse("intake:ask_question", args=[draft.work.draft_key, "kind"]),
        "next": reverse("intake:ask_draft", args=[draft.work.draft_key]),
    }
    return render(request, "intake/ask/reframe.html", context, status=status)


def _need(draft: Draft) -> str:
    answer = draft.answers.get(reframing.NEED)
    return str(answer.get(reframing.NEED)) if answer else ""
