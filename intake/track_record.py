"""How promises were kept, from the outcomes of real clocks (sla-spec 9).

A clock counts in the month in which its fate was sealed: met at its stop, missed when it was
breached; cancelled ones are left out. Figures are kept for some minutes, because everybody may
see them and a large portal has many clocks.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Coalesce, TruncMonth

from catalog.models import Service
from intake.effort import promise_words, working_words
from intake.states import Lane
from sla.models import Clock
from sla.outcomes import Compliance, month_window
from sla.services import clocks, hours

KEPT_FOR = 600
MONTHS = 6
SERVICE_DAYS = 91
# A median over the latest ones is as good as over all of them.
TYPICAL_OF = 2000
SMALL_ASK = "small-ask"
Key = tuple[str, str]
Counted = dict[tuple[str, str, date], Compliance]
MET = Count("id", filter=Q(breached_at__isnull=True))
MISSED = Count("id", filter=Q(breached_at__isnull=False))

PROMISES: tuple[tuple[Key, str], ...] = (
    (("first_reply", ""), "A person replies to you"),
    (("proposal", "quick-lane"), "You get an answer in the quick lane"),
    (("proposal", "full-lane"), "You get a proposal in the full lane"),
    (("proposal", "urgent"), "You get a plan when it is treated as urgent"),
    (("next_contact", ""), "You hear from us again while your request is open"),
    (("delivery", ""), "The first result is there when the tier says"),
)
# Whose target says how long a promise takes; a delivery takes as long as the tier says.
POLICY_OF_PROMISE = {"first_reply": "full-lane", "next_contact": "full-lane"}


@dataclass(frozen=True)
class LastMonth:
    """The figures of the front page. `typical` is empty when nothing was proposed."""

    month: date
    replies: Compliance
    typical: str


@dataclass(frozen=True)
class PromiseRecord:
    """One promise in words, its limit, and how it was kept by month."""

    words: str
    within: str
    months: list[Compliance]

    @property
    def total(self) -> Compliance:
        return _sum(self.months)


def cached(name: str, read: Callable[[], Any]) -> Any:
    # What another version of the program kept may have another shape.
    return cache.get_or_set(f"track-record:{settings.VERSION}:{name}", read, KEPT_FOR)


def months_until(now: datetime, count: int) -> list[date]:
    """The first days of the last `count` months of the organisation, the present one last."""
    today = now.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    number = today.year * 12 + today.month - 1
    return [date(n // 12, n % 12 + 1, 1) for n in range(number - count + 1, number + 1)]


def window(first: date, last: date) -> tuple[datetime, datetime]:
    start, _ = month_window(first.year, first.month, settings.TIME_ZONE)
    _, end = month_window(last.year, last.month, settings.TIME_ZONE)
    return start, end


def month_bounds(month: date) -> tuple[datetime, datetime]:
    """The instants between which a month of the organisation lies."""
    return window(month, month)


def judged(start: datetime, end: datetime) -> QuerySet[Clock]:
    """Clocks of requests whose fate was sealed in [start, end), with the moment it was.

    A next contact ends as cancelled when the next word starts it anew; that word kept it.
    """
    ends = Q(state=Clock.State.STOPPED) | Q(metric="next_contact", state=Clock.State.CANCELLED)
    met = ends & Q(breached_at__isnull=True, ended_at__gte=start, ended_at__lt=end)
    is_open = Q(state__in=(Clock.State.RUNNING, Clock.State.PAUSED))
    missed = (ends | is_open) & Q(breached_at__gte=start, breached_at__lt=end)
    counted = Clock.objects.filter(met | missed, subject__kind="request")
    return counted.annotate(sealed_at=Coalesce("breached_at", "ended_at"))


def _sum(parts: Iterable[Compliance]) -> Compliance:
    known = list(parts)
    return Compliance(sum(p.met for p in known), sum(p.missed for p in known), 0, 0)


def last_month(now: datetime) -> LastMonth:
    """Replies on time and the typical time to a proposal, of the month before this one."""
    month = months_until(now, 2)[0]
    found: LastMonth = cached(f"last-month:{month}", lambda: _read_last_month(month))
    return found


def _read_last_month(month: date) -> LastMonth:
    start, end = window(month, month)
    counts = judged(start, end).filter(metric="first_reply").aggregate(met=MET, missed=MISSED)
    replies = Compliance(counts["met"], counts["missed"], 0, 0)
    return LastMonth(month, replies, _typical_proposal(start, end))


def _typical_proposal(start: datetime, end: datetime) -> str:
    """The median working time until a full-lane proposal, in words."""
    proposed = Clock.objects.filter(
        metric="proposal",
        state=Clock.State.STOPPED,
        ended_at__gte=start,
        ended_at__lt=end,
        subject__work__lane=Lane.CONSULT,
    )
    worked = list(proposed.order_by("-ended_at").values_list("worked_us", flat=True)[:TYPICAL_OF])
    if not worked:
        return ""
    calendar = proposed.select_related("calendar")[0].calendar
    day = hours.timetable(calendar).hours.day_length()
    return working_words(timedelta(microseconds=median(worked)), day)


def promise_records(now: datetime) -> tuple[list[date], list[PromiseRecord]]:
    """Each promise with the record of the last months; promises without any are left out."""
    months = months_until(now, MONTHS)
    counted: Counted = cached(f"promises:{months[0]}", lambda: _count_by_month(months))
    limits = _limits(now)
    records = [
        PromiseRecord(words, limits.get(key, ""), _months_of(key, months, counted))
        for key, words in PROMISES
    ]
    return months, [record for record in records if record.total.ratio is not None]


def _count_by_month(months: list[date]) -> Counted:
    start, end = window(months[0], months[-1])
    month = TruncMonth("sealed_at", tzinfo=ZoneInfo(settings.TIME_ZONE))
    policy = F("target__version__policy__slug")
    found = judged(start, end).annotate(month=month, policy=policy)
    rows = found.values("metric", "policy", "month").annotate(met=MET, missed=MISSED).order_by()
    return {
        (row["metric"], row["policy"], row["month"].date()): Compliance(
            row["met"], row["missed"], 0, 0
        )
        for row in rows
    }


def _months_of(key: Key, months: list[date], counted: Counted) -> list[Compliance]:
    """One promise month by month; a key without a policy means the metric under every policy."""
    metric, policy = key
    return [
        _sum(
            counts
            for (of, under, in_month), counts in counted.items()
            if of == metric and policy in ("", under) and in_month == month
        )
        for month in months
    ]


def _limits(now: datetime) -> dict[Key, str]:
    """How long each promise may take by the policies in force, in words."""
    slugs = {key: key[1] or POLICY_OF_PROMISE.get(key[0], "") for key, _ in PROMISES}
    policies = {slug: clocks.policy_targets(slug, at=now) for slug in set(slugs.values()) if slug}
    return {key: promise_words(policies[slug].get(key[0])) for key, slug in slugs.items() if slug}


def by_service(now: datetime) -> dict[int, Compliance]:
    """How each service kept its promise in the last three months, by its id.

    Its promise is the first result; in the quick lane, the answer. A quick-lane request that
    names no service is a small ask.
    """
    since = now - timedelta(days=SERVICE_DAYS)
    found: dict[int, Compliance] = cached("services", lambda: _count_by_service(since, now))
    return found


def _count_by_service(since: datetime, now: datetime) -> dict[int, Compliance]:
    order = Q(metric="proposal", subject__work__lane=Lane.ORDER)
    consult = Q(metric="delivery", subject__work__lane=Lane.CONSULT)
    found = judged(since, now).filter(order | consult)
    rows = (
        found.values(service=F("subject__work__service"))
        .annotate(met=MET, missed=MISSED)
        .order_by()
    )
    counted = {row["service"]: Compliance(row["met"], row["missed"], 0, 0) for row in rows}
    nameless = counted.pop(None, None)
    small = _small_ask_id() if nameless else None
    if nameless and small:
        counted[small] = _sum([nameless, *filter(None, [counted.get(small)])])
    return counted


def _small_ask_id() -> int | None:
    return Service.objects.filter(slug=SMALL_ASK).values_list("pk", flat=True).first()
