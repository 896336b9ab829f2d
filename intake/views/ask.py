"""Asking: the start page, and one question after the other (ux.md 5.2)."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError
from django.http import Http404, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from accounts.http import PortalRequest
from accounts.models import User
from accounts.moment import database_now
from intake import policies
from intake.effort import efforts
from intake.forms.ask import QuestionForm
from intake.forms.people import ForWhomForm
from intake.models import Answer, QuestionVersion, WorkRequest
from intake.services import attachments, cadences, raising, reframing, submission
from intake.services.drafts import Draft, current_questions, read_draft
from intake.services.lifecycle import ConflictError
from intake.states import Lane
from intake.uploads import store
from intake.views.ask_pages import (
    FIRST,
    KIND,
    Asked,
    came_from_check,
    conflict_page,
    live_context,
    make_form,
    names_near,
    opened_at,
    question_address,
    question_page,
    seen_in,
    service_asked_for,
)

SHOWN_DRAFTS = 5
NO_ROOM = "The file could not be kept just now. Try again in a few minutes"
TOGETHER, LATER, ROW = "together", "later", "row"
FOR = "for"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: PortalRequest) -> HttpResponse:
    """What it takes, who reads it and what becomes of it; drafts to go on with come first.

    Whoever may write requests down for others says here whose it is.
    """
    form = _for_whom(request)
    if request.method == "POST" and form is None:
        return HttpResponseNotAllowed(["GET", "HEAD"])
    if form and form.is_bound and form.is_valid():
        carried = _carried(request) | _named(form)
        return redirect(f"{reverse('intake:ask_first')}?{urlencode(carried)}")
    effort = efforts(at=timezone.now())
    context = {
        "service": service_asked_for(request),
        "drafts": WorkRequest.objects.visible_to(request.user).drafts()[:SHOWN_DRAFTS],
        "quick": effort[Lane.ORDER],
        "full": effort[Lane.CONSULT],
        "carried": urlencode(_carried(request)),
        "form": form,
        "problems": form.problems() if form and form.is_bound else [],
        "names": names_near(request.user) if form else (),
    }
    status = 422 if form and form.errors else 200
    return render(request, "intake/ask/start.html", context, status=status)


def _for_whom(request: PortalRequest) -> ForWhomForm | None:
    if not policies.can_raise_for_others(request.user):
        return None
    return ForWhomForm(request.POST if request.method == "POST" else None)


def _named(form: ForWhomForm) -> dict[str, str]:
    who = str(form.cleaned_data["who"])
    return {FOR: who} if who else {}


def _carried(request: PortalRequest) -> dict[str, str]:
    """What the start page hands on: the service it is about, and the door they came in by."""
    given = {name: request.GET.get(name, "") for name in ("service", "lane", FOR)}
    return {name: value for name, value in given.items() if value}


def lane_of(request: PortalRequest) -> Lane | None:
    lane = request.GET.get("lane", "")
    return Lane(lane) if lane in Lane.values else None


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def first(request: PortalRequest) -> HttpResponse:
    """The first question. The draft begins with its answer, under the key in the address."""
    key = draft_key(request)
    if key is None:
        return redirect(f"{request.path}?{urlencode({'key': str(uuid4())} | _carried(request))}")
    opened = WorkRequest.objects.visible_to(request.user).filter(draft_key=key).first()
    if opened and (request.method != "POST" or not opened.is_draft):
        return redirect(question_address(key, FIRST))
    asked = Asked(next(q for q in current_questions() if q.slug == FIRST))
    form = make_form(request, asked)
    if request.method == "POST":
        return _begin(request, asked, form, key)
    return question_page(request, asked, form)


def asked_for(request: PortalRequest) -> User | None:
    """Whose request it will be where that is somebody else; from the address."""
    email = request.GET.get(FOR, "")
    if not email or not policies.can_raise_for_others(request.user):
        return None
    return raising.requester_at(email, actor=request.user)


def draft_key(request: PortalRequest) -> UUID | None:
    try:
        return UUID(request.GET.get("key", ""))
    except ValueError:
        return None


def _begin(request: PortalRequest, asked: Asked, form: QuestionForm, key: UUID) -> HttpResponse:
    is_later = request.POST.get("then") == LATER
    if is_later and not any(form.as_typed().values()):
        return redirect("intake:ask_start")
    if not (form.is_valid() or is_later):
        return question_page(request, asked, form, status=422)
    value, status = _answer_of(form, request)
    at = database_now()
    try:
        work = submission.begin(
            asked.question,
            value=value,
            status=status,
            actor=request.user,
            at=at,
            service=service_asked_for(request),
            lane=lane_of(request),
            key=key,
            seen=seen_in(request),
            requester=asked_for(request),
        )
    except submission.StaleAnswerError as conflict:
        return conflict_page(request, asked, form, conflict.stored)
    except (IntegrityError, raising.LeftError):
        raise Http404 from None
    return _go_on(request, read_draft(work.draft_key, request.user), asked.question, at)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: PortalRequest, key: UUID, slug: str) -> HttpResponse:
    """One question of a draft: shown, checked, kept."""
    draft = draft_or_404(request, key)
    if not draft.work.is_draft:
        return redirect("intake:ask_sent", key)
    found = draft.question(slug)
    if found is None:
        return _not_asked(draft, slug)
    asked = Asked(found, draft)
    if request.method == "POST":
        return _live(request, asked) if request.htmx else _keep(request, asked, draft)
    return question_page(request, asked, make_form(request, asked))


def draft_or_404(request: PortalRequest, key: UUID) -> Draft:
    try:
        return read_draft(key, request.user)
    except WorkRequest.DoesNotExist:
        raise Http404 from None


def _not_asked(draft: Draft, slug: str) -> HttpResponse:
    """A question of the other lane leads to what is asked here; anything else is no page."""
    if slug not in {question.slug for question in draft.questions}:
        raise Http404
    return redirect("intake:ask_draft", draft.work.draft_key)


def _live(request: PortalRequest, asked: Asked) -> HttpResponse:
    """The sentence that the fields make as they stand; nothing is kept."""
    form = make_form(request, asked)
    context = live_context(asked, form.as_typed())
    return render(request, "intake/ask/_sentence.html", context)


def _keep(request: PortalRequest, asked: Asked, draft: Draft) -> HttpResponse:
    then = request.POST.get("then", "")
    is_together = then == TOGETHER and bool(asked.question.rules["may_wait"])
    form = make_form(request, asked, must_answer=not is_together)
    if then == ROW:
        return question_page(request, asked, make_form(request, asked, **_one_row_more(form)))
    _attach(request, form, draft, asked.question)
    if form.files_field in form.errors:
        return question_page(request, asked, form, status=422)
    if then == LATER and not any(form.as_typed().values()):
        return _leave(request)
    if not (form.is_valid() or then == LATER):
        return question_page(request, asked, form, status=422)
    value, status = _answer_of(form, request, is_together=is_together)
    at = database_now()
    try:
        draft.answers[asked.question.slug] = submission.save_answer(
            draft.work,
            asked.question,
            value=value,
            status=status,
            actor=request.user,
            at=at,
            seen=seen_in(request),
        )
    except submission.StaleAnswerError as conflict:
        return conflict_page(request, asked, form, conflict.stored)
    except ConflictError:
        return redirect("intake:ask_sent", draft.work.draft_key)
    return _go_on(request, draft, asked.question, at)


def _one_row_more(form: QuestionForm) -> dict[str, Any]:
    return {"initial": form.as_typed(), "more_rows": 1}


def _attach(
    request: PortalRequest, form: QuestionForm, draft: Draft, question: QuestionVersion
) -> None:
    """Keep the files that may be kept, also when another field has to be answered again."""
    form.is_valid()
    uploads = form.cleaned_data.get(form.files_field)
    if not uploads:
        return
    told: dict[str, Any] = {"actor": request.user, "at": database_now(), "question": question.slug}
    try:
        attachments.attach(draft.work, uploads, **told)
    except attachments.RefusedFilesError as refused:
        form.add_error(form.files_field, refused.problems)
    except store.NoRoomError:
        form.add_error(form.files_field, NO_ROOM)


def _answer_of(
    form: QuestionForm, request: PortalRequest, *, is_together: bool = False
) -> tuple[dict[str, object], str]:
    """What is kept of a form: its answer; or, to come back later, whatever stands in it."""
    if not form.is_valid():
        return form.as_typed(), Answer.Status.BEGUN
    return form.value(), Answer.Status.TOGETHER if is_together else form.status()


def _go_on(
    request: PortalRequest, draft: Draft, done: QuestionVersion, at: datetime
) -> HttpResponse:
    """Note the visit and lead to what comes next."""
    is_later = request.POST.get("then") == LATER
    following = None if is_later else _following(request, draft, done)
    submission.note_visit(
        draft.work,
        answered=done.slug if draft.is_answered(done) else None,
        shown=following.slug if following else None,
        at=at,
        opened=opened_at(request),
    )
    if is_later:
        return _leave(request)
    return redirect(_next_address(request, draft, done, following))


def _leave(request: PortalRequest) -> HttpResponseRedirect:
    messages.success(request, "Your draft is saved. Come back whenever you like.")
    return redirect("intake:ask_start")


def _following(
    request: PortalRequest, draft: Draft, done: QuestionVersion
) -> QuestionVersion | None:
    """The question that is put next, if one is."""
    urgent = draft.question(submission.URGENT)
    if _asks_for_advice(request, draft, done):
        return done
    if done.slug == submission.TIMING[Lane.CONSULT] and urgent and not draft.is_answered(urgent):
        return urgent
    if came_from_check(request):
        return None
    if draft.work.is_quick or not draft.answers.get(KIND):
        return next(iter(draft.missing()), None)
    # The kind opens the task list; the person picks where to go on.
    return None if done.slug == KIND else draft.next_in_part(done)


def _asks_for_advice(request: PortalRequest, draft: Draft, done: QuestionVersion) -> bool:
    """An answer that names only time or budget comes back once, with a question."""
    answer = draft.answers[done.slug]
    told = live_context(Asked(done, draft), answer.value)["advice"]
    return bool(told) and draft.is_answered(done) and "advised" not in request.POST


def _next_address(
    request: PortalRequest, draft: Draft, done: QuestionVersion, following: QuestionVersion | None
) -> str:
    key = draft.work.draft_key
    covered = cadences.matching_draft(draft) if done.slug == cadences.QUESTION else None
    if covered:
        return reverse("intake:ask_cadence", args=[key, covered.pk])
    is_new = done.slug == KIND and not came_from_check(request)
    if is_new and reframing.is_page_due(draft.work):
        return reverse("intake:ask_reframe", args=[key])
    if following:
        return question_address(key, following.slug, from_check=came_from_check(request))
    if came_from_check(request) or draft.work.is_quick:
        return reverse("intake:ask_check", args=[key])
    return reverse("intake:ask_draft", args=[key])
