"""Which words were added and which were removed between two texts."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import NamedTuple

TOKENS = re.compile(r"\n|[^\S\n]+|[^\s]+")
KEPT, ADDED, REMOVED = "kept", "added", "removed"
# Longer texts are compared by whole lines first: the time to compare grows with the square.
MANY = 4000


class Piece(NamedTuple):
    """Some words in a row that share one fate."""

    kind: str
    text: str


@dataclass(frozen=True)
class Difference:
    pieces: Sequence[Piece]
    added: int
    removed: int

    @property
    def is_none(self) -> bool:
        return not self.added and not self.removed

    @property
    def summary(self) -> str:
        """Such as "12 words added, 4 removed"."""
        return count_words(self.added, self.removed)


def count_words(added: int, removed: int) -> str:
    return f"{added} {'word' if added == 1 else 'words'} added, {removed} removed"


def difference(before: str, after: str) -> Difference:
    """Compare word by word; space between two words belongs to the change around it."""
    old, new = TOKENS.findall(before), TOKENS.findall(after)
    if len(old) + len(new) > MANY:
        old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    pieces = list(_pieces(old, new))
    return Difference(pieces, _count(pieces, ADDED), _count(pieces, REMOVED))


def _pieces(old: list[str], new: list[str]) -> Iterator[Piece]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for tag, start, end, begin, stop in matcher.get_opcodes():
        if tag == "equal":
            yield Piece(KEPT, "".join(new[begin:stop]))
            continue
        if end > start:
            yield Piece(REMOVED, "".join(old[start:end]))
        if stop > begin:
            yield Piece(ADDED, "".join(new[begin:stop]))


def _count(pieces: Sequence[Piece], kind: str) -> int:
    return sum(len(piece.text.split()) for piece in pieces if piece.kind == kind)
