"""The generic rule S0: something new to build, and no sign of a problem in the same sentence."""

import re
from collections.abc import Iterator
from enum import Enum

from intake.reframe.rules import Generic, Rules
from intake.reframe.texts import Sentence

WORD = re.compile(r"[\w'’-]+")
LOOK_BACK = 4
MASS = re.compile(
    r"^(?:training|reporting|coaching|software|tooling|head ?count)$|[^s]s$", re.IGNORECASE
)


class Standing(Enum):
    """What stands before an artefact."""

    NEW = "new"
    EXISTING = "existing"
    BARE = "bare"


def find_new_thing(sentence: Sentence, rules: Rules) -> tuple[int, int] | None:
    """Return where the first new thing stands in the sentence, with its determiner."""
    is_wanted = _asks(sentence, rules.generic) or _is_title(sentence, rules.generic)
    for found in rules.artefact.finditer(sentence.text):
        standing, start = _standing(sentence.text[: found.start()], rules.generic, found.start())
        if standing is Standing.NEW and (is_wanted or _is_plain(sentence, start, rules.generic)):
            return start, found.end()
        if standing is Standing.BARE and is_wanted and _counts_bare(sentence, found, rules.generic):
            return found.span()
    return None


def _asks(sentence: Sentence, generic: Generic) -> bool:
    text = sentence.text
    return bool(generic.asking.search(text) or generic.imperative.search(text))


def _is_title(sentence: Sentence, generic: Generic) -> bool:
    is_short = len(sentence.text.split()) <= generic.title_words
    return is_short and not (sentence.is_question or generic.finite.search(sentence.text))


def _standing(before: str, generic: Generic, start: int) -> tuple[Standing, int]:
    """Judge by the words before, nearest first; also say where the determiner begins."""
    new_at = None
    for word in _words_back(before):
        said = word[0].lower()
        if said in generic.definite or said.endswith("'s"):
            return Standing.EXISTING, start
        if said in generic.indefinite or said.isdigit():
            new_at = word.start()
        elif new_at is not None or said in generic.skip_before:
            break
    return (Standing.BARE, start) if new_at is None else (Standing.NEW, new_at)


def _words_back(before: str) -> Iterator[re.Match[str]]:
    return reversed([*WORD.finditer(before)][-LOOK_BACK:])


def _is_plain(sentence: Sentence, determiner: int, generic: Generic) -> bool:
    """A plain statement without a problem in it, that doesn't say somebody has the thing."""
    text = sentence.text
    if sentence.is_question or generic.question.search(text) or generic.problem.search(text):
        return False
    return not generic.having.search(text[:determiner])


def _counts_bare(sentence: Sentence, found: re.Match[str], generic: Generic) -> bool:
    last = next(_words_back(sentence.text[: found.start()]), None)
    if last is None or (_is_title(sentence, generic) and found.end() == len(sentence.text)):
        # "Dashboard for …", "Kick-off checklist": a title names its deliverable first or last.
        return True
    return last[0].lower() not in generic.skip_before and bool(MASS.search(found[0]))
