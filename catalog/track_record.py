"""How services kept their promises. The catalog asks; the app that knows the requests answers."""

from collections.abc import Callable
from datetime import datetime

from sla.outcomes import Compliance

Reader = Callable[[datetime], dict[int, Compliance]]
_readers: list[Reader] = []


def register(reader: Reader) -> None:
    """Let `reader` tell, for a moment, the last months' record of each service by its id."""
    _readers[:] = [reader]


def by_service(now: datetime) -> dict[int, Compliance]:
    """The record of each service that has one; nothing while nobody knows."""
    return _readers[0](now) if _readers else {}
