"""How a session or a password becomes a person."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from accounts.models import User


class MailAddressBackend(ModelBackend):
    """Sign in by mail address in any case, and read the person with roles in one query."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        address = kwargs.get("email") or username or ""
        user = User.objects.filter(email__iexact=address).first()
        if user is None:
            # The same work as for a known address, so that time tells nothing.
            User().set_password(password)
            return None
        ready = user.check_password(password or "") and self.user_can_authenticate(user)
        return user if ready else None

    def get_user(self, user_id: int) -> User | None:
        user = User.objects.with_roles().filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None
