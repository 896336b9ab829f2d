"""The rules as a person writes them, checked and made ready to run.

A document has the keys of `rules.yaml`. `{name}` inserts a lexicon or a part; a later part may use
an earlier one.
"""

import importlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

Document = Mapping[str, Any]
# How the library reads a pattern; there is no public name for it.
sre: Any = importlib.import_module("re._parser")
RULES_FILE = Path(__file__).with_name("rules.yaml")
INSERTED = re.compile(r"\{([A-Za-z_]+)\}")
LONGEST_PATTERN = 60_000
COUNTED = ("definite", "indefinite", "skip_before")


@dataclass
class RulesError(Exception):
    """The rules can't be used; `place` names the entry, `problem` says what is wrong with it."""

    place: str
    problem: str

    def __str__(self) -> str:
        return f"{self.place}: {self.problem}"


@dataclass(frozen=True)
class Rule:
    """One rule. `pattern` is None for the generic one, which looks at what stands around."""

    id: str
    what: str
    pattern: re.Pattern[str] | None


@dataclass(frozen=True)
class Generic:
    """What the generic rule knows about the words around an artefact."""

    definite: frozenset[str]
    indefinite: frozenset[str]
    skip_before: frozenset[str]
    asking: re.Pattern[str]
    imperative: re.Pattern[str]
    problem: re.Pattern[str]
    having: re.Pattern[str]
    question: re.Pattern[str]
    finite: re.Pattern[str]
    title_words: int


@dataclass(frozen=True)
class Rules:
    """Everything the engine needs, compiled."""

    version: int
    fillers: re.Pattern[str]
    groups: tuple[tuple[str, re.Pattern[str]], ...]
    artefact: re.Pattern[str]
    guards: tuple[Rule, ...]
    rules: tuple[Rule, ...]
    generic: Generic
    flags: Mapping[str, re.Pattern[str]]
    questions: Mapping[str, tuple[str, ...]]
    reported: str
    frames: Mapping[str, str]
    gaps: Mapping[str, tuple[str, ...]]
    fills: Mapping[str, Mapping[str, str]]

    def what(self, rule: str) -> str:
        """Say in words what a rule looks for; empty for one that these rules don't have."""
        return next((known.what for known in self.rules if known.id == rule), "")


@cache
def rules_of_the_file() -> Rules:
    """The rules that the product ships with."""
    return compile_rules(document_of_the_file())


@cache
def document_of_the_file() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(RULES_FILE.read_text(encoding="utf-8"))
    return document


def compile_rules(document: Document) -> Rules:
    """Make a document ready to run; raise RulesError naming the first entry that is wrong."""
    known = _inserts(document)
    make = _maker(known)
    lexicon = _section(document, "lexicon", Mapping)
    groups = tuple(
        (name, make(f"lexicon {name}", rf"\b(?:{re_})\b")) for name, re_ in lexicon.items()
    )
    return Rules(
        version=_number(document, "version"),
        fillers=make("clean", _section(document, "clean", str)),
        groups=groups,
        artefact=make("lexicon", rf"\b(?:{'|'.join(str(entry) for entry in lexicon.values())})\b"),
        guards=tuple(_rule(given, make) for given in _section(document, "guards", list)),
        rules=tuple(_rule(given, make) for given in _section(document, "rules", list)),
        generic=_generic(_section(document, "generic", Mapping), make),
        flags={
            name: make(f"flags {name}", given)
            for name, given in _section(document, "flags", Mapping).items()
        },
        questions=_questions(_section(document, "questions", Mapping), lexicon),
        reported=_section(document, "reported", str),
        **_wording(document),
    )


Make = Callable[[str, str], re.Pattern[str]]


def _section(document: Document, name: str, kind: type) -> Any:
    value = document.get(name)
    if not isinstance(value, kind) or not value:
        raise RulesError(name, "is missing or of the wrong shape")
    return value


def _number(document: Document, name: str) -> int:
    value = document.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise RulesError(name, "must be a whole number")
    return value


def _inserts(document: Document) -> dict[str, str]:
    """What braces stand for; every part with its own braces filled in."""
    known = {str(name): str(text) for name, text in _section(document, "lexicon", Mapping).items()}
    for name, text in known.items():
        # An empty alternative would find an artefact between any two words.
        if not all(part.strip() for part in text.split("|")):
            raise RulesError(f"lexicon {name}", "has an empty word")
    for name, text in _section(document, "parts", Mapping).items():
        known[str(name)] = _filled(str(text), known, f"parts {name}")
    return known


def _filled(text: str, known: Mapping[str, str], place: str) -> str:
    unknown = [name for name in INSERTED.findall(text) if name not in known]
    if unknown:
        raise RulesError(place, f"{{{unknown[0]}}} is no lexicon and no part above it")
    filled = INSERTED.sub(lambda found: known[found[1]], text)
    if len(filled) > LONGEST_PATTERN:
        raise RulesError(place, "becomes too long once everything is filled in")
    return filled


def _maker(known: Mapping[str, str]) -> Make:
    def make(place: str, text: str) -> re.Pattern[str]:
        filled = _filled(str(text), known, place)
        try:
            pattern = re.compile(filled, re.IGNORECASE)
        except (re.error, RecursionError, OverflowError) as error:
            raise RulesError(place, f"is no regular expression: {error}") from error
        if _repeats_repetition(pattern.pattern):
            raise RulesError(place, "repeats a repetition, such as (a+)+, which can take for ever")
        if pattern.match(""):
            raise RulesError(place, "matches the empty text, so it would always fire")
        return pattern

    return make


def _repeats_repetition(text: str) -> bool:
    """Whether something without an upper limit stands inside something without one."""
    return _has_nested(sre.parse(text, re.IGNORECASE), is_inside=False)


def _has_nested(node: Any, *, is_inside: bool) -> bool:
    """Walk the pattern as the library itself reads it: operators with their arguments."""
    if isinstance(node, tuple) and len(node) == 2 and str(node[0]).endswith("_REPEAT"):
        _, most, repeated = node[1]
        is_endless = most == sre.MAXREPEAT
        if is_endless and is_inside:
            return True
        return _has_nested(repeated, is_inside=is_inside or is_endless)
    if isinstance(node, tuple | list) or hasattr(node, "data"):
        return any(_has_nested(part, is_inside=is_inside) for part in node)
    return False


def _rule(given: Any, make: Make) -> Rule:
    name = given.get("id") if isinstance(given, Mapping) else None
    if not name:
        raise RulesError("rules", "each needs an id")
    what = str(given.get("what") or given.get("why") or "")
    if given.get("generic"):
        return Rule(name, what, None)
    if not given.get("re"):
        raise RulesError(name, "has no pattern")
    return Rule(name, what, make(name, given["re"]))


def _generic(given: Mapping[str, Any], make: Make) -> Generic:
    missing = [name for name in Generic.__annotations__ if name not in given]
    if missing:
        raise RulesError("generic", f"{missing[0]} is missing")
    words: dict[str, Any] = {
        name: frozenset(str(given[name]).lower().split("|")) for name in COUNTED
    }
    patterns: dict[str, Any] = {
        name: make(f"generic {name}", given[name])
        for name in Generic.__annotations__
        if name not in (*COUNTED, "title_words")
    }
    return Generic(title_words=_number(given, "title_words"), **words, **patterns)


def _wording(document: Document) -> dict[str, Any]:
    """Frames, gaps and fills, by group; each group that has questions has a frame and its gaps."""
    sections = {
        name: {str(group): entry for group, entry in _section(document, name, Mapping).items()}
        for name in ("frames", "gaps", "fills")
    }
    for group in _section(document, "questions", Mapping):
        if not isinstance(sections["frames"].get(group), str):
            raise RulesError("frames", f"the group {group} has none")
        if len(sections["gaps"].get(group) or ()) != 2:
            raise RulesError("gaps", f"the group {group} needs two")
    fills = {
        group: {str(answer): str(slug) for answer, slug in entry.items()}
        for group, entry in sections["fills"].items()
    }
    gaps = {group: tuple(str(gap) for gap in entry) for group, entry in sections["gaps"].items()}
    return {"frames": sections["frames"], "gaps": gaps, "fills": fills}


def _questions(given: Mapping[str, Any], lexicon: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    questions = {str(group): tuple(str(line) for line in asked) for group, asked in given.items()}
    unasked = [group for group in (*lexicon, "change", "copy", "vague") if group not in questions]
    if unasked:
        raise RulesError("questions", f"the group {unasked[0]} has none")
    short = [group for group, asked in questions.items() if not 2 <= len(asked) <= 3]
    if short:
        raise RulesError(f"questions {short[0]}", "has two required questions and may have a third")
    return questions
