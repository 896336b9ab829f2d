"""What a text asks for: solution words, the rule that noticed them, and what goes with them.

The same text and the same rules always give the same reading. Nothing is looked up, nothing kept.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from intake.reframe.generic import find_new_thing
from intake.reframe.rules import Rules
from intake.reframe.texts import CleanText, Sentence, clean

CHANGE, COPY, VAGUE = "change", "copy", "vague"
# The group of a rule whose words name no artefact.
BY_RULE = {"S3": CHANGE, "S7": COPY, "V1": VAGUE}
OUTCOME = "outcome"


class Level(IntEnum):
    """How much a text speaks in solutions."""

    NEED = 0
    VAGUE = 1
    REASONED = 2
    SOLUTION = 3


@dataclass(frozen=True)
class Hit:
    """What one rule noticed. `start` and `end` count in the text as it was typed."""

    rule: str
    what: str
    group: str
    level: Level
    start: int
    end: int
    words: str


@dataclass(frozen=True)
class Reading:
    """What the rules make of a text; `hits` are in reading order."""

    level: Level
    hits: tuple[Hit, ...]
    flags: frozenset[str]
    version: int

    @property
    def main(self) -> Hit | None:
        """The first hit of the highest level: what the questions are about."""
        return next((hit for hit in self.hits if hit.level == self.level), None)

    @property
    def group(self) -> str:
        return self.main.group if self.main else ""

    @property
    def is_solution(self) -> bool:
        """Whether a thing is asked for; a quality word alone is none."""
        return any(hit.level >= Level.REASONED for hit in self.hits)


def read(text: str, rules: Rules) -> Reading:
    """Read a text of any length; only its first 1,500 characters count."""
    cleaned = clean(text, rules.fillers)
    sentences = list(cleaned.sentences())
    found = [hit for sentence in sentences if (hit := _hit(sentence, cleaned, rules))]
    is_solution = any(hit.level != Level.VAGUE for hit in found)
    hits = tuple(hit for hit in found if not (is_solution and hit.level == Level.VAGUE))
    return Reading(
        level=max((hit.level for hit in hits), default=Level.NEED),
        hits=hits,
        flags=frozenset(name for name, flag in rules.flags.items() if flag.search(cleaned.text)),
        version=rules.version,
    )


def _hit(sentence: Sentence, cleaned: CleanText, rules: Rules) -> Hit | None:
    """The first rule that fires decides the sentence, unless a guard keeps it quiet."""
    if any(guard.pattern and guard.pattern.search(sentence.text) for guard in rules.guards):
        return None
    for rule in rules.rules:
        span = _span(rule.pattern, sentence, rules)
        if span:
            start, end = span
            words = sentence.text[start:end]
            typed = cleaned.typed_span(sentence.start + start, sentence.start + end)
            group = group_of(words, rule.id, rules)
            return Hit(rule.id, rule.what, group, _level(rule.id, sentence, rules), *typed, words)
    return None


def _span(
    pattern: re.Pattern[str] | None, sentence: Sentence, rules: Rules
) -> tuple[int, int] | None:
    if pattern is None:
        return find_new_thing(sentence, rules)
    found = pattern.search(sentence.text)
    return _trimmed(found) if found and found[0].strip() else None


def _trimmed(found: re.Match[str]) -> tuple[int, int]:
    """The match without the spaces around it."""
    words = found[0]
    start = found.start() + len(words) - len(words.lstrip())
    return start, start + len(words.strip())


def _level(rule: str, sentence: Sentence, rules: Rules) -> Level:
    if BY_RULE.get(rule) == VAGUE:
        return Level.VAGUE
    has_reason = OUTCOME in rules.flags and rules.flags[OUTCOME].search(sentence.text)
    return Level.REASONED if has_reason else Level.SOLUTION


def group_of(words: str, rule: str, rules: Rules) -> str:
    """The group of the last artefact in the words; of two groups that share it the later one."""
    ends: list[tuple[int, str]] = [
        (found.end(), name) for name, lexicon in rules.groups for found in lexicon.finditer(words)
    ]
    if not ends:
        return BY_RULE.get(rule, CHANGE)
    last = max(end for end, _ in ends)
    return _latest(name for end, name in ends if end == last)


def _latest(names: Iterable[str]) -> str:
    return list(names)[-1]
