"""The promise board by month: how each promise of each service was kept (ux.md 5.12)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlencode

from django.urls import reverse

from catalog.models import Service
from catalog.templatetags.catalog_tags import ENOUGH_FOR_PERCENT
from intake.effort import promise_words, working_words
from intake.models import PromiseMonth
from intake.services.figures import refresh
from intake.track_record import months_until
from sla.metrics import METRICS
from sla.models import SlaTarget
from sla.outcomes import Compliance
from sla.services import hours

MONTHS = 6
MOST_MONTHS_BACK = 60
WIDTH, HEIGHT = 120, 28
NO_SERVICE = "No service yet"
PROMISE_NAMES = {
    "first_reply": "A person replies",
    "proposal": "A proposal or an answer",
    "next_contact": "We write again",
    "blueprint": "The work is set up",
    "delivery": "The first result is there",
    "handoff": "A step is handed over",
    "verdict": "The pilot is decided",
}


class Cell(NamedTuple):
    """One month of a promise: how it was kept, and the address of its rows."""

    month: date
    kept: Compliance
    address: str


class Line(NamedTuple):
    """One promise of a service, its chosen month, and the six months that end with it."""

    name: str
    policy: str
    target: str
    now: Cell
    missed_address: str
    months: list[Cell]
    picture: list[str]
    median: str
    p85: str
    paused: str
    longest_pause: str


class Block(NamedTuple):
    """A service with its promises; without a slug, those of requests that have none yet."""

    name: str
    slug: str
    lines: list[Line]


@dataclass(frozen=True)
class MonthPage:
    """What the month tab shows."""

    month: date
    months: list[date]
    previous: date
    following: date | None
    blocks: list[Block]
    as_of: datetime
    is_present: bool


def month_page(month: date, *, now: datetime, service: Service | None = None) -> MonthPage:
    """Figures of a month and the five before it, of one service or of all."""
    months = _months_to(month)
    present = months_until(now, 1)[0]
    runs = refresh(months, now=now)
    rows = list(PromiseMonth.objects.of_months(months[0], months[-1]))
    if service:
        rows = [row for row in rows if row.service_id == service.pk]
    return MonthPage(
        month=month,
        months=months,
        previous=_shifted(month, -1),
        following=_shifted(month, 1) if month < present else None,
        blocks=_blocks(rows, months, now),
        as_of=runs[-1].figured_at,
        is_present=month == present,
    )


def asked_month(text: str, now: datetime) -> date:
    """Read "2026-10"; the present month for anything else, or for one ahead or long gone."""
    present = months_until(now, 1)[0]
    try:
        year, month = (int(part) for part in text.split("-"))
        asked = date(year, month, 1)
    except ValueError:
        return present
    is_known = _shifted(present, -MOST_MONTHS_BACK) <= asked <= present
    return asked if is_known else present


def _shifted(month: date, by: int) -> date:
    number = month.year * 12 + month.month - 1 + by
    return date(number // 12, number % 12 + 1, 1)


def _months_to(month: date) -> list[date]:
    return [_shifted(month, back - MONTHS + 1) for back in range(MONTHS)]


def _blocks(rows: Iterable[PromiseMonth], months: list[date], now: datetime) -> list[Block]:
    targets = _targets(now)
    by_promise: dict[tuple[int | None, int, str], list[PromiseMonth]] = defaultdict(list)
    for row in rows:
        by_promise[row.service_id, row.policy_id, row.metric].append(row)
    blocks: dict[int | None, Block] = {}
    order = list(METRICS)
    for key in sorted(by_promise, key=lambda key: (order.index(key[2]), key[1])):
        found = by_promise[key]
        service = found[0].service
        block = blocks.setdefault(
            key[0], Block(str(service or NO_SERVICE), service.slug if service else "", [])
        )
        block.lines.append(_line(found, months, targets.get((key[1], key[2]))))
    in_order = sorted(blocks, key=lambda pk: (pk is None, _position(by_promise, pk)))
    return [blocks[pk] for pk in in_order]


def _position(
    rows: dict[tuple[int | None, int, str], list[PromiseMonth]], service: int | None
) -> tuple[int, int]:
    of_service = next(found[0].service for key, found in rows.items() if key[0] == service)
    return (of_service.position, of_service.pk) if of_service else (0, 0)


def _targets(now: datetime) -> dict[tuple[int, str], SlaTarget]:
    """What each policy promises now, by policy and metric."""
    found = SlaTarget.objects.in_force(now).select_related("version", "calendar")
    targets = {(target.version.policy_id, target.metric): target for target in found}
    hours.load(target.calendar for target in targets.values())
    return targets


def _line(rows: list[PromiseMonth], months: list[date], target: SlaTarget | None) -> Line:
    by_month = {row.month: row for row in rows}
    cells = [_cell(rows[0], month, by_month.get(month)) for month in months]
    last = by_month.get(months[-1])
    day = hours.timetable(target.calendar).hours.day_length() if target else None

    def amount(microseconds: int | None) -> str:
        if microseconds is None:
            return "–"
        return working_words(timedelta(microseconds=microseconds), day).replace("working ", "")

    return Line(
        name=PROMISE_NAMES.get(rows[0].metric, METRICS[rows[0].metric].name),
        policy=rows[0].policy.name,
        target=promise_words(target),
        now=cells[-1],
        missed_address=f"{cells[-1].address}&outcome=missed",
        months=cells,
        picture=picture([cell.kept for cell in cells]),
        median=amount(last.median_us if last else None),
        p85=amount(last.p85_us if last else None),
        paused=_share(last),
        longest_pause=amount(last.longest_pause_us) if last and last.longest_pause_us else "–",
    )


def _share(row: PromiseMonth | None) -> str:
    """Paused working time of all working time; in words where a percentage would mislead."""
    if row is None or not row.worked_us + row.paused_us:
        return "–"
    if not row.paused_us:
        return "none"
    if row.met + row.missed < ENOUGH_FOR_PERCENT:
        return "some"
    return f"{row.paused_us * 100 // (row.worked_us + row.paused_us)} %"


def _cell(of: PromiseMonth, month: date, row: PromiseMonth | None) -> Cell:
    kept = Compliance(row.met, row.missed, 0, 0) if row else Compliance(0, 0, 0, 0)
    query = {
        "month": f"{month:%Y-%m}",
        "metric": of.metric,
        "policy": of.policy_id,
        "service": of.service.slug if of.service else "",
    }
    return Cell(month, kept, f"{reverse('board_rows')}?{urlencode(query)}")


def picture(months: list[Compliance]) -> list[str]:
    """The points of a small line of the kept share, month by month; a month without is a gap."""
    step = WIDTH // max(len(months) - 1, 1)
    pieces: list[list[str]] = [[]]
    for number, kept in enumerate(months):
        if kept.ratio is None:
            pieces.append([])
            continue
        height = 2 + float(1 - kept.ratio) * (HEIGHT - 4)
        pieces[-1].append(f"{number * step},{height:.1f}")
    return [" ".join(points) for points in pieces if points]
