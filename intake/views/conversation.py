"""Both sides talk here; the PMO notes on a page of its own (ux.md 5.5)."""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.http import PortalRequest
from accounts.moment import database_now
from accounts.policies import require
from intake import policies
from intake.forms.conversation import AnswersForm, MessageForm, NoteForm
from intake.models import Hold, Message, SavedText
from intake.reading.request_page import RequestPage
from intake.reading.talk import FileLink, files_of, talk_of
from intake.services import attachments, saved_texts
from intake.services import conversation as service
from intake.services.attachments import Received, RefusedFilesError
from intake.services.conversation import AnsweredMeanwhileError
from intake.states import State
from intake.views.conflict import conflict_page
from intake.views.loading import of_request
from intake.views.requests import number_in

NOTES_SHOWN = 50
MOST_DIGITS = 18


@require_http_methods(["GET", "HEAD", "POST"])
@of_request
def conversation(request: PortalRequest, page: RequestPage) -> HttpResponse:
    """Everything that was said, oldest first, and a box to write in."""
    if request.method != "POST":
        return _talk(request, page, MessageForm(initial=inserted(request, page)))
    require(page.can_write)
    form = MessageForm(request.POST, request.FILES)
    if form.is_valid() and _needs_a_look(request, page, form):
        return _preview(request, page, form)
    message = _send(request, page, form, service.write) if form.is_valid() else None
    if message is None:
        return _talk(request, page, form)
    messages.success(request, f"Sent to {page.other_side}.")
    return redirect(f"{page.address('conversation')}#message-{message.pk}")


def _send(
    request: PortalRequest, page: RequestPage, form: MessageForm, write: Callable[..., Message]
) -> Message | None:
    """Send a valid form with its files; None, and an error in the form, when they are refused."""
    received: list[Received] = []
    try:
        received = attachments.receive(form.cleaned_data["attached"])
        return write(
            page.work, **form.once(), files=received, actor=request.user, at=database_now()
        )
    except RefusedFilesError as error:
        attachments.drop(received)
        form.add_error("attached", error.problems)
    return None


def inserted(request: PortalRequest, page: RequestPage) -> dict[str, str]:
    """The saved text that the address names, filled in for this request."""
    number = number_in(request.GET, "text")
    if not number or not page.sees_internal:
        return {}
    saved = SavedText.objects.usable_by(request.user).filter(pk=number).first()
    if saved is None:
        return {}
    text = saved_texts.filled_in(saved, page.work, request.user)
    return {"text": text, "saved": str(saved.pk)}


def _needs_a_look(request: PortalRequest, page: RequestPage, form: MessageForm) -> bool:
    """Whether a preview was asked for, or a saved text would go out as it was inserted."""
    if not page.sees_internal or form.cleaned_data["previewed"]:
        return False
    if request.POST.get("then") == "preview":
        return True
    number = form.cleaned_data["saved"]
    if not (number.isascii() and number.isdigit() and len(number) <= MOST_DIGITS):
        return False
    saved = SavedText.objects.usable_by(request.user).filter(pk=number).first()
    text = saved_texts.filled_in(saved, page.work, request.user) if saved else ""
    return text.split() == form.cleaned_data["text"].split() and bool(text)


def _preview(request: PortalRequest, page: RequestPage, form: MessageForm) -> HttpResponse:
    """The message as it will be read. Files are chosen again, since browsers forget them."""
    context = page.context(form=form, text=form.cleaned_data["text"], files=request.FILES)
    return render(request, "intake/requests/preview.html", context)


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
    texts = SavedText.objects.usable_by(request.user) if page.sees_internal else ()
    context = page.shown_on("conversation").context(
        talk=talk, form=form, problems=problems, saved_texts=texts
    )
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
    form = NoteForm() if request.method != "POST" else NoteForm(request.POST, request.FILES)
    note = _send(request, page, form, service.note) if form.is_valid() else None
    if note:
        return redirect(f"{page.address('notes')}#note-{note.pk}")
    return _notes(request, page, form)


def _notes(request: PortalRequest, page: RequestPage, form: NoteForm) -> HttpResponse:
    """A page of notes, oldest first, and the box to write another."""
    notes, before = page.work.messages.filter(is_internal=True), number_in(request.GET, "before")
    older = notes.filter(pk__lt=before) if before else notes
    newest = older.select_related("author").prefetch_related("attachments").order_by("-id")
    found = list(newest[: NOTES_SHOWN + 1])
    name = _first_name(page)
    shown = [
        Noted(note, files_of(note, page.work), bool(name) and _names(note.text, name))
        for note in found[:NOTES_SHOWN][::-1]
    ]
    context = page.shown_on("notes").context(
        notes=shown,
        earlier=shown[0].note.pk if len(found) > NOTES_SHOWN else None,
        form=form,
        problems=form.problems() if form.is_bound else [],
        named=name,
    )
    status = 422 if form.is_bound else 200
    return render(request, "intake/requests/notes.html", context, status=status)


class Noted(NamedTuple):
    """A note as its page shows it; `names_them` says that it mentions the requester."""

    note: Message
    files: list[FileLink]
    names_them: bool


def _names(text: str, name: str) -> bool:
    return re.search(rf"\b{re.escape(name)}\b", text, re.IGNORECASE) is not None


def _first_name(page: RequestPage) -> str:
    """The name that shows a note may have been meant for the requester."""
    words = page.work.requester.name.split()
    return words[0] if words else ""
