"""Who was told that a promise is due soon or late, from the notices of its events."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Q

from intake.models import WorkRequest
from notifications.models import OutboxMessage
from sla.models import Clock, ClockEvent

DIGEST = "clock_digest"
DIGESTS_READ = 20


def told_of(clocks: Iterable[Clock]) -> dict[int, str]:
    """The names of the people that were told, by the id of the clock; in three queries."""
    wanted = {clock.pk: clock for clock in clocks}
    events = ClockEvent.objects.live().filter(clock__in=wanted).order_by()
    clock_of = dict(events.values_list("pk", "clock_id"))
    if not clock_of:
        return {}
    names: dict[int, list[str]] = defaultdict(list)
    about = {f"request-{work.pk}" for clock in wanted.values() if (work := _work(clock))}
    for name, events_told in _notices(about):
        for event in events_told:
            if event in clock_of and name not in names[clock_of[event]]:
                names[clock_of[event]].append(name)
    return {pk: ", ".join(told) for pk, told in names.items() if told}


def _work(clock: Clock) -> WorkRequest | None:
    return getattr(clock.subject, "work", None)


def _notices(about: set[str]) -> list[tuple[str, list[int]]]:
    """Names with the events that each notice told of; digests name many, and only the last few
    are looked at."""
    newest = OutboxMessage.objects.filter(about="clocks", kind=DIGEST).order_by("-pk")
    single = Q(about__in=about, kind__startswith="clock_")
    digests = Q(pk__in=list(newest.values_list("pk", flat=True)[:DIGESTS_READ]))
    rows = OutboxMessage.objects.filter(single | digests).exclude(status=OutboxMessage.Status.STALE)
    told = rows.order_by("pk").values_list("recipient__name", "payload")
    return [(name, _events(payload)) for name, payload in told]


def _events(payload: dict[str, object]) -> list[int]:
    named = payload.get("events")
    if isinstance(named, list):
        return named
    event = payload.get("event_id")
    return [event] if isinstance(event, int) else []
