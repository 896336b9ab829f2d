"""What waits for a person: each app registers where such duties come from, the page lists them.

Stand-ins see the duties of whom they stand in for, marked with the name and until when.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils import timezone

from accounts.models import StandIn, User


@dataclass(frozen=True)
class Duty:
    """One thing that needs a person's answer, choice, check or verdict.

    `what` is the act, `about` names what it is on, `why` says why it is this person. `due` is by
    when, `since` from when it waits. `lines` are read below, such as the questions themselves.
    """

    what: str
    about: str
    why: str
    address: str
    action: str
    due: datetime | None = None
    since: datetime | None = None
    reference: str = ""
    lines: tuple[str, ...] = ()
    # Filled in for stand-ins: for whom, and until which day.
    stands_for: str = ""
    stands_until: date | None = None


# Whose duties, who reads them, and when.
Source = Callable[[User, User, datetime], Iterable[Duty]]
_sources: dict[str, Source] = {}


def register(name: str, source: Source) -> None:
    """Let `source` say what waits for a person, in a bounded number of rows.

    It is given the person, who reads it (a stand-in may see and do less), and the moment.
    """
    _sources[name] = source


def duties_of(person: User, *, now: datetime) -> list[Duty]:
    """What waits for this person, their own and those they stand in for, by due date."""
    found = [duty for source in _sources.values() for duty in source(person, person, now)]
    today = timezone.localdate(now)
    standing = StandIn.objects.on(today).filter(stand_in=person).select_related("person")
    for absence in standing:
        away = User.objects.with_roles().get(pk=absence.person_id)
        found += [
            replace(duty, stands_for=away.name, stands_until=absence.ends_on)
            for source in _sources.values()
            for duty in source(away, person, now)
        ]
    return sorted(found, key=_in_order)


def _in_order(duty: Duty) -> tuple[bool, float, float]:
    """By due date; what has none follows, the longest wait first."""
    due = duty.due.timestamp() if duty.due else 0.0
    since = duty.since.timestamp() if duty.since else float("inf")
    return duty.due is None, due, since
