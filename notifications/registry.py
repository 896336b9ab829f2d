"""Who knows what a notice says: the app that owns the kind, asked when the notice is delivered."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from notifications.models import OutboxMessage

Context = dict[str, Any] | None
Builder = Callable[[OutboxMessage], Context]
_builders: dict[str, Builder] = {}


@dataclass(frozen=True)
class UnknownKindError(Exception):
    kind: str


def register(kind: str, builder: Builder) -> None:
    """Let `builder` give the template context of this kind, or None when it is no longer needed."""
    _builders[kind] = builder


def context_for(message: OutboxMessage) -> Context:
    """Return the context for templates/emails/<kind>/; raise UnknownKindError without a builder."""
    if message.kind not in _builders:
        raise UnknownKindError(message.kind)
    return _builders[message.kind](message)
