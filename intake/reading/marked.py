"""A person's words with those marked that the rules noticed."""

from typing import NamedTuple

from intake.reframe.engine import Level, Reading

LEVEL_WORDS = {
    Level.SOLUTION: "asks for a solution",
    Level.REASONED: "solution with a reason",
    Level.VAGUE: "vague",
}


class Marked(NamedTuple):
    """A stretch of text; `is_hit` says that a rule noticed it."""

    text: str
    is_hit: bool = False


def marked(text: str, reading: Reading) -> list[Marked]:
    """The text in stretches, in order."""
    parts: list[Marked] = []
    at = 0
    for hit in reading.hits:
        parts += (Marked(text[at : hit.start]), Marked(text[hit.start : hit.end], is_hit=True))
        at = hit.end
    return [part for part in (*parts, Marked(text[at:])) if part.text]


def level_words(level: int) -> str:
    """How an analyst reads the level of a request; empty for a need."""
    return LEVEL_WORDS.get(Level(level), "") if level in list(Level) else ""
