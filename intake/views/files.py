"""Files as downloads, with the permissions of the request they belong to, and never shown."""

import logging
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from accounts.http import PortalRequest
from accounts.moment import database_now
from intake.models import Attachment, WorkRequest
from intake.services import attachments
from intake.uploads import store
from intake.views.ask_pages import question_address
from intake.views.loading import find

logger = logging.getLogger(__name__)
# Whatever a browser makes of it, it runs nothing and reaches nothing.
SANDBOX = "default-src 'none'; sandbox"


@login_required
@require_safe
def of_request(request: PortalRequest, reference: str, file: int) -> HttpResponseBase:
    return _download(_of(request, find(request, reference), file))


@login_required
@require_safe
def of_draft(request: PortalRequest, key: UUID, file: int) -> HttpResponseBase:
    return _download(_of(request, _draft(request, key), file))


@login_required
@require_POST
def remove_from_draft(request: PortalRequest, key: UUID, file: int) -> HttpResponse:
    """Take a file out of a draft, and go back to the question it was given to."""
    work = _draft(request, key)
    attachment = _of(request, work, file)
    if not work.is_draft:
        return redirect("intake:ask_sent", key)
    attachments.remove(attachment, actor=request.user, at=database_now())
    messages.success(request, f"{attachment.name} is removed.")
    return redirect(question_address(key, attachment.question or "files"))


def _draft(request: PortalRequest, key: UUID) -> WorkRequest:
    return get_object_or_404(WorkRequest.objects.visible_to(request.user), draft_key=key)


def _of(request: PortalRequest, work: WorkRequest, file: int) -> Attachment:
    """The file, through the request that was found for this person."""
    visible = Attachment.objects.visible_to(request.user).select_related("work")
    return get_object_or_404(visible, work=work, pk=file)


def _download(attachment: Attachment) -> FileResponse:
    try:
        content = store.open_file(attachment.stored_name)
    except FileNotFoundError:
        logger.exception("The file of attachment %s is gone", attachment.pk)
        raise Http404 from None
    response = FileResponse(
        content,
        as_attachment=True,
        filename=attachment.name,
        content_type=attachment.content_type,
    )
    response["Content-Security-Policy"] = SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    return response
