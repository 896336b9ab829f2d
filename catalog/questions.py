"""The questions that a service asks of everybody who wants it, as a version stores them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    LINE = "line"
    TEXT = "text"
    DATE = "date"
    NUMBER = "number"
    CHOICE = "choice"


WORDS = {
    Kind.LINE: "One line",
    Kind.TEXT: "Several lines",
    Kind.DATE: "A date",
    Kind.NUMBER: "A number",
    Kind.CHOICE: "One of a list",
}


@dataclass(frozen=True)
class ServiceQuestion:
    """One question. `slug` is unique in its version; `choices` belong to the kind "choice"."""

    slug: str
    label: str
    hint: str = ""
    kind: Kind = Kind.LINE
    is_required: bool = True
    choices: tuple[str, ...] = ()


def read(rows: list[Mapping[str, Any]]) -> list[ServiceQuestion]:
    """Read what `ServiceVersion.questions` holds."""
    return [
        ServiceQuestion(
            slug=row["slug"],
            label=row["label"],
            hint=row.get("hint", ""),
            kind=Kind(row.get("kind", Kind.LINE)),
            is_required=bool(row.get("required", True)),
            choices=tuple(row.get("choices", ())),
        )
        for row in rows
    ]
