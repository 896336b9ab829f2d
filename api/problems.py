"""Errors as problem details (RFC 9457): what is wrong, in words, and where."""

from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from catalog.services.outcomes import ReadingExistsError
from intake.services.conversation import AnsweredMeanwhileError
from intake.services.lifecycle import ConflictError
from intake.services.roots import RootMissingError
from intake.services.submission import MissingAnswersError, StaleAnswerError
from intake.services.triage import NeedNotAgreedError, NotOfferedError
from intake.states import IllegalMoveError

TYPE = "application/problem+json"
CONFLICTS: dict[type[Exception], str] = {
    ConflictError: "Somebody changed this request meanwhile. Read it again.",
    IllegalMoveError: "This can't be done in the state that the request is in.",
    AnsweredMeanwhileError: "The question was answered or taken back meanwhile.",
    StaleAnswerError: "The answer was changed meanwhile. Read it again.",
    NeedNotAgreedError: "The need is not agreed yet. Play it back first.",
    NotOfferedError: "This tier is not offered now.",
    RootMissingError: "Say what made it urgent.",
    ReadingExistsError: "The same thing was read before, and differently.",
}


class KeyReusedError(Exception):
    """An idempotency key came back with another request."""


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn an exception into a problem; None for what is our own fault."""
    if words := CONFLICTS.get(type(error)):
        return problem(HTTPStatus.CONFLICT, words)
    if isinstance(error, MissingAnswersError):
        found = [
            {"pointer": f"/answers/{slug}", "detail": "Answer this."} for slug in error.args[0]
        ]
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "Answers are missing.", errors=found)
    if isinstance(error, KeyReusedError):
        words = "This Idempotency-Key was used for another request."
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, words)
    if isinstance(error, PermissionDenied):
        return problem(HTTPStatus.FORBIDDEN, "You may not do this.")
    if isinstance(error, Http404):
        return problem(HTTPStatus.NOT_FOUND, "There is nothing here for you.")
    response = exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, exceptions.ValidationError):
        found = list(_fields(response.data, ""))
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "Some of it is wrong.", errors=found)
    detail = response.data.get("detail", "") if isinstance(response.data, dict) else ""
    headers = {name: value for name, value in response.items() if name in ("Retry-After", "Allow")}
    if challenge := response.get("WWW-Authenticate"):
        headers["WWW-Authenticate"] = challenge
    return problem(response.status_code, str(detail), headers=headers)


def problem(
    status: int,
    detail: str,
    *,
    errors: list[dict[str, str]] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "detail": detail,
    }
    if errors:
        body["errors"] = errors
    return Response(body, status=status, headers=headers, content_type=TYPE)


def _fields(data: Any, pointer: str) -> Any:
    """Every error with the JSON pointer of what it is about."""
    if isinstance(data, dict):
        for name, value in data.items():
            yield from _fields(
                value, pointer if name == "non_field_errors" else f"{pointer}/{name}"
            )
    elif isinstance(data, list) and data and isinstance(data[0], dict | list):
        for number, value in enumerate(data):
            yield from _fields(value, f"{pointer}/{number}")
    else:
        for words in data if isinstance(data, list) else [data]:
            yield {"pointer": pointer, "detail": str(words)}
