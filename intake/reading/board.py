"""The promise board now: which promises are late, due today, due this week or paused (ux.md 5.12).

Each group is a range of one index, read by the key of its last row, and counts stop at a cap. So
the board costs the same whether a thousand requests are stored or a million.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import chain
from typing import NamedTuple

from django.db import connection
from django.db.models import Max, Q, QuerySet, Value
from django.urls import reverse
from django.utils import timezone

from intake.models import Message, WorkRequest
from intake.reading.promises import Chip, chip_of, promised
from intake.reading.queue_figures import CAP, capped
from intake.reading.told import told_of
from intake.services.lifecycle import PARKED, WAITING
from sla.business_time import to_microseconds, to_moment, worked
from sla.metrics import METRICS
from sla.models import BusinessCalendar, Clock
from sla.services import hours
from sla.services.days_off import organisation_calendar

SHOWN = 25
PAGE = 100
SILENT_DAYS = 5
State = Clock.State
REASONS = {WAITING: "Waiting for the requester", PARKED: "Parked"}


class Place(NamedTuple):
    """What a clock belongs to: its name and its page."""

    words: str
    address: str


Reader = Callable[[Iterable[int]], dict[int, Place]]
_places: dict[str, Reader] = {}


def register_subjects(kind: str, reader: Reader) -> None:
    """Let an app name what its clocks time; `reader` gets ids of subjects of that kind."""
    _places[kind] = reader


@dataclass(frozen=True)
class Group:
    """One part of the board: which clocks, in which order, and what is said when there are none."""

    slug: str
    words: str
    order: str
    holds: Callable[[datetime], Q]
    empty: str


def _midnight(now: datetime, days: int = 1) -> datetime:
    """The end of the viewer's day, or of a later one."""
    local = timezone.localtime(now)
    return datetime.combine(local.date() + timedelta(days=days), time(), local.tzinfo)


def _week_end(now: datetime) -> datetime:
    """Sunday's midnight; on a Sunday, that of the week that begins."""
    left = 6 - timezone.localtime(now).weekday()
    return _midnight(now, (left or 7) + 1)


GROUPS = {
    group.slug: group
    for group in (
        Group(
            "late",
            "Late",
            "due_at",
            lambda now: Q(state=State.RUNNING, due_at__lt=now),
            "No promise is late.",
        ),
        Group(
            "today",
            "Due today",
            "due_at",
            lambda now: Q(state=State.RUNNING, due_at__gte=now, due_at__lt=_midnight(now)),
            "Nothing is due today.",
        ),
        Group(
            "week",
            "Due this week",
            "due_at",
            lambda now: Q(
                state=State.RUNNING, due_at__gte=_midnight(now), due_at__lt=_week_end(now)
            ),
            "Nothing more is due this week.",
        ),
        Group(
            "paused",
            "Paused",
            "paused_at",
            lambda _: Q(state=State.PAUSED, paused_at__isnull=False),
            "No clock is paused.",
        ),
    )
}


class Row(NamedTuple):
    """One promise of the board."""

    pk: int
    chip: Chip
    reference: str
    address: str
    title: str
    promise: str
    due_at: datetime | None
    service: str
    tier: str
    tier_words: str
    person: str
    told: str
    reason: str
    last_contact: datetime | None


class Part(NamedTuple):
    """A group with its first rows; `number` is capped, `more` leads to the rest."""

    group: Group
    number: str
    rows: list[Row]
    more: str


def board_now(now: datetime) -> list[Part]:
    """Every group with its first rows."""
    counts = _counts([_clocks().filter(group.holds(now)) for group in GROUPS.values()])
    found = {group.slug: list(_of(group, now)[:SHOWN]) for group in GROUPS.values()}
    rows = _rows([clock for clocks in found.values() for clock in clocks], now)
    return [
        Part(
            group,
            capped(count),
            [rows[clock.pk] for clock in found[group.slug]],
            f"{reverse('board')}?group={group.slug}" if count > SHOWN else "",
        )
        for group, count in zip(GROUPS.values(), counts, strict=True)
    ]


def one_group(group: Group, now: datetime, after: int) -> tuple[Part, str]:
    """A page of one group behind the clock of this id, and the address of the next page."""
    queryset = _of(group, now)
    [count] = _counts([queryset])
    clocks = list(_behind(queryset, group.order, after)[: PAGE + 1])
    rows = _rows(clocks[:PAGE], now)
    address = f"{reverse('board')}?group={group.slug}&after="
    following = f"{address}{clocks[PAGE - 1].pk}" if len(clocks) > PAGE else ""
    return Part(group, capped(count), list(rows.values()), ""), following


def silent(now: datetime, after: int) -> tuple[list[Row], str, str]:
    """Clocks paused over five working days, the longest first; their number, and the next page.

    Working days are those of the organisation's calendar.
    """
    calendar = organisation_calendar(now)
    since = _working_days_ago(calendar, SILENT_DAYS, now) if calendar else now
    queryset = _of(GROUPS["paused"], now).filter(paused_at__lt=since)
    [count] = _counts([queryset])
    clocks = list(_behind(queryset, "paused_at", after)[: PAGE + 1])
    rows = _rows(clocks[:PAGE], now)
    address = f"{reverse('board_paused')}?after="
    following = f"{address}{clocks[PAGE - 1].pk}" if len(clocks) > PAGE else ""
    return list(rows.values()), capped(count), following


def _working_days_ago(calendar: BusinessCalendar, days: int, now: datetime) -> datetime:
    """The latest moment from which so many working days have passed by now, to the minute."""
    week = hours.timetable(calendar).hours
    length = week.day_length()
    amount = days * to_microseconds(length) if length else 0
    if not amount:
        return now - timedelta(days=days)
    early, late = now - timedelta(days=days * 4), now
    while late - early > timedelta(minutes=1):
        middle = early + (late - early) / 2
        is_enough = worked(week, to_moment(middle), to_moment(now)) >= amount
        early, late = (middle, late) if is_enough else (early, middle)
    return early


def _clocks() -> QuerySet[Clock]:
    return Clock.objects.all()


def _of(group: Group, now: datetime) -> QuerySet[Clock]:
    related = ("target", "calendar", "subject__work__requester", "subject__work__analyst")
    more = ("subject__work__tier", "subject__work__service__current")
    found = _clocks().filter(group.holds(now)).select_related(*related, *more)
    return found.order_by(group.order, "pk")


def _behind(queryset: QuerySet[Clock], field: str, after: int) -> QuerySet[Clock]:
    last = _clocks().filter(pk=after).values_list(field, flat=True).first() if after else None
    if last is None:
        return queryset
    return queryset.filter(
        Q(**{f"{field}__gt": last}) | Q(**{field: last, "pk__gt": after}),
        **{f"{field}__gte": last},
    )


def _counts(querysets: Sequence[QuerySet[Clock]]) -> list[int]:
    """How many each holds, up to the cap, in one statement."""
    ones = [
        found.select_related(None).order_by().values_list(Value(1))[: CAP + 1]
        for found in querysets
    ]
    compiled = [queryset.query.sql_with_params() for queryset in ones]
    parts = [f"(SELECT COUNT(*) FROM ({sql}) AS part{n})" for n, (sql, _) in enumerate(compiled)]  # noqa: S608
    with connection.cursor() as cursor:
        values = list(chain.from_iterable(values for _, values in compiled))
        cursor.execute(f"SELECT {', '.join(parts)}", values)
        return [int(count) for count in cursor.fetchone()]


def _rows(clocks: list[Clock], now: datetime) -> dict[int, Row]:
    """Rows by the id of their clock, in the order of the clocks."""
    hours.load(clock.calendar for clock in clocks)
    told = told_of(clocks)
    works = {clock.pk: work for clock in clocks if (work := _work(clock))}
    contact = _last_contacts([work.pk for work in works.values()])
    others = _named([clock for clock in clocks if clock.pk not in works])
    return {
        clock.pk: _row(clock, works.get(clock.pk), others, told, contact, now) for clock in clocks
    }


def _work(clock: Clock) -> WorkRequest | None:
    return getattr(clock.subject, "work", None)


def _last_contacts(works: list[int]) -> dict[int, datetime]:
    """When the PMO last wrote to the other side, by request."""
    said = Message.objects.public().filter(work__in=works, from_pmo=True)
    pairs = said.order_by().values_list("work").annotate(last=Max("sent_at"))
    return dict(pairs) if works else {}


def _named(clocks: list[Clock]) -> dict[int, Place]:
    found: dict[int, Place] = {}
    for kind in {clock.subject.kind for clock in clocks} & _places.keys():
        found |= _places[kind]([c.subject_id for c in clocks if c.subject.kind == kind])
    return found


def _row(
    clock: Clock,
    work: WorkRequest | None,
    others: dict[int, Place],
    told: dict[int, str],
    contact: dict[int, datetime],
    now: datetime,
) -> Row:
    chip, told_words = chip_of(clock, now), told.get(clock.pk, "")
    if work is None:
        place = others.get(clock.subject_id, Place(str(clock.subject), ""))
        name = METRICS[clock.metric].name
        things = (place.words, place.address, "", name, clock.due_at, "", "", "", "")
        return Row(clock.pk, chip, *things, told_words, _reason(clock), None)
    tier = work.tier
    return Row(
        pk=clock.pk,
        chip=chip,
        reference=work.reference,
        address=reverse("intake:triage_detail", args=[work.reference]),
        title=work.title,
        promise=_promise(clock, work),
        due_at=clock.due_at,
        service=str(work.service) if work.service else "",
        tier=tier.level if tier else "",
        tier_words=str(tier) if tier else "",
        person=work.analyst.name if work.analyst else "Nobody yet",
        told=told_words,
        reason=_reason(clock),
        last_contact=contact.get(work.pk),
    )


def _promise(clock: Clock, work: WorkRequest) -> str:
    words = promised(clock, work, you=work.requester.name)
    return words[:1].upper() + words[1:]


def _reason(clock: Clock) -> str:
    reasons = [REASONS.get(reason, reason.replace("_", " ")) for reason in clock.pause_reasons]
    return ", ".join(reasons)
