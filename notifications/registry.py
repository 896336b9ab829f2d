"""Who knows what a notice says: the app that owns the kind, asked when the notice is delivered."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from notifications.models import OutboxMessage

Context = dict[str, Any] | None
Builder = Callable[[OutboxMessage], Context]
MayRead = Callable[[User], bool]


def _nobody(_: User) -> bool:
    return False


@dataclass(frozen=True)
class Kind:
    """How notices of one kind go out.

    `is_at_once` marks answers to what the recipient did a moment ago: no night holds them back.
    `may_stand_in` tells whether a stand-in may read this kind in place of the recipient.
    """

    builder: Builder
    is_at_once: bool = False
    may_stand_in: MayRead = _nobody


_kinds: dict[str, Kind] = {}


@dataclass(frozen=True)
class UnknownKindError(Exception):
    kind: str


def register(
    kind: str, builder: Builder, *, at_once: bool = False, may_stand_in: MayRead = _nobody
) -> None:
    """Let `builder` give the template context of this kind, or None when it is no longer needed."""
    _kinds[kind] = Kind(builder, at_once, may_stand_in)


def unregister(kind: str) -> None:
    _kinds.pop(kind, None)


def kind_of(message: OutboxMessage) -> Kind:
    """Return how this notice goes out; raise UnknownKindError where nobody said so."""
    if message.kind not in _kinds:
        raise UnknownKindError(message.kind)
    return _kinds[message.kind]


def context_for(message: OutboxMessage) -> Context:
    """Return the context for templates/emails/<kind>/; raise UnknownKindError without a builder."""
    return kind_of(message).builder(message)
