"""Time and drop-off for each question, and how easy asking was: to cut the weakest ones."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median

from django.db.models import Count

from intake.models import Ease, QuestionVersion, QuestionVisit

# The newest ones tell how the questions are now, and take the same time however many there were.
NEWEST = 20_000
# A question left open longer than this was left; before, somebody may still think.
LEFT_AFTER = timedelta(days=1)
# Whoever came back later did not think all the while.
LONGEST = timedelta(minutes=30)
FEW = 5


@dataclass
class Figures:
    """One question: how often it was put and left, and how long an answer takes."""

    question: QuestionVersion
    put: int = 0
    left: int = 0
    seconds: list[float] = field(default_factory=list)

    @property
    def typical(self) -> str:
        """The median in words; nothing from too few."""
        if len(self.seconds) < FEW:
            return "–"
        middle = median(self.seconds)
        return f"{middle:.0f} s" if middle < 90 else f"{middle / 60:.0f} min"

    @property
    def left_words(self) -> str:
        if self.put < FEW:
            return f"{self.left} of {self.put}"
        return f"{self.left} of {self.put} ({self.left / self.put:.0%})".replace("%", " %")


def figures(now: datetime) -> list[Figures]:
    """Every question as it is asked today, in order."""
    by_slug: dict[str, list[QuestionVisit]] = defaultdict(list)
    for visit in QuestionVisit.objects.order_by("-pk")[:NEWEST]:
        by_slug[visit.slug].append(visit)
    current = QuestionVersion.objects.current()
    return [_figures(question, by_slug[question.slug], now) for question in current]


def _figures(question: QuestionVersion, visits: Iterable[QuestionVisit], now: datetime) -> Figures:
    found = Figures(question)
    for visit in visits:
        if visit.answered_at is None and now - visit.shown_at <= LEFT_AFTER:
            continue
        found.put += 1
        if visit.answered_at is None:
            found.left += 1
        elif visit.answered_at - visit.shown_at <= LONGEST:
            found.seconds.append((visit.answered_at - visit.shown_at).total_seconds())
    return found


def ease() -> list[tuple[str, int]]:
    """How often each of the five was said, the easiest first."""
    counted = dict(Ease.objects.order_by().values_list("felt").annotate(Count("pk")))
    return [(str(felt.label), counted.get(felt.value, 0)) for felt in reversed(Ease.Felt)]


def said(most: int) -> list[Ease]:
    """What people wrote beside it, the newest first."""
    return list(Ease.objects.exclude(words="").select_related("work").order_by("-at")[:most])
