"""Error pages. They touch neither the form data nor the database: both may be what broke.

Only the page for a token that ran out reads the form, which is whole in that case.
"""

import errno
import secrets
import sys
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils import timezone

RETRY_AFTER = 60  # seconds


def error_page(request: HttpRequest, template: str, status: int, **context: Any) -> HttpResponse:
    """Render a page of templates/errors in the colours of the visitor's cookie."""
    theme = request.COOKIES.get("theme", "")
    frame = {
        "theme": theme if theme in {"light", "dark"} else "",
        "pmo_phone": settings.PMO_PHONE,
        "pmo_mail": settings.PMO_MAIL,
    }
    return HttpResponse(render_to_string(f"errors/{template}", frame | context), status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, "400.html", 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, "403.html", 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that there is nothing; for a request, how to ask for access to it."""
    from intake.views.loading import NotTheirsError

    if isinstance(exception, NotTheirsError):
        ask = {"address": exception.address, "token": get_token(request)}
        return error_page(request, "no_access.html", 404, **ask)
    return error_page(request, "404.html", 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Give the number under which the log has it; a database that is away is a 503, a full
    disk a 507.
    """
    from pmo_portal.middleware import request_id

    cause = sys.exception()
    if isinstance(cause, OperationalError | InterfaceError):
        return unavailable(request)
    if isinstance(cause, OSError) and cause.errno in (errno.ENOSPC, errno.EDQUOT):
        return error_page(request, "507.html", 507)
    number = request_id.get() or secrets.token_hex(6)
    return error_page(request, "500.html", 500, number=number, moment=timezone.now())


def unavailable(request: HttpRequest) -> HttpResponse:
    response = error_page(request, "503.html", 503)
    response["Retry-After"] = str(RETRY_AFTER)
    return response


def too_many(request: HttpRequest) -> HttpResponse:
    """What the limits on signing in answer."""
    return error_page(request, "429.html", 429)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Show the typed text of our own pages back, to be sent again with a fresh token."""
    from pmo_portal import kept_text

    if not kept_text.is_from_us(request):
        return error_page(request, "csrf.html", 403)
    fields = kept_text.posted_fields(request)
    return error_page(
        request,
        "csrf.html",
        403,
        fields=fields,
        texts=kept_text.typed(fields),
        path=request.get_full_path(),
        token=get_token(request),
    )
