"""What other apps show on a person's account page: each registers a section of it.

A section's template gets what `build` returns, and `person`. Its forms post to addresses of the
app that owns it and come back to the page with `#` and its key.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from accounts.models import User

Build = Callable[[User], dict[str, Any]]


@dataclass(frozen=True)
class Section:
    """`key` is the section's place on the page; sections follow each other by `order`."""

    key: str
    heading: str
    template: str
    build: Build
    order: int = 50


_sections: dict[str, Section] = {}


def register(section: Section) -> None:
    _sections[section.key] = section


def sections_for(person: User) -> list[tuple[Section, dict[str, Any]]]:
    """Every section with what its template needs."""
    in_order = sorted(_sections.values(), key=lambda section: (section.order, section.key))
    return [(section, section.build(person)) for section in in_order]
