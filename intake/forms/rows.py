"""Rows of a name and what that person does: added without script by a button that posts."""

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any, NamedTuple

from django import forms
from django.http import QueryDict

from accounts.forms import clean_text

Row = dict[str, str]
# Read at most this many; the rule of the question may allow fewer.
MOST_READ = 50
EMPTY_ROWS = 2


class ShownRow(NamedTuple):
    """One row as the page shows it, counted from 1."""

    number: int
    name: str
    part: str


class RowsInput(forms.TextInput):
    """Reads `<name>_name` and `<name>_part`, each as often as there are rows."""

    use_fieldset = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Row]:
        names, parts = _all(data, f"{name}_name"), _all(data, f"{name}_part")
        rows = zip_longest(names[:MOST_READ], parts[:MOST_READ], fillvalue="")
        found = [{"name": " ".join(who.split()), "part": part.strip()} for who, part in rows]
        return [row for row in found if row["name"] or row["part"]]


def _all(data: Mapping[str, Any], key: str) -> list[str]:
    given = data.getlist(key) if isinstance(data, QueryDict) else data.get(key, [])
    texts = [given] if isinstance(given, str) else given
    return [str(clean_text(str(text))).replace("\x00", "") for text in texts]


class RowsField(forms.Field):
    """Cleans to a list of rows, empty for none. The question's rules check them."""

    widget = RowsInput
    # What the page shows; the form fills it.
    shown: Sequence[ShownRow] = ()

    def __init__(self, *, options: list[dict[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.options = options

    def show(self, value: Any, *, more: int = 0) -> None:
        """Show these rows, and always some empty ones."""
        rows = [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
        blank: list[Row] = [{}] * (max(EMPTY_ROWS - len(rows), 1) + more)
        self.shown = [
            ShownRow(number, str(row.get("name", "")), str(row.get("part", "")))
            for number, row in enumerate([*rows, *blank], start=1)
        ]
