"""A text made ready for the rules: cleaned, cut into sentences, and traceable to what was typed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

# What is longer is read up to here, so that a hostile text costs no more than a long one.
LIMIT = 1_500
STRAIGHT = str.maketrans("‘’‚‛“”„‟´`\u00a0\t", "''''\"\"\"\"''  ")
SPACES = re.compile(r" {2,}|\r")
SENTENCE = re.compile(r"[^.!?;\n]+(?:\.(?=\w)[^.!?;\n]+)*[.!?;]*")
EDGES = " .!;?"


@dataclass(frozen=True)
class Sentence:
    """One sentence of the clean text, without its stop; `start` is where it begins there."""

    text: str
    start: int
    is_question: bool


@dataclass(frozen=True)
class CleanText:
    """The text as rules read it; `origin` says for each character where it was typed."""

    text: str
    origin: tuple[int, ...]

    def typed_span(self, start: int, end: int) -> tuple[int, int]:
        """Where the characters from `start` to `end` stand in the text as it was typed."""
        return self.origin[start], self.origin[end - 1] + 1

    def sentences(self) -> Iterator[Sentence]:
        for found in SENTENCE.finditer(self.text):
            whole = found[0]
            start = found.start() + len(whole) - len(whole.lstrip(EDGES))
            if text := whole.strip(EDGES):
                yield Sentence(text, start, is_question="?" in whole[-3:])


def clean(text: str, fillers: re.Pattern[str]) -> CleanText:
    """Straight quotes, single spaces, and "some kind of" read as "a"."""
    typed = text[:LIMIT].translate(STRAIGHT)
    read = CleanText(typed, tuple(range(len(typed))))
    return _replaced(_replaced(read, SPACES, " "), fillers, "a ")


def _replaced(read: CleanText, pattern: re.Pattern[str], by: str) -> CleanText:
    pieces: list[str] = []
    origin: list[int] = []
    at = 0
    for found in pattern.finditer(read.text):
        pieces += (read.text[at : found.start()], by)
        origin += read.origin[at : found.start()]
        origin += [read.origin[found.start()]] * len(by)
        at = found.end()
    return CleanText("".join([*pieces, read.text[at:]]), (*origin, *read.origin[at:]))
