"""The calendar of recurring decisions, as a list and by month, and what they answered."""

from calendar import Calendar
from collections import defaultdict
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Count
from django.utils import timezone

from accounts.models import User
from intake.models import Cadence, CadenceAnswer, WorkRequest
from intake.services.cadences import dates_between, next_date


class Row(NamedTuple):
    """One recurring decision with its next date, and those of its answers that may be seen."""

    cadence: Cadence
    next_on: date
    answered: int
    works: list[WorkRequest]


class Day(NamedTuple):
    on: date
    is_inside: bool
    is_today: bool
    cadences: list[Cadence]


SHOWN = 3


def rows(user: User, *, today: date) -> list[Row]:
    """The kept ones, soonest first."""
    kept = Cadence.objects.filter(ended_at=None).select_related("service__current")
    counted = kept.annotate(answered=Count("answers"))
    works = _visible_answers(user)
    found = [
        Row(cadence, next_date(cadence, today), cadence.answered, works[cadence.pk][:SHOWN])
        for cadence in counted
    ]
    return sorted(found, key=lambda row: (row.next_on, row.cadence.name))


def _visible_answers(user: User) -> dict[int, list[WorkRequest]]:
    seen = WorkRequest.objects.visible_to(user)
    found: dict[int, list[WorkRequest]] = defaultdict(list)
    answers = CadenceAnswer.objects.filter(work__in=seen).select_related("work")
    for answer in answers.order_by("-at")[:200]:
        found[answer.cadence_id].append(answer.work)
    return found


def month_of(first: date, *, today: date) -> list[list[Day]]:
    """The weeks of a month, each day with what is decided on it."""
    weeks = Calendar().monthdatescalendar(first.year, first.month)
    on: dict[date, list[Cadence]] = defaultdict(list)
    for cadence in Cadence.objects.filter(ended_at=None).order_by("name"):
        for day in dates_between(cadence, weeks[0][0], weeks[-1][-1]):
            on[day].append(cadence)
    return [
        [Day(day, day.month == first.month, day == today, on[day]) for day in week]
        for week in weeks
    ]


def answered_this_quarter(now: datetime) -> int:
    """How many asks a cadence answered since the quarter began."""
    today = timezone.localdate(now)
    begun = datetime(
        today.year, (today.month - 1) // 3 * 3 + 1, 1, tzinfo=timezone.get_current_timezone()
    )
    return CadenceAnswer.objects.filter(at__gte=begun).count()
