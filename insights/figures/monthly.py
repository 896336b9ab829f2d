"""The five numbers of a month, each with the rows that it was counted from.

Every function asks the database only for what it counts, and takes the month as its first day.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from statistics import median
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from intake.models import Decision, PromiseMonth, ResultCheck, WorkRequest
from intake.states import State
from intake.track_record import judged, month_bounds

Difference = ResultCheck.Difference
HELPED = (Difference.CLEARLY, Difference.A_LITTLE)
# Ended with something in the hands of whoever asked.
DELIVERED = (State.DONE, State.ANSWERED)


class Counted(NamedTuple):
    """A number, out of how many, and the ids of the requests that it was counted from.

    `value` is None where there is nothing to count. `part` and `whole` say it in counts.
    """

    value: float | None
    part: int
    whole: int
    rows: list[int]


NOTHING = Counted(None, 0, 0, [])


def shifted(month: date, by: int) -> date:
    number = month.year * 12 + month.month - 1 + by
    return date(number // 12, number % 12 + 1, 1)


def lead_times(month: date) -> list[tuple[int, int]]:
    """Days from "first asked" to "decided", by request, of what was decided in the month."""
    decided = Decision.objects.filter(
        decided_on__gte=month, decided_on__lt=shifted(month, 1)
    ).exclude(work__state=State.DRAFT)
    rows = decided.order_by("work").values_list("work", "first_asked_on", "decided_on")
    return [(work, max((on - asked).days, 0)) for work, asked, on in rows if on]


def lead_time(month: date) -> Counted:
    """The median of the month's lead times, in days."""
    times = lead_times(month)
    if not times:
        return NOTHING
    middle = float(median(days for _, days in times))
    return Counted(middle, len(times), len(times), [work for work, _ in times])


def received(month: date) -> Q:
    start, end = month_bounds(month)
    return Q(received_at__gte=start, received_at__lt=end)


def urgent_share(month: date) -> Counted:
    """How many of the requests received in the month were treated as urgent; rows are those."""
    came = WorkRequest.objects.received().filter(received(month))
    whole = came.count()
    urgent = came.filter(urgency=WorkRequest.Urgency.ACCEPTED).order_by("pk")
    rows = list(urgent.values_list("pk", flat=True))
    return Counted(len(rows) / whole if whole else None, len(rows), whole, rows)


class Approach(NamedTuple):
    """What was delivered in a month, in three parts: ids of requests."""

    as_ordered: list[int]
    framed: list[int]
    measured: list[int]

    @property
    def ratio(self) -> str:
        """As "1 : 1.8": delivered as ordered against framed and measured."""
        orders, value = len(self.as_ordered), len(self.measured)
        if not orders:
            return f"0 : {value}"
        return f"1 : {value / orders:.1f}"


def approach(month: date) -> Approach:
    """Requests closed with a delivery: as ordered, framed, or framed and its result measured.

    Framed means that both sides agreed on a need; measured, that an effect was recorded.
    """
    start, end = month_bounds(month)
    effects = ResultCheck.objects.filter(work=OuterRef("pk"))
    is_measured = Exists(effects.exclude(difference=Difference.NOT_MEASURABLE))
    closed = WorkRequest.objects.filter(
        state__in=DELIVERED, closed_at__gte=start, closed_at__lt=end
    ).annotate(is_measured=is_measured)
    parts = Approach([], [], [])
    for pk, need, has_effect in closed.order_by("pk").values_list("pk", "need", "is_measured"):
        chosen = parts.as_ordered if not need else parts.measured if has_effect else parts.framed
        chosen.append(pk)
    return parts


def promises_kept(month: date) -> Counted:
    """Time promises whose fate was sealed in the month; rows are the requests that missed one.

    Read from the board's figures of the month (`intake.services.figures`).
    """
    rows = PromiseMonth.objects.filter(month=month).values_list("met", "missed")
    met, missed = sum(row[0] for row in rows), sum(row[1] for row in rows)
    whole = met + missed
    start, end = month_bounds(month)
    late = judged(start, end).filter(breached_at__isnull=False)
    works = late.order_by("subject__work").values_list("subject__work", flat=True).distinct()
    return Counted(met / whole if whole else None, met, whole, [pk for pk in works if pk])


def results_that_helped(month: date) -> Counted:
    """Requests whose result was told in the month, and for how many it made a difference."""
    start, end = month_bounds(month)
    told = ResultCheck.objects.filter(at__gte=start, at__lt=end)
    newest: dict[int, str] = dict(
        told.exclude(difference=Difference.NOT_MEASURABLE)
        .order_by("at", "pk")
        .values_list("work", "difference")
    )
    return share(newest.values(), HELPED, rows=sorted(newest))


def share(values: Iterable[str], wanted: Sequence[str], *, rows: list[int]) -> Counted:
    found = list(values)
    part = sum(value in wanted for value in found)
    return Counted(part / len(found) if found else None, part, len(found), rows)


def first_month() -> date | None:
    """The month of the first request: where the baseline begins."""
    first = WorkRequest.objects.received().order_by("received_at")
    at = first.values_list("received_at", flat=True).first()
    return (
        timezone.localtime(at, ZoneInfo(settings.TIME_ZONE)).date().replace(day=1) if at else None
    )


BASELINE_MONTHS = 3


def baseline_months(first: date | None) -> list[date]:
    """The three months that later ones are held against."""
    return [shifted(first, by) for by in range(BASELINE_MONTHS)] if first else []


def baseline_of_lead_time(months: Sequence[date]) -> float | None:
    days = [took for month in months for _, took in lead_times(month)]
    return float(median(days)) if days else None


def baseline_of_urgent_share(months: Sequence[date]) -> float | None:
    counts = [urgent_share(month) for month in months]
    whole = sum(count.whole for count in counts)
    return sum(count.part for count in counts) / whole if whole else None
