"""Which column of the file holds what: "title=Subject,requester=Reported by"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

FIELDS = ("title", "body", "requester", "name", "received", "department", "reference", "state")
_START = re.compile(rf"(?:^|,)\s*({'|'.join(FIELDS)})\s*=", re.I)


@dataclass
class MappingError(Exception):
    """The columns can't be told; `reason` is a sentence for the person who gave them."""

    reason: str

    def __str__(self) -> str:
        return self.reason


def read_mapping(texts: Iterable[str]) -> dict[str, str]:
    """Return column names by field. A column's name may itself hold commas.

    Raise MappingError for a text that maps nothing, a field given twice, or no words at all.
    """
    found: dict[str, str] = {}
    for text in texts:
        _read_one(text, found)
    if not found.keys() & {"title", "body"}:
        raise MappingError("Say which column holds the words: title=… or body=….")
    return found


def _read_one(text: str, found: dict[str, str]) -> None:
    starts = list(_START.finditer(text))
    if not starts or text[: starts[0].start()].strip():
        raise MappingError(f"{text!r} maps no column. Known fields: {', '.join(FIELDS)}.")
    ends = [*(start.start() for start in starts[1:]), len(text)]
    for start, end in zip(starts, ends, strict=True):
        field, column = start[1].lower(), text[start.end() : end].strip()
        if field in found:
            raise MappingError(f"{field} is mapped twice.")
        if not column:
            raise MappingError(f"{field} is mapped to no column.")
        found[field] = column


def places(mapping: Mapping[str, str], header: Sequence[str]) -> dict[str, int]:
    """Return where each field's column stands. Raise MappingError for one that is not there."""
    names = [name.casefold() for name in header]
    return {field: _place(column, names, header) for field, column in mapping.items()}


def _place(column: str, names: list[str], header: Sequence[str]) -> int:
    wanted = column.casefold()
    if names.count(wanted) == 1:
        return names.index(wanted)
    if wanted in names:
        raise MappingError(f"The file has more than one column {column!r}.")
    close = get_close_matches(wanted, names, n=1)
    hint = f"Did you mean {header[names.index(close[0])]!r}? " if close else ""
    columns = ", ".join(name or "(no name)" for name in header)
    raise MappingError(f"The file has no column {column!r}. {hint}Its columns: {columns}.")
