"""How a whole request is read: solution, outcome or both; and which limit hurts, as stated."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FRAMING_FILE = Path(__file__).with_name("framing.yaml")
SOLUTION, OUTCOME, MIXED = FRAMINGS = ("solution", "outcome", "mixed")
NONE_STATED = "none-stated"
# Still level: risk, cost, time, flow, in that order.
LIMITS = ("risk", "cost", "time", "flow")
PAINS = (*LIMITS, NONE_STATED)
LIMIT = 2_000
FAMILY = re.compile(r"\{([a-z_]+)\}")
QUOTES = str.maketrans("‘’“”`", "''\"\"'")
# A new sentence also begins after a bullet and after the headings that forms put before an answer.
CUT = re.compile(
    r"(?<=[.!?;])\s+|\n+|\s+(?=[-*•]\s)|\s+(?=\d+[.)]\s)|\b(?:request|explanation|cos|ac)\s*:\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Entry:
    """One thing to look for; `pain` and `weight` only count where pain is looked for."""

    id: str
    what: str
    where: str
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None
    unless_text: re.Pattern[str] | None
    pain: str
    weight: int


@dataclass(frozen=True)
class FramingRules:
    """All entries, by what they are for."""

    quiet: tuple[Entry, ...]
    categories: tuple[Entry, ...]
    asks: tuple[Entry, ...]
    states: tuple[Entry, ...]


@dataclass(frozen=True)
class Found:
    """An entry that was found, with the words."""

    entry: Entry
    words: str


@dataclass(frozen=True)
class Framing:
    """What a request says: what it asks for, what it states, and what follows."""

    asked: tuple[Found, ...]
    stated: tuple[Found, ...]

    @property
    def framing(self) -> str:
        """A text that asks for nothing says how things are, even where no sign of pain is known."""
        if self.asked:
            return MIXED if self.stated else SOLUTION
        return OUTCOME

    @property
    def pain(self) -> str:
        """The limit that carries most weight; none for a text that only names a thing.

        An outcome without a known sign counts as flow: things do not go as they should.
        """
        if self.framing == SOLUTION:
            return NONE_STATED
        if not self.stated:
            return "flow"
        weights = {
            limit: sum(found.entry.weight for found in self.stated if found.entry.pain == limit)
            for limit in LIMITS
        }
        return max(LIMITS, key=weights.__getitem__)


@cache
def framing_rules() -> FramingRules:
    document = yaml.safe_load(FRAMING_FILE.read_text(encoding="utf-8"))
    words: dict[str, str] = {}
    for name, text in document["words"].items():
        words[name] = FAMILY.sub(lambda found: words[found[1]], text)
    return FramingRules(
        *(
            tuple(_entry(given, words) for given in document[section])
            for section in ("quiet", "categories", "asks", "states")
        )
    )


def _entry(given: Mapping[str, Any], words: Mapping[str, str]) -> Entry:
    def compiled(text: str) -> re.Pattern[str]:
        return re.compile(FAMILY.sub(lambda found: words[found[1]], text), re.IGNORECASE)

    return Entry(
        id=given["id"],
        what=str(given.get("what") or given.get("why")),
        where=given.get("in", "both"),
        pattern=compiled(given["re"]),
        unless=compiled(given["unless"]) if "unless" in given else None,
        unless_text=compiled(given["unless_text"]) if "unless_text" in given else None,
        pain=given.get("pain", ""),
        weight=given.get("weight", 1),
    )


def read_framing(title: str, body: str, rules: FramingRules | None = None) -> Framing:
    """Read title and body together; of a longer text the first 2,000 characters count."""
    rules = rules or framing_rules()
    parts = {
        "title": list(_sentences(title[:LIMIT])),
        "body": list(_sentences(body[:LIMIT])),
    }
    asked = tuple(_search(rules.asks, parts, rules.quiet))
    is_category = any(entry.pattern.search(title.strip()) for entry in rules.categories)
    told = parts | {"title": []} if is_category else parts
    return Framing(asked=asked, stated=tuple(_search(rules.states, told, ())))


def _sentences(text: str) -> Iterator[str]:
    for piece in CUT.split(text.translate(QUOTES)):
        if piece and (stripped := piece.strip()):
            yield stripped


def _search(
    entries: tuple[Entry, ...], parts: Mapping[str, list[str]], quiet: tuple[Entry, ...]
) -> Iterator[Found]:
    whole = " ".join(sentence for sentences in parts.values() for sentence in sentences)
    for part, sentences in parts.items():
        told = [e for e in entries if e.where in (part, "both") and not _is_off(e, part, whole)]
        for sentence in sentences:
            if not any(entry.pattern.search(sentence) for entry in quiet):
                yield from (found for entry in told if (found := _find(entry, sentence)))


def _is_off(entry: Entry, part: str, whole: str) -> bool:
    """Whether the text as a whole keeps an entry from counting in its body."""
    return bool(part == "body" and entry.unless_text and entry.unless_text.search(whole))


def _find(entry: Entry, sentence: str) -> Found | None:
    found = entry.pattern.search(sentence)
    if found is None or (entry.unless and entry.unless.search(sentence)):
        return None
    return Found(entry, found[0].strip())
