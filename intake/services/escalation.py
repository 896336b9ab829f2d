"""Who hears of a clock: each event becomes notices, in one transaction, right after its batch.

The event row is the duty. Several events of one clock in a batch make one notice, for the most
severe (sla-spec 7.1); each person hears of a clock, cycle and threshold once. More than twenty
clocks at once become one digest for a person, and so do the clocks that a correction of a
calendar moved (sla-spec 5.2, 7.4).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import Role, User
from catalog.models import Pilot
from intake.models import WorkRequest
from intake.services.notices import notices
from intake.services.pilots import told_of_late_verdict
from notifications.models import OutboxMessage
from notifications.services import enqueue_many, notice
from sla.models import ClockEvent
from sla.services import sweep
from sla.services.events import Fact
from sla.thresholds import recipients_of

BATCH = 500
MOST_SINGLE = 20
NAMED = 100  # clocks that a digest names; of the others it says how many they are
DIGEST = "clock_digest"
# Half of the time used is worth recording, not worth a mail.
SILENT = frozenset({"warn-50"})
NEEDED = ("subject_id", "analyst_id", "department_id", "pilot_id", "urgency")
Status = OutboxMessage.Status


def notify_all(now: datetime) -> int:
    """Turn every recorded event that nobody was told of into notices; return how many events."""
    told = batch = _notify_batch(now)
    while batch == BATCH:
        batch = _notify_batch(now)
        told += batch
    return told


@transaction.atomic
def _notify_batch(now: datetime) -> int:
    events = sweep.claim_unnotified(BATCH)
    if not events:
        return 0
    worth_telling = [event for event in _most_severe(events) if event.threshold_key not in SILENT]
    works = _works_of({event.subject_id for event in worth_telling})
    people = _People(works.values())
    owed = [
        message
        for event in worth_telling
        if (work := works.get(event.subject_id))
        for message in _notices(event, work, people.told_of(event, work), now)
    ]
    corrected = {event.pk for event in events if event.cause == "calendar"}
    enqueue_many(_gathered(owed, corrected, now))
    sweep.mark_notified([event.pk for event in events])
    return len(events)


def _works_of(subjects: set[int]) -> dict[int, WorkRequest]:
    """The requests of these subjects, and those whose pilot is one of them."""
    works = WorkRequest.objects.only(*NEEDED)
    found = {work.subject_id: work for work in works.filter(subject__in=subjects)}
    if others := subjects - found.keys():
        tried = works.filter(pilot__in=Pilot.objects.filter(subject__in=others))
        of_pilots = {work.pilot_id: work for work in tried if work.pilot_id}
        pilots = Pilot.objects.filter(subject__in=others, pk__in=list(of_pilots))
        found |= {pilot.subject_id: of_pilots[pilot.pk] for pilot in pilots}
    _bring_people(found.values())
    return found


def _bring_people(works: Collection[WorkRequest]) -> None:
    """Few people stand for many requests: each is read once."""
    analysts = User.objects.in_bulk({work.analyst_id for work in works if work.analyst_id})
    tried = {work.pilot_id for work in works if work.pilot_id}
    pilots = Pilot.objects.select_related("decider").in_bulk(tried) if tried else {}
    for work in works:
        work.analyst = analysts[work.analyst_id] if work.analyst_id else None
        work.pilot = pilots[work.pilot_id] if work.pilot_id else None


def _most_severe(events: Iterable[Fact]) -> list[Fact]:
    """The latest threshold of each clock and cycle: thresholds are passed in order."""
    latest: dict[tuple[int, int], Fact] = {}
    for event in sorted(events, key=lambda e: (e.due_at, e.pk)):
        latest[event.clock_id, event.cycle] = event
    return list(latest.values())


class _People:
    """Who stands on each step of the ladder: roles of the threshold, as people of the request."""

    def __init__(self, works: Iterable[WorkRequest]) -> None:
        self._departments = {work.department_id for work in works if work.department_id}
        self._leads = list(User.objects.holding(Role.LEAD))
        self._sponsors: dict[int, list[User]] | None = None

    def told_of(self, event: Fact, work: WorkRequest) -> list[User]:
        """A role that nobody holds for this request passes its step on to the leads.

        Where nobody leads, the analyst hears of everything.
        """
        roles = recipients_of(event.target.thresholds, event.threshold_key, event.kind)
        found = [person for role in roles for person in self._holding(role, work)]
        found = found or ([work.analyst] if work.analyst else [])
        return list({person.pk: person for person in found}.values())

    def _holding(self, role: str, work: WorkRequest) -> list[User]:
        if role == Role.ANALYST and work.analyst:
            return [work.analyst]
        if role == Role.SPONSOR:
            return self._sponsors_of(work) or self._leads
        return self._leads

    def _sponsors_of(self, work: WorkRequest) -> list[User]:
        if self._sponsors is None:
            self._sponsors = defaultdict(list)
            people = User.objects.holding(Role.SPONSOR).filter(sponsored__in=self._departments)
            for person in people.prefetch_related("sponsored").distinct():
                for department in person.sponsored.all():
                    self._sponsors[department.pk].append(person)
        return self._sponsors.get(work.department_id or 0, [])


def _notices(
    event: Fact, work: WorkRequest, people: list[User], now: datetime
) -> list[OutboxMessage]:
    if work.pilot and event.subject_id == work.pilot.subject_id:
        return _of_verdict(event, work, work.pilot, now)
    return notices(
        f"clock_{event.kind}",
        work,
        to=people,
        at=now,
        event=f"{event.clock_id}:{event.cycle}:{event.threshold_key}",
        event_id=event.pk,
    )


def _gathered(owed: list[OutboxMessage], corrected: set[int], now: datetime) -> list[OutboxMessage]:
    """What is owed, with one digest in place of many notices to a person.

    Batches of one sweep share its moment: what an earlier one owes still counts.
    """
    by_person: dict[int, list[OutboxMessage]] = defaultdict(list)
    for message in owed:
        by_person[message.recipient_id].append(message)
    waiting = OutboxMessage.objects.filter(
        recipient__in=by_person, status=Status.DUE, created_at=now, kind__startswith="clock_"
    )
    for message in waiting.select_related("recipient"):
        by_person[message.recipient_id].insert(0, message)
    return [
        message for messages in by_person.values() for message in _for_one(messages, corrected, now)
    ]


def _for_one(
    messages: list[OutboxMessage], corrected: set[int], now: datetime
) -> list[OutboxMessage]:
    """One person's notices: the new ones, or a new digest of all."""
    count = sum(_counted(message) for message in messages)
    is_corrected = any(message.payload.get("event_id") in corrected for message in messages)
    if count <= (1 if is_corrected else MOST_SINGLE):
        return [message for message in messages if message.pk is None]
    replaced = [message.pk for message in messages if message.pk]
    if OutboxMessage.objects.filter(pk__in=replaced, lease_until=None).update(
        status=Status.STALE
    ) != len(replaced):
        # One of them is being sent this moment: the rest becomes a digest of its own.
        messages = [message for message in messages if message.pk is None]
    return [_digest(messages, now)]


def _counted(message: OutboxMessage) -> int:
    return int(message.payload["count"]) if message.kind == DIGEST else 1


def _digest(messages: list[OutboxMessage], now: datetime) -> OutboxMessage:
    named: list[Any] = []
    for message in messages:
        named += message.payload["events"] if message.kind == DIGEST else [_event_of(message)]
    count = sum(_counted(message) for message in messages)
    payload = {"events": named[:NAMED], "count": count}
    return notice(
        DIGEST,
        to=messages[0].recipient,
        about="clocks",
        key=f"{DIGEST}:{named[-1]}:{count}",
        at=now,
        payload=payload,
        is_urgent=any(message.is_urgent for message in messages),
    )


def _event_of(message: OutboxMessage) -> int:
    return int(message.payload["event_id"])


def _of_verdict(event: Fact, work: WorkRequest, pilot: Pilot, now: datetime) -> list[OutboxMessage]:
    """Before it is due who decides was asked already; a late verdict is told to the leads too."""
    if event.kind == ClockEvent.Kind.WARN:
        return []
    people = told_of_late_verdict(pilot)
    key = f"{event.clock_id}:{event.cycle}:{event.threshold_key}"
    return notices("verdict_late", work, to=people, at=now, event=key, event_id=event.pk)
