"""Days that could be filled in, each beside what stands there now: for a person to confirm."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from sla.business_time import WorkingCalendar
from sla.calendar_words import date_words
from sla.forms.drafts import MANUAL, Draft, Special

ADD, REPLACE = "Added", "Replaces"
SAME, KEPT = "Already there", "Your own day stays"


class Proposal(NamedTuple):
    """A day that could be filled in, beside what stands there now."""

    row: Special
    words: str
    now: str
    effect: str

    @property
    def can_be_taken(self) -> bool:
        return self.effect in (ADD, REPLACE)


def proposals(draft: Draft, rows: Iterable[Special]) -> list[Proposal]:
    """Say of each day what taking it would do; one added by hand wins (sla-spec 1.1)."""
    held = {row.date: row for row in draft.special}
    return [_proposal(row, held.get(row.date)) for row in sorted(rows)]


def _proposal(row: Special, held: Special | None) -> Proposal:
    words = date_words(date.fromisoformat(row.date))
    if held is None:
        return Proposal(row, words, "", ADD)
    now = f"{held.name} ({held.hours or 'closed'})"
    if held.source == MANUAL:
        return Proposal(row, words, now, KEPT)
    is_same = (held.name, held.hours) == (row.name, row.hours)
    return Proposal(row, words, now, SAME if is_same else REPLACE)


def closed_anyway(rows: Sequence[Proposal], calendar: WorkingCalendar | None) -> int:
    """How many of the days fall on weekdays without hours, where they change nothing."""
    if calendar is None:
        return 0
    dates = (date.fromisoformat(proposal.row.date) for proposal in rows)
    return sum(not calendar.weekly[day.weekday()] for day in dates)
