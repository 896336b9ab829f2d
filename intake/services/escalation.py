"""Who hears of a clock: each event becomes notices, in one transaction, right after its batch.

The event row is the duty. Several events of one clock in a batch make one notice, for the most
severe (sla-spec 7.1); each person hears of a clock, cycle and threshold once.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from accounts.models import Role, User
from intake.models import WorkRequest
from intake.services.notices import notices
from notifications.models import OutboxMessage
from notifications.services import enqueue_many
from sla.models import ClockEvent
from sla.services import sweep

BATCH = 500
# Half of the time used is worth recording, not worth a mail.
SILENT = frozenset({"warn-50"})


def notify_all(now: datetime) -> int:
    """Turn every recorded event that nobody was told of into notices; return how many events."""
    told = 0
    while batch := _notify_batch(now):
        told += batch
    return told


@transaction.atomic
def _notify_batch(now: datetime) -> int:
    events = list(sweep.claim_unnotified(BATCH))
    if not events:
        return 0
    works = _works_of(events)
    leads = list(User.objects.holding(Role.LEAD))
    owed = [
        message
        for event in _most_severe(events)
        if (work := works.get(event.clock.subject_id)) and event.threshold_key not in SILENT
        for message in _notices(event, work, leads, now)
    ]
    enqueue_many(owed)
    sweep.mark_notified([event.pk for event in events])
    return len(events)


def _works_of(events: Iterable[ClockEvent]) -> dict[int, WorkRequest]:
    subjects = {event.clock.subject_id for event in events}
    works = WorkRequest.objects.filter(subject__in=subjects).select_related("analyst")
    return {work.subject_id: work for work in works}


def _most_severe(events: Iterable[ClockEvent]) -> list[ClockEvent]:
    """The latest threshold of each clock and cycle: thresholds are passed in order."""
    latest: dict[tuple[int, int], ClockEvent] = {}
    for event in sorted(events, key=lambda e: (e.due_at, e.pk)):
        latest[event.clock_id, event.cycle] = event
    return list(latest.values())


def _notices(
    event: ClockEvent, work: WorkRequest, leads: list[User], now: datetime
) -> list[OutboxMessage]:
    """A warning goes to the analyst; a breach too, or to the leads; an escalation to the leads."""
    to_leads = event.kind == ClockEvent.Kind.ESCALATE or work.analyst is None
    people = leads if to_leads or work.analyst is None else [work.analyst]
    return notices(
        f"clock_{event.kind}",
        work,
        to=people,
        at=now,
        event=f"{event.clock_id}:{event.cycle}:{event.threshold_key}",
        event_id=event.pk,
    )
