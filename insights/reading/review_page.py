"""A review as its page, print, mail and spreadsheet show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from math import ceil
from typing import Any, NamedTuple

from accounts.models import User
from insights import policies
from insights.models import Review, ReviewDecision, ReviewSection

Shown = dict[str, Any]
DEFINITIONS = {
    "lead": "Days from “first asked” to “decided”, of decisions decided in the month; half took "
    "less, half took more. The target is 40 % below the baseline.",
    "urgent": "Requests treated as urgent, of all received in the month. The target is half the "
    "baseline.",
    "approach": "Of requests closed with a delivery: delivered as ordered, against framed (both "
    "sides agreed on a need) and their result measured.",
    "promises": "Time promises whose fate was sealed in the month, and how many were kept.",
    "results": "Requests whose result was told in the month, and for how many it made a "
    "difference, clearly or a little. Those that can't be measured are left out.",
}
BASELINE = "The baseline is the first three months on record."
# What fits on the printed page: rows by block, and characters by line.
MOST = {"decisions": 10, "promises": 4, "breaks": 3, "results": 3, "before": 4}
LINES_ON_A_PAGE = 47
CHARACTERS = 108


class Cut(NamedTuple):
    """The first rows of a block, and how many more stand on the page only."""

    rows: list[Any]
    more: int


@dataclass
class ReviewPage:
    """One review, read by one person."""

    review: Review
    reader: User
    now: datetime

    @property
    def figures(self) -> Shown:
        figures: Shown = self.review.figures
        return figures

    @property
    def numbers(self) -> list[Shown]:
        return [
            number | {"definition": DEFINITIONS[number["key"]]}
            for number in self.figures.get("numbers", [])
        ]

    @property
    def headline(self) -> str:
        return self.review.headline or str(self.figures.get("summary", ""))

    @cached_property
    def sections(self) -> list[ReviewSection]:
        return list(self.review.sections.select_related("service__current"))

    @cached_property
    def decisions(self) -> list[ReviewDecision]:
        return list(_with_people(self.review))

    @property
    def open_count(self) -> int:
        return sum(decision.is_open for decision in self.decisions)

    @property
    def standing(self) -> str:
        """Whether the review is closed: it stays open until everything ended by name."""
        if not self.review.is_published:
            return "Draft"
        if not self.open_count:
            return "Closed. Everything decided"
        return f"Open. {self.open_count} of {len(self.decisions)} to decide"

    @cached_property
    def missed(self) -> list[Shown]:
        """Missed promises, with what the lead says about their service."""
        told = {section.service_id: section for section in self.sections}
        rows = []
        for line in self.figures.get("promises", []):
            section = told.get(line["service_id"])
            reason, doing = (section.reason, section.doing) if section else ("", "")
            rows.append(line | {"reason": reason, "doing": doing})
        return rows

    @cached_property
    def previous(self) -> Review | None:
        return Review.objects.published().filter(month__lt=self.review.month).first()

    @cached_property
    def from_before(self) -> list[ReviewDecision]:
        """What last month asked and ended with: changes first, then what is still open."""
        if self.previous is None:
            return []
        rank = {"change": 0, "retire": 0, "": 1, "keep": 2}
        return sorted(_with_people(self.previous), key=lambda d: (rank[d.ending], d.position))

    @property
    def can_write(self) -> bool:
        return policies.can_write_review(self.reader, self.review)

    @property
    def can_decide(self) -> bool:
        return policies.can_decide(self.reader, self.review)

    @property
    def can_follow_up(self) -> bool:
        previous = self.previous
        return previous is not None and policies.can_follow_up(self.reader, previous)

    # The printed page

    def cut(self, name: str, rows: list[Any]) -> Cut:
        return Cut(rows[: MOST[name]], max(len(rows) - MOST[name], 0))

    @property
    def printed(self) -> dict[str, Cut]:
        """The blocks of the one A4 page; what is open comes before what is decided."""
        asked = sorted(self.decisions, key=lambda d: (not d.is_open, d.position))
        return {
            "decisions": self.cut("decisions", asked),
            "promises": self.cut("promises", self.missed),
            "breaks": self.cut("breaks", self.figures.get("breaks", [])),
            "results": self.cut("results", self.figures.get("results", [])),
            "before": self.cut("before", self.from_before),
        }

    @property
    def lines_too_long(self) -> int:
        """How many lines the print has too many, by the characters of each block."""
        printed = self.printed
        lines = _lines(self.headline) + len(self.numbers) + 1
        lines += sum(2 for _ in printed["decisions"].rows)
        lines += sum(
            max(_lines(row["reason"], CHARACTERS // 3), _lines(row["doing"], CHARACTERS // 3), 1)
            for row in printed["promises"].rows
        )
        lines += len(printed["breaks"].rows)
        lines += sum(_lines(row["sentence"]) for row in printed["results"].rows)
        lines += sum(_lines(row.note) for row in printed["before"].rows)
        return max(lines - LINES_ON_A_PAGE, 0)


def _with_people(review: Review) -> Any:
    return review.decisions.select_related("decider", "owner", "recorded_by", "review")


def _lines(text: str, width: int = CHARACTERS) -> int:
    return max(ceil(len(text) / width), 1)
