"""A pilot as its page shows it: the day, the lines, the looks and the gaps (ux.md 5.11)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property

from django.utils import timezone

from accounts.date_words import day_words
from accounts.models import User
from catalog.models import CheckIn, Line, Pilot, PilotCriterion, PilotStep, Reading
from catalog.services.pilots import latest_readings, suggestion
from intake.models import WorkRequest
from sla.models import Clock

TONES = {Line.KEEP: "ok", Line.ADAPT: "soon", Line.DROP: "late"}


def number_words(value: Decimal) -> str:
    """12 for 12.00, and 3.5 for 3.50."""
    words = f"{value:f}"
    return words.rstrip("0").rstrip(".") if "." in words else words


@dataclass(frozen=True)
class Measured:
    """One criterion with its lines in words, its newest reading and the line that meets."""

    criterion: PilotCriterion
    reading: Reading | None

    @property
    def line(self) -> Line | None:
        return self.criterion.line(self.reading.value) if self.reading else None

    @property
    def tone(self) -> str:
        return TONES[self.line] if self.line else "idle"

    @property
    def latest(self) -> str:
        return self._with_unit(self.reading.value) if self.reading else "Not read yet"

    @property
    def baseline(self) -> str:
        return self._with_unit(self.criterion.baseline)

    @property
    def target(self) -> str:
        return self._with_unit(self.criterion.target)

    @property
    def keep_if(self) -> str:
        return f"{self._with_unit(self.criterion.keep_at)} or {self._better}"

    @property
    def adapt_if(self) -> str:
        ends = sorted((self.criterion.drop_at, self.criterion.keep_at))
        return f"between {number_words(ends[0])} and {number_words(ends[1])}"

    @property
    def drop_if(self) -> str:
        worse = "less" if self.criterion.is_upwards else "more"
        return f"{self._with_unit(self.criterion.drop_at)} or {worse}"

    @property
    def _better(self) -> str:
        return "more" if self.criterion.is_upwards else "less"

    def _with_unit(self, value: Decimal) -> str:
        unit = self.criterion.unit
        return f"{number_words(value)} {unit}" if unit else number_words(value)


@dataclass(frozen=True)
class Slot:
    """A planned look: what was seen, or a gap when nobody looked."""

    on: date
    day: int
    looks: Sequence[CheckIn]
    is_gap: bool


@dataclass(frozen=True)
class Step:
    """A step with its feedback; `is_current` for the last one that was opened."""

    step: PilotStep
    is_current: bool


@dataclass
class PilotPage:
    """A pilot at a moment."""

    pilot: Pilot
    now: datetime

    @property
    def today(self) -> date:
        return timezone.localtime(self.now).date()

    @property
    def day(self) -> int:
        return self.pilot.day(self.today)

    @property
    def is_before_start(self) -> bool:
        return self.today < self.pilot.starts_on

    @property
    def day_words(self) -> str:
        """ "Day 9 of 28. Ends Fri 7 Nov.", or where it stands otherwise."""
        pilot, now = self.pilot, self.now
        if pilot.decided_at:
            return f"Decided on {day_words(pilot.decided_at, now=now)}"
        if pilot.ended_at:
            last = min(timezone.localtime(pilot.ended_at).date(), pilot.ends_on)
            return f"Ended on {day_words(last, now=now)}. Its verdict is due."
        if self.is_before_start:
            return f"Starts {day_words(pilot.starts_on, now=now)}."
        return f"Day {self.day} of {pilot.length}. Ends {day_words(pilot.ends_on, now=now)}."

    @cached_property
    def measures(self) -> list[Measured]:
        newest = latest_readings(self.pilot)
        return [Measured(one, newest.get(one.pk)) for one in self.pilot.criteria.all()]

    @cached_property
    def suggested(self) -> Line | None:
        return suggestion(self.pilot)

    @property
    def not_read(self) -> list[str]:
        return [one.criterion.measure for one in self.measures if one.reading is None]

    @cached_property
    def slots(self) -> list[Slot]:
        """The planned looks of the past, and those taken after the last one, newest first."""
        looks = list(
            self.pilot.check_ins.select_related("by").prefetch_related("readings__criterion")
        )
        found, since = [], self.pilot.starts_on
        last = self._last_day()
        planned = [on for on in self.pilot.check_in_dates() if on <= last]
        for on in planned:
            seen = [look for look in looks if since <= look.on <= on]
            is_gap = not seen and on < self.today
            if seen or is_gap:
                found.append(Slot(on, self.pilot.day(on), seen, is_gap))
            since = on + timedelta(days=1)
        later = [look for look in looks if look.on >= since]
        if later:
            found.append(Slot(later[0].on, self.pilot.day(later[0].on), later, is_gap=False))
        return found[::-1]

    def _last_day(self) -> date:
        """Nobody misses a look at a pilot that has ended."""
        ended = self.pilot.ended_at
        return min(self.today, timezone.localtime(ended).date()) if ended else self.today

    @cached_property
    def steps(self) -> list[Step]:
        steps = list(self.pilot.steps.prefetch_related("feedback__by"))
        reached = [step for step in steps if step.opened_at]
        return [Step(step, bool(reached) and step == reached[-1]) for step in steps]

    @property
    def has_step_ahead(self) -> bool:
        return any(step.step.opened_at is None for step in self.steps)

    @property
    def may_widen_now(self) -> bool:
        """The gate: a step is widened once somebody who was in it has said how it went."""
        current = next((step.step for step in self.steps if step.is_current), None)
        return current is None or len(current.feedback.all()) > 0

    @cached_property
    def clock(self) -> Clock | None:
        clocks = self.pilot.subject.clocks.with_terms().filter(metric="verdict")
        return clocks.order_by("-cycle").first()


@dataclass(frozen=True)
class Row:
    """A pilot in the list, with the request that the reader may open."""

    page: PilotPage
    work: WorkRequest | None


def listed(reader: User, *, shown: str, now: datetime) -> list[Row]:
    """Pilots that run, wait for their verdict, or were decided; at most a hundred."""
    pilots = Pilot.objects.with_people()
    found = {
        "running": pilots.running(),
        "deciding": pilots.to_decide(),
        "past": pilots.decided().order_by("-decided_at"),
    }[shown][:100]
    seen = WorkRequest.objects.visible_to(reader).filter(pilot__in=[one.pk for one in found])
    works = {work.pilot_id: work for work in seen}
    return [Row(PilotPage(pilot, now), works.get(pilot.pk)) for pilot in found]
