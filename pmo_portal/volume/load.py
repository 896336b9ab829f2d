"""Filling the database, chunk by chunk, so that memory stays small whatever the number."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.core.management.color import no_style
from django.db import connection, transaction

from intake import search
from intake.models import WorkRequest
from intake.services import submission
from pmo_portal.volume import asking, stories
from pmo_portal.volume.book import Book
from pmo_portal.volume.life import Life
from pmo_portal.volume.sheets import Carrier, carrier
from pmo_portal.volume.words import RARE
from pmo_portal.volume.world import World, make_world
from sla.business_time import reach, to_moment, worked

CHUNK = 1_000
DRAFTS_EACH = 100
RARE_ONES = 20
# A week has 40 working hours; some more days make up for holidays.
CALENDAR_HOURS = 168 / 40 * 1.06
# From here on nothing ends, however short the time.
ALL_OPEN = 0.95
ALL_OPEN_HOURS = 480.0

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Plan:
    """How many requests, over which time, and how many of them may have ended."""

    requests: int
    seed: int
    start: datetime
    at: datetime
    may_end: bool


def plan(*, requests: int, open_share: float, seed: int, at: datetime) -> Plan:
    """Spread requests over as long a time as leaves this share of them open at `at`."""
    may_end = open_share < ALL_OPEN
    hours = stories.horizon(seed, open_share) if may_end else ALL_OPEN_HOURS
    start = at - timedelta(hours=hours * CALENDAR_HOURS)
    return Plan(requests, seed, start, at, may_end)


def load(plan: Plan, *, progress: Progress) -> int:
    """Write the requests of a plan; return how many rows that made in all."""
    rng = Random(plan.seed)  # noqa: S311
    with transaction.atomic():
        world = make_world(rng, requests=plan.requests, start=plan.start, at=plan.at)
        numbers = submission.next_numbers(plan.requests)
    filling = Filling(plan, world, rng)
    carried = 0
    with _rarely_collected(), _sequences_after(filling.book), closing(filling):
        carried += filling.write_drafts(plan.requests // DRAFTS_EACH)
        for first in range(0, plan.requests, CHUNK):
            carried += filling.write_chunk(numbers[first : first + CHUNK], first)
            progress(min(first + CHUNK, plan.requests), carried)
    _gather_statistics()
    return carried


@contextmanager
def _rarely_collected() -> Iterator[None]:
    """Millions of rows live shortly and in no cycle: looking for cycles is a tenth of the work."""
    usual = gc.get_threshold()
    gc.set_threshold(200_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


class Filling:
    """A load under way: its world, its sheets, and the moments at which requests come in."""

    def __init__(self, plan: Plan, world: World, rng: Random) -> None:
        self.plan, self.world, self.rng = plan, world, rng
        self.book = Book()
        self.story = stories.Story(rng)
        self.now = to_moment(plan.at)
        self._start = to_moment(plan.start)
        self._hours = worked(world.hours, self._start, self.now)
        self._carrier: Carrier = carrier()

    def write_drafts(self, number: int) -> int:
        """Drafts that nobody has sent, begun within the last share of the time."""
        for place in range(number):
            at = self._moment(0.8 + 0.2 * place / number)
            lane, _ = stories.begin(self.rng)
            life = Life(self.world, self.book, self.rng, lane=lane, number=None, at=at)
            asking.answer(life, *asking.ASKED[lane][: self.rng.randint(1, 3)])
            life.write(self.now)
        self.book.first_work = self.book.works.next_id() + 1
        return self._carry()

    def write_chunk(self, numbers: range, first: int) -> int:
        for place, number in enumerate(numbers, start=first):
            self._write(place, number)
        return self._carry()

    def _write(self, place: int, number: int) -> None:
        rng, requests = self.rng, self.plan.requests
        lane, urgent = stories.begin(rng)
        at = self._moment((place + rng.random()) / requests)
        life = Life(self.world, self.book, rng, lane=lane, number=number, at=at)
        if place % max(requests // RARE_ONES, 1) == 0:
            life.ask += f" We call it {RARE}."
        asking.receive(life, at, urgent=urgent)
        steps = self.story.steps(lane, urgent=urgent)
        stories.live(life, steps, now=self.now, may_end=self.plan.may_end)
        life.write(self.now)

    def _moment(self, share: float) -> int:
        """A moment in working time, as far into the time of the plan."""
        found = reach(self.world.hours, self._start, int(self._hours * share))
        return min(found or self.now, self.now - 1)

    def _carry(self) -> int:
        first = min((row[0] for row in self.book.works.rows), default=None)
        carried = self._carrier.carry(self.book.sheets())
        if first is not None and connection.vendor == "sqlite":
            fresh = WorkRequest.objects.received().filter(pk__gte=first)
            search.index_many(fresh.only("title", "ask", "need").iterator())
        return carried

    def close(self) -> None:
        """Wait for the last rows."""
        self._carrier.finish()


@contextmanager
def _sequences_after(book: Book) -> Iterator[None]:
    """Let the database's own ids follow those that were given out here, also when it is cut off."""
    try:
        yield
    finally:
        models = [sheet.model for sheet in book.sheets()]
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), models):
                cursor.execute(statement)


def _gather_statistics() -> None:
    """Tell the planner what the tables are like now; it may take longer than a page."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("ANALYZE")
