"""Refusing what a policy does not allow, in one place."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse

from accounts.models import Role


def require(allowed: bool) -> None:
    """Raise PermissionDenied unless the policy said yes."""
    if not allowed:
        raise PermissionDenied


def role_required(*roles: Role) -> Callable[[Callable[..., HttpResponse]], Callable[..., Any]]:
    """Let only people with one of these roles in; others get 403, visitors the sign-in page."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., Any]:
        @login_required
        @wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
            require(request.user.has_role(*roles))
            return view(request, *args, **kwargs)

        return guarded

    return decorate


administrators_only = role_required(Role.ADMINISTRATOR)
