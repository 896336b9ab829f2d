"""Where acts on people are written down: the app above that keeps the record is asked.

`audit` knows people, so people can't know it; it hands in its pen when the portal starts.
"""

from datetime import datetime
from typing import Any, Protocol

from django.db.models import Model

from accounts.models import User


class Writer(Protocol):
    def __call__(
        self, action: str, subject: Model, *, actor: User | None, at: datetime, **data: Any
    ) -> object: ...


_writers: list[Writer] = []


def write_with(writer: Writer) -> None:
    """Let `writer` note every act on a person, in the act's own transaction."""
    if writer not in _writers:
        _writers.append(writer)


def note(action: str, subject: Model, *, actor: User | None, at: datetime, **data: Any) -> None:
    for writer in _writers:
        writer(action, subject, actor=actor, at=at, **data)
