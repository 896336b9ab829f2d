"""Error pages. They touch neither the form data nor the database: both may be what broke."""

import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string


def _page(template: str, status: int, **context: Any) -> HttpResponse:
    return HttpResponse(render_to_string(f"errors/{template}", context), status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page("400.html", 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page("403.html", 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page("404.html", 404)


def server_error(request: HttpRequest) -> HttpResponse:
    from pmo_portal.middleware import request_id

    return _page("500.html", 500, number=request_id.get() or secrets.token_hex(6))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page("csrf.html", 403)
