"""Keeping what is typed while it is typed (ux.md 5.2, drafts): raw, and checked by nobody."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db import IntegrityError
from django.http import Http404, JsonResponse
from django.views.decorators.http import require_POST

from accounts.http import PortalRequest
from accounts.moment import database_now
from intake.forms.ask import QuestionForm
from intake.models import Answer, WorkRequest
from intake.services import raising, submission
from intake.services.drafts import current_questions, read_draft
from intake.services.lifecycle import ConflictError
from intake.views.ask import asked_for, draft_or_404, lane_of
from intake.views.ask_pages import (
    FIRST,
    Asked,
    make_form,
    saved_words,
    seen_in,
    service_asked_for,
)

CHANGED = "Changed in another window. Press Continue to see both texts"
SENT = "This request was sent meanwhile"


@require_POST
@login_required
def save(request: PortalRequest, key: UUID, slug: str) -> JsonResponse:
    """Answer with the version and the words for the status line; 409 when it is out of date."""
    try:
        answer = _kept(request, key, slug)
    except submission.StaleAnswerError:
        return JsonResponse({"words": CHANGED}, status=409)
    except ConflictError:
        return JsonResponse({"words": SENT}, status=409)
    return JsonResponse({"seen": answer.version, "words": saved_words(answer)})


def _kept(request: PortalRequest, key: UUID, slug: str) -> Answer:
    if slug == FIRST and not WorkRequest.objects.filter(draft_key=key).exists():
        return _begun(request, key)
    draft = draft_or_404(request, key)
    question = draft.question(slug)
    if not draft.work.is_draft:
        raise ConflictError(draft.work)
    if question is None:
        raise Http404
    asked = Asked(question, draft)
    value, status = _as_it_stands(make_form(request, asked), asked.answer)
    if asked.answer and (asked.answer.value, asked.answer.status) == (value, status):
        return asked.answer
    return submission.save_answer(
        draft.work,
        question,
        value=value,
        status=status,
        actor=request.user,
        at=database_now(),
        seen=seen_in(request),
    )


def _as_it_stands(form: QuestionForm, before: Answer | None) -> tuple[dict[str, object], str]:
    """An answer that was given stays one while it still is one; all else is half written."""
    half_written = {None, Answer.Status.BEGUN, Answer.Status.TOGETHER}
    if (before.status if before else None) in half_written or not form.is_valid():
        return form.as_typed(), Answer.Status.BEGUN
    return form.value(), form.status()


def _begun(request: PortalRequest, key: UUID) -> Answer:
    """The very first words: they make the draft, as the first Continue would."""
    asked = Asked(next(q for q in current_questions() if q.slug == FIRST))
    try:
        work = submission.begin(
            asked.question,
            value=make_form(request, asked).as_typed(),
            status=Answer.Status.BEGUN,
            actor=request.user,
            at=database_now(),
            service=service_asked_for(request),
            lane=lane_of(request),
            key=key,
            requester=asked_for(request),
        )
    except (IntegrityError, raising.LeftError):
        raise Http404 from None
    return read_draft(work.draft_key, request.user).answers[FIRST]
