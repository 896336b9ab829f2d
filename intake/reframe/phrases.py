"""The labelled phrases that the rules are measured on, and what a set of them gives."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from intake.reframe.engine import Level, read
from intake.reframe.rules import Rules

PHRASES_FILE = Path(__file__).with_name("phrases.tsv")


@dataclass(frozen=True)
class Phrase:
    """A phrase, its set, and whether it should fire; level, group and rule where they are known."""

    set: str
    fires: bool
    text: str
    level: int | None = None
    group: str = ""
    rule: str = ""
    reframe: str = ""


@dataclass(frozen=True)
class Figures:
    """How a set of phrases was read: fired rightly, fired wrongly, missed, and rightly quiet."""

    hits: int = 0
    false_alarms: int = 0
    misses: int = 0
    quiet: int = 0

    @property
    def count(self) -> int:
        return self.hits + self.false_alarms + self.misses + self.quiet

    @property
    def precision(self) -> float:
        """Of what fired, the share that should; 1 when nothing fired."""
        fired = self.hits + self.false_alarms
        return self.hits / fired if fired else 1.0

    @property
    def recall(self) -> float:
        """Of what should fire, the share that did; 1 when nothing should."""
        wanted = self.hits + self.misses
        return self.hits / wanted if wanted else 1.0


@cache
def known_phrases() -> tuple[Phrase, ...]:
    """The phrases that come with the product."""
    with PHRASES_FILE.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return tuple(
            Phrase(
                set=row["set"],
                fires=row["fires"] == "1",
                text=row["phrase"],
                level=int(row["level"]) if row["level"] else None,
                group=row["group"],
                rule=row["rule"],
                reframe=row["reframe"],
            )
            for row in rows
        )


def measure(phrases: Iterable[Phrase], rules: Rules) -> dict[str, Figures]:
    """The figures of each set, in the order in which the sets appear."""
    counts: dict[str, list[int]] = {}
    for phrase in phrases:
        fired = read(phrase.text, rules).level > Level.NEED
        # The order of the fields of Figures.
        place = (0 if phrase.fires else 1) if fired else (2 if phrase.fires else 3)
        counts.setdefault(phrase.set, [0, 0, 0, 0])[place] += 1
    return {name: Figures(*count) for name, count in counts.items()}
