"""What every request passes: an id, a refusal of NUL, the person's time zone and privacy."""

import logging
import re
import uuid
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers, patch_vary_headers

from accounts.http import is_person
from audit.services import name_source
from pmo_portal.errors import bad_request

Next = Callable[[HttpRequest], HttpResponse]
request_id: ContextVar[str] = ContextVar("request_id", default="")
logger = logging.getLogger(__name__)


class RequestIdMiddleware:
    """Give each request an id that the error page, the log and the answer's header share."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        name_source("page")
        given = request.headers.get("X-Request-ID", "")
        number = given if re.fullmatch(r"[\w-]{8,64}", given) else uuid.uuid4().hex[:12]
        request_id.set(number)
        response = self.get_response(request)
        response["X-Request-ID"] = number
        return response


class RefuseNulMiddleware:
    """Refuse NUL characters in the address and query; forms strip them field by field.

    PostgreSQL raises on NUL, so one that slipped through would be a 500.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return bad_request(request)
        return self.get_response(request)


class PersonMiddleware:
    """Show times in the person's zone, and keep signed-in pages out of every cache."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        person = user if is_person(user) else None
        zone = person.time_zone if person else ""
        if zone:
            timezone.activate(zone)
        try:
            response = self.get_response(request)
        finally:
            timezone.deactivate()
        patch_vary_headers(response, ["HX-Request"])
        if person:
            add_never_cache_headers(response)
            response["Cache-Control"] = "no-store, private"
        return response
