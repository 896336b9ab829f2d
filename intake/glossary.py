"""The words of the portal, read from glossary.yaml once."""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import yaml
from django.utils.text import slugify

SOURCE = Path(__file__).resolve().parent / "glossary.yaml"


@dataclass(frozen=True)
class Term:
    """`also` is what others call it, `see` the terms that help to understand it."""

    term: str
    meaning: str
    also: str = ""
    see: list[str] = field(default_factory=list)

    @property
    def anchor(self) -> str:
        return slugify(self.term)


@cache
def terms() -> tuple[Term, ...]:
    """Every word with its meaning, in alphabetical order."""
    entries = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    return tuple(sorted((Term(**entry) for entry in entries), key=lambda term: term.term.lower()))
