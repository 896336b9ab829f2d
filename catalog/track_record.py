"""How services kept their promises. The catalog asks; the app that knows the requests answers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sla.outcomes import Compliance

Reader = Callable[[datetime], dict[int, Compliance]]
_readers: list[Reader] = []


@dataclass(frozen=True)
class Achieved:
    """What a tier really took in the last 90 days, as working time in words.

    Half of the results came within `median`, 85 of 100 within `most`.
    """

    count: int
    median: str
    most: str


@dataclass(frozen=True)
class ServiceRecord:
    """The last months of one service, the present one last, and each tier's times by its level."""

    months: Sequence[date] = ()
    kept: Sequence[Compliance] = ()
    achieved: Mapping[str, Achieved] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not any(month.met + month.missed for month in self.kept)


DetailReader = Callable[[int, datetime], ServiceRecord]
_detail_readers: list[DetailReader] = []


def register(reader: Reader) -> None:
    """Let `reader` tell, for a moment, the last months' record of each service by its id."""
    _readers[:] = [reader]


def by_service(now: datetime) -> dict[int, Compliance]:
    """The record of each service that has one; nothing while nobody knows."""
    return _readers[0](now) if _readers else {}


def register_details(reader: DetailReader) -> None:
    """Let `reader` tell the record of one service, by its id, at a moment."""
    _detail_readers[:] = [reader]


def of_service(service: int, now: datetime) -> ServiceRecord:
    """The record of one service, month by month and tier by tier."""
    return _detail_readers[0](service, now) if _detail_readers else ServiceRecord()
