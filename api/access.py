"""Who a program speaks for, and how far its token goes."""

from typing import Any

from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from accounts.models import User
from accounts.moment import database_now
from api.models import Token
from api.services import token_of

BEARER_PARTS = 2


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer pmo_…`"""

    def authenticate(self, request: Request) -> tuple[User, Token] | None:
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != b"bearer":
            return None
        secret = parts[1].decode("ascii", "ignore") if len(parts) == BEARER_PARTS else ""
        now = database_now()
        token = token_of(secret, at=now, today=timezone.localdate(now))
        if token is None:
            raise AuthenticationFailed("This token is wrong, over or taken back.")
        # With roles, as the pages read a person.
        return User.objects.with_roles().get(pk=token.person_id), token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class InScope(BasePermission):
    """Signed in; and a token that only reads writes nothing."""

    message = "This token may only read."

    def has_permission(self, request: Request, view: Any) -> bool:
        if not (request.user and request.user.is_authenticated):
            return False
        token = request.auth
        reads = request.method in SAFE_METHODS
        return reads or not isinstance(token, Token) or token.scope == Token.Scope.WRITE


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the description of the API names the tokens."""

    target_class = BearerAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}
