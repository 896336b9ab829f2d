"""One sentence made of the answers on the reframe page; nothing is added that nobody said."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from intake.reframe.rules import Rules

OPTIONAL = re.compile(r"\[([^\]]*)\]")
PLACE = re.compile(r"\{(\w+)\}")
# How people begin what somebody would do; the frame brings its own beginning.
WOULD = re.compile(
    r"^(?:they|we|he|she|i|it)(?: would|'d| could| can| will)? (?:then )?(?:be able to )?|^to ",
    re.IGNORECASE,
)
MANY = re.compile(r"\b(?:and|all|we|they|people|our|these|[a-z]+[^s'\W]s)\s*$", re.IGNORECASE)
SMALL = frozenset({"the", "a", "an", "our", "my", "they", "we", "it", "their", "people", "when"})


class Part(NamedTuple):
    """A part of the sentence: an answer, a gap that still waits for one, or words around them."""

    text: str
    kind: str = ""


GIVEN, GAP = "given", "gap"
Answers = Mapping[str, str]


def build(group: str, answers: Answers, rules: Rules) -> list[Part]:
    """Fill the group's frame. `answers` are the texts by number, "1" to "3"."""
    said = _said(answers)
    frame = OPTIONAL.sub(lambda found: _kept(found[1], said), rules.frames[group])
    names = dict(zip("12", rules.gaps[group], strict=True)) | {"who": rules.gaps[group][0]}
    parts: list[Part] = []
    at = 0
    for place in PLACE.finditer(frame):
        parts += (Part(frame[at : place.start()]), _part(place[1], said, names))
        at = place.end()
    parts.append(Part(frame[at:]))
    return _begun([part for part in parts if part.text])


def in_words(parts: list[Part]) -> str:
    return "".join(f"‹{part.text}›" if part.kind == GAP else part.text for part in parts)


def is_whole(parts: list[Part]) -> bool:
    """Whether no required answer is missing."""
    return all(part.kind != GAP for part in parts)


def carried(group: str, answers: Answers, rules: Rules) -> dict[str, str]:
    """What goes into which question of the journey, so that nothing is asked twice."""
    said = _said(answers)
    filled = {slug: said.get(name, "") for name, slug in rules.fills.get(group, {}).items()}
    return {slug: text for slug, text in filled.items() if text}


def _said(answers: Answers) -> dict[str, str]:
    said = {name: " ".join(text.split()).rstrip(" .;,") for name, text in answers.items()}
    first = said.get("1", "")
    who, _, moment = first.partition(",")
    said |= {"who": who.strip(), "moment": moment.strip()}
    return said


def _kept(part: str, said: Mapping[str, str]) -> str:
    return part if all(said.get(name) for name in PLACE.findall(part)) else ""


def _part(name: str, said: Mapping[str, str], gaps: Mapping[str, str]) -> Part:
    if name == "needs":
        return Part("need" if MANY.search(said["who"]) else "needs")
    text = said.get(name, "")
    if not text:
        return Part(gaps.get(name, name), GAP)
    return Part(_inside(name, text), GIVEN)


def _inside(name: str, text: str) -> str:
    """An answer as it reads after other words."""
    if name == "moment":
        return f", {text}"
    if name == "who":
        return text
    verb = WOULD.sub("", text) if name == "2" else text
    first = verb.split(" ", 1)[0].lower()
    is_small = first in SMALL or verb != text
    return verb[:1].lower() + verb[1:] if is_small else verb


def _begun(parts: list[Part]) -> list[Part]:
    """The sentence with a capital, unless a gap begins it."""
    first = parts[0]
    if first.kind == GAP:
        return parts
    return [first._replace(text=first.text[:1].upper() + first.text[1:]), *parts[1:]]
