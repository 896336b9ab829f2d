"""Measuring the reading of whole requests against labels that people gave."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from intake.reframe.framing import FRAMINGS, OUTCOME, PAINS, read_framing

PLACES = 4


@dataclass(frozen=True)
class Labelled:
    """A request with the labels of the guide."""

    id: str
    title: str
    body: str
    framing: str
    pain: str


@dataclass(frozen=True)
class Scored:
    """A labelled request and what was read from it, with the entries that decided."""

    labelled: Labelled
    framing: str
    pain: str
    because: str


def score(rows: Iterable[Labelled]) -> list[Scored]:
    return [_score(row) for row in rows]


def _score(row: Labelled) -> Scored:
    read = read_framing(row.title, row.body)
    because = (found.entry.id for found in (*read.asked, *read.stated))
    return Scored(row, read.framing, read.pain, " ".join(dict.fromkeys(because)))


def figures(scored: Sequence[Scored]) -> dict[str, Any]:
    """Solution language (solution and mixed count as yes), three-way framing, and stated pain."""
    framing = [(one.labelled.framing, one.framing) for one in scored]
    return {
        "rows": len(scored),
        "solution_language": _yes_or_no([(w != OUTCOME, r != OUTCOME) for w, r in framing]),
        "framing": _classes(framing, FRAMINGS),
        "pain": _classes([(one.labelled.pain, one.pain) for one in scored], PAINS),
    }


def _yes_or_no(pairs: Sequence[tuple[bool, bool]]) -> dict[str, float | None]:
    """Pairs of wanted and read. A share of nothing is None."""
    count = {pair: pairs.count(pair) for pair in set(pairs)}
    hits, misses = count.get((True, True), 0), count.get((True, False), 0)
    quiet, alarms = count.get((False, False), 0), count.get((False, True), 0)
    recall, specificity = _share(hits, misses), _share(quiet, alarms)
    known = [share for share in (recall, specificity) if share is not None]
    balanced = round(sum(known) / len(known), PLACES) if known else None
    return {
        "precision": _share(hits, alarms),
        "recall": recall,
        "specificity": specificity,
        "balanced_accuracy": balanced,
    }


def _classes(pairs: Sequence[tuple[str, str]], classes: Sequence[str]) -> dict[str, Any]:
    """Accuracy, and the mean F1 of the classes that are labelled or read at least once."""
    by_class = {name: _f1(pairs, name) for name in classes}
    known = [value for value in by_class.values() if value is not None]
    right = sum(wanted == read for wanted, read in pairs)
    return {
        "accuracy": _share(right, len(pairs) - right),
        "macro_f1": round(sum(known) / len(known), PLACES) if known else None,
        "f1": by_class,
    }


def _f1(pairs: Sequence[tuple[str, str]], name: str) -> float | None:
    hits = sum(wanted == read == name for wanted, read in pairs)
    wrong = sum((wanted == name) != (read == name) for wanted, read in pairs)
    return round(2 * hits / (2 * hits + wrong), PLACES) if hits or wrong else None


def _share(part: int, rest: int) -> float | None:
    return round(part / (part + rest), PLACES) if part + rest else None
