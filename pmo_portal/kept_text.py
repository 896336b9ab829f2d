"""No words are lost when a session or a page's token has run out (ux.md 4.6).

What was posted without a session waits in the browser's own, still nameless session. After
signing in, its page is offered with the text in it, to be sent again or dropped.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import redirect, render, resolve_url

from accounts.http import is_person

KEY = "kept_text"
FORGET = "forget_kept_text"
LIMIT = 50_000  # characters; more than any form of ours takes
NEVER = ("csrfmiddlewaretoken", "password", FORGET)
# What pages carry along unseen.
CARRIED = frozenset({"opened", "token", "seen"})
Fields = list[tuple[str, str]]


def posted_fields(request: HttpRequest) -> Fields:
    """Return what was posted, without tokens and passwords; nothing when it can't be read."""
    try:
        posted = [(name, value) for name, values in request.POST.lists() for value in values]
    except (BadRequest, SuspiciousOperation, MultiPartParserError, UnreadablePostError):
        return []
    fields = [(name, str(value)) for name, value in posted if not name.startswith(NEVER)]
    return fields if sum(len(value) for _, value in fields) <= LIMIT else []


def typed(fields: Fields) -> list[str]:
    """Return what looks written by hand: words, rather than a choice or what a page carries."""
    shown = [value for name, value in fields if name not in CARRIED]
    return [value for value in shown if " " in value.strip() or len(value) > 20]


def is_from_us(request: HttpRequest) -> bool:
    """Tell a page of ours from a stranger's: only our own text is shown back."""
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"


class KeepTextMiddleware:
    """Show what was typed instead of the bare sign-in page, and bring it back afterwards."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        kept = request.session.get(KEY) if is_person(request.user) else None
        if kept and kept["path"] == request.get_full_path():
            if request.method == "GET":
                return _page(request, kept["path"], kept["fields"])
            del request.session[KEY]
            if FORGET in request.POST:
                return redirect(kept["path"])
        response = self.get_response(request)
        return _keep(request) if _was_turned_away(request, response) else response


def _was_turned_away(request: HttpRequest, response: HttpResponse) -> bool:
    """Tell a visitor's post that was answered by the way to the sign-in page."""
    sign_in = resolve_url(settings.LOGIN_URL)
    target = response.headers.get("Location", "")
    is_by_script = any(name in request.headers for name in ("HX-Request", "X-Requested-With"))
    is_plain_post = request.method == "POST" and not is_by_script
    return is_plain_post and not is_person(request.user) and target.startswith(f"{sign_in}?")


def _keep(request: HttpRequest) -> HttpResponse:
    path, fields = request.get_full_path(), posted_fields(request)
    request.session[KEY] = {"path": path, "fields": fields}
    return _page(request, path, fields, status=403)


def _page(request: HttpRequest, path: str, fields: Any, status: int = 200) -> HttpResponse:
    context = {
        "path": path,
        "fields": fields,
        "texts": typed(fields),
        "had_files": bool(request.FILES) if request.method == "POST" else False,
        "forget": FORGET,
    }
    return render(request, "account/kept_text.html", context, status=status)
