"""The stories of the demo's requests, read from stories/*.yaml."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml

from pmo_portal.demo.working_time import duration

FOLDER = Path(__file__).resolve().parent / "stories"


@dataclass(frozen=True)
class Step:
    """One act of a course; `after` is the working time since the step before."""

    act: str
    after: timedelta
    words: dict[str, Any]


@dataclass(frozen=True)
class Story:
    """One request: who brings it, how long ago, what they say and what becomes of it.

    `sent` is the working time between sending (of a draft: its last save) and now.
    """

    person: str
    sent: timedelta
    is_draft: bool
    said: dict[str, Any]
    analyst: str
    course: tuple[Step, ...]


def stories() -> Iterator[Story]:
    """Every story, by department."""
    for path in sorted(FOLDER.glob("*.yaml")):
        for row in yaml.safe_load(path.read_text(encoding="utf-8")):
            yield _story(row)


def _story(row: dict[str, Any]) -> Story:
    said = dict(row)
    is_draft = "draft" in said
    return Story(
        person=said.pop("person"),
        sent=duration(said.pop("draft" if is_draft else "sent")),
        is_draft=is_draft,
        analyst=said.pop("analyst", ""),
        course=tuple(_step(step) for step in said.pop("course", ())),
        said=said,
    )


def _step(row: dict[str, Any]) -> Step:
    """The first key names the act and how long after the step before it comes."""
    words = dict(row)
    act = next(iter(words))
    return Step(act, duration(words.pop(act)), words)
