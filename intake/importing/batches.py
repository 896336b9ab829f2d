"""Going through a file batch by batch."""

from collections.abc import Iterable, Iterator
from itertools import islice

from intake.importing.rows import Old, Refused

BATCH = 500


def batches(found: Iterable[Old | Refused]) -> Iterator[tuple[list[Old], list[Refused]]]:
    """Cut the rows into batches, with what can be brought in apart from what can't."""
    rows = iter(found)
    while batch := list(islice(rows, BATCH)):
        olds = [row for row in batch if isinstance(row, Old)]
        yield olds, [row for row in batch if isinstance(row, Refused)]


def last_line(batch: list[Old], refused: list[Refused]) -> int:
    return max([old.line for old in batch] + [row.line for row in refused])


def word_set(text: str) -> frozenset[str]:
    return frozenset(word.strip().casefold() for word in text.split(",") if word.strip())
