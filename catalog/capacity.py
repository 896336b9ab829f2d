"""How much of a service the PMO can do at once, and what runs already.

The catalog knows the limits; the app that knows the requests tells the load.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.utils import timezone

from accounts.date_words import day_words
from catalog.models import Service


class Load(NamedTuple):
    """What a service has on its hands. `next_free_at`: when the first of those that run is due."""

    running: int = 0
    begun_this_month: int = 0
    proposed: int = 0
    next_free_at: datetime | None = None


Reader = Callable[[datetime], dict[int, Load]]
_readers: list[Reader] = []


def register(reader: Reader) -> None:
    """Let `reader` tell, for a moment, the load of each service by its id."""
    _readers[:] = [reader]


def loads(now: datetime) -> dict[int, Load]:
    """The load of each service that has one; nothing while nobody knows."""
    return _readers[0](now) if _readers else {}


@dataclass(frozen=True)
class Room:
    """The limits of a service beside its load at a moment."""

    load: Load
    at_once: int | None
    per_month: int | None
    now: datetime

    @property
    def is_limited(self) -> bool:
        return self.at_once is not None or self.per_month is not None

    @property
    def is_full(self) -> bool:
        return self._runs_full or self._month_is_full

    @property
    def _runs_full(self) -> bool:
        return self.at_once is not None and self.load.running >= self.at_once

    @property
    def _month_is_full(self) -> bool:
        return self.per_month is not None and self.load.begun_this_month >= self.per_month

    def starts_on(self) -> date | None:
        """The first day with room; None where there is room now, or where nobody can tell."""
        days = []
        if self._month_is_full:
            first = timezone.localdate(self.now).replace(day=1)
            days.append((first + timedelta(days=32)).replace(day=1))
        if self._runs_full and self.load.next_free_at:
            days.append(timezone.localdate(max(self.load.next_free_at, self.now)))
        return max(days, default=None)

    @property
    def begins_at(self) -> datetime:
        """When work chosen now would begin: at once, or on the first day with room."""
        starts = self.starts_on() if self.is_full else None
        if starts is None:
            return self.now
        begin = datetime.combine(starts, time.min, timezone.get_current_timezone())
        return max(self.now, begin)

    @property
    def words(self) -> str:
        """What the triage shows as our load: "fits", or "starts Mon 20 Oct"."""
        if not self.is_full:
            return "fits"
        starts = self.starts_on()
        return f"starts {day_words(starts, now=self.now)}" if starts else "full at the moment"

    @property
    def details(self) -> str:
        """The figures behind the words; empty where there is no limit."""
        said = []
        if self.at_once is not None:
            said.append(f"{self.load.running} of {self.at_once} running")
        if self.per_month is not None:
            said.append(f"{self.load.begun_this_month} of {self.per_month} begun this month")
        return ", ".join(said)


def room_of(service: Service, *, now: datetime) -> Room:
    """Whether there is room for one more of this service."""
    load = loads(now).get(service.pk, Load())
    return Room(load, service.at_once, service.per_month, now)
