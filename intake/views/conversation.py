"""Both sides talk here; the PMO notes on a page of its own (ux.md 5.5)."""

from collections.abc import Mapping

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.http import PortalRequest
from accounts.moment import database_now
from accounts.policies import require
from intake import policies
from intake.forms.conversation import AnswersForm, MessageForm, NoteForm
from intake.models import Hold
from intake.reading.request_page import RequestPage
from intake.reading.talk import talk_of
from intake.services import conversation as service
from intake.services.conversation import AnsweredMeanwhileError
from intake.states import State
from intake.views.conflict import conflict_page
from intake.views.loading import of_request
from intake.views.requests import number_in

NOTES_SHOWN = 100


@require_http_methods(["GET", "HEAD", "POST"])
@of_request
def conversation(request: PortalRequest, page: RequestPage) -> HttpResponse:
    """Everything that was said, oldest first, and a box to write in."""
    form = MessageForm(request.POST if request.method == "POST" else None)
    if form.is_bound:
        require(page.can_write)
    if not form.is_valid():
        return _talk(request, page, form)
    message = service.write(page.work, **form.once(), actor=request.user, at=database_now())
    messages.success(request, f"Sent to {page.other_side}.")
    return redirect(f"{page.address('conversation')}#message-{message.pk}")


def _talk(
    request: PortalRequest,
    page: RequestPage,
    form: MessageForm,
    answers: Mapping[int, AnswersForm] | None = None,
) -> HttpResponse:
    """The page; 422 with what is wrong in the message, or in the answers by their hold."""
    talk = talk_of(
        page.work,
        request.user,
        may_answer=policies.can_answer(request.user, page.work),
        before=number_in(request.GET, "before"),
        sent=answers,
    )
    problems = form.problems() if form.is_bound else []
    problems += [problem for wrong in (answers or {}).values() for problem in wrong.problems()]
    context = page.shown_on("conversation").context(talk=talk, form=form, problems=problems)
    status = 422 if problems else 200
    return render(request, "intake/requests/conversation.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@of_request
def answer_questions(request: PortalRequest, page: RequestPage, hold: int) -> HttpResponse:
    """Take answers to questions that wait; some may stay open."""
    asked = get_object_or_404(page.work.holds.prefetch_related("questions"), pk=hold)
    place = f"{page.address('conversation')}#questions-{asked.pk}"
    if request.method != "POST":
        return redirect(place)
    require(policies.is_of(request.user, page.work))
    form = AnswersForm(request.POST, hold=asked)
    if not form.is_valid():
        return _talk(request, page, MessageForm(), {asked.pk: form})
    return _answer(request, page, asked, form) or redirect(place)


def _answer(
    request: PortalRequest, page: RequestPage, hold: Hold, form: AnswersForm
) -> HttpResponse | None:
    """Give the answers; a page only when somebody was faster."""
    if not page.work.is_open:
        return conflict_page(request, page.work, form)
    try:
        is_done = service.answer(
            page.work, hold, answers=form.answers(), actor=request.user, at=database_now()
        )
    except AnsweredMeanwhileError:
        return conflict_page(request, page.work, form)
    rest = "" if is_done else " What is still open can wait."
    goes_on = " Our clock goes on." if hold.is_blocking and page.work.state != State.PARKED else ""
    messages.success(request, f"Sent to {page.other_side}.{goes_on}{rest}")
    return None


@require_http_methods(["GET", "HEAD", "POST"])
@of_request
def notes(request: PortalRequest, page: RequestPage) -> HttpResponse:
    """Internal notes. For everybody outside the PMO there is no such page."""
    if not page.sees_internal:
        raise Http404
    form = NoteForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        note = service.note(page.work, **form.once(), actor=request.user, at=database_now())
        return redirect(f"{page.address('notes')}#note-{note.pk}")
    newest = page.work.messages.filter(is_internal=True).select_related("author").order_by("-id")
    shown = list(newest[: NOTES_SHOWN + 1])
    context = page.shown_on("notes").context(
        notes=shown[:NOTES_SHOWN][::-1],
        is_cut=len(shown) > NOTES_SHOWN,
        form=form,
        problems=form.problems() if form.is_bound else [],
        named=_first_name(page),
    )
    status = 422 if form.is_bound else 200
    return render(request, "intake/requests/notes.html", context, status=status)


def _first_name(page: RequestPage) -> str:
    """The name that shows a note may have been meant for the requester."""
    words = page.work.requester.name.split()
    return words[0] if words else ""
