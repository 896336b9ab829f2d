"""Rows on their way to the database: COPY on PostgreSQL, many at a time on SQLite."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from functools import lru_cache
from io import StringIO
from itertools import count
from typing import Any, Protocol

from django.db import connection, models, transaction
from django.db.models import NOT_PROVIDED, Max

from sla.business_time import to_instant

_NEEDS_ESCAPES = re.compile(r"[\\\t\n\r]").search
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


class Json(str):
    """A text that is JSON already."""

    __slots__ = ()


class Sheet:
    """The rows of one table. Columns that are not named hold their field's default."""

    def __init__(self, model: type[models.Model], *names: str) -> None:
        self.model = model
        fields = [model._meta.get_field(name) for name in names]
        rest = [field for field in model._meta.concrete_fields if field not in fields]
        rest = [field for field in rest if not (field.primary_key and field.auto_created)]
        self.fields: list[Any] = [*fields, *rest]
        self.defaults = tuple(_default(field) for field in rest)
        self.rows: list[tuple[Any, ...]] = []
        self._ids: Iterator[int] | None = None

    def add(self, *values: Any) -> None:
        """Add a row: the values of the named columns in their order."""
        self.rows.append((*values, *self.defaults))

    def next_id(self) -> int:
        """An id of its own for the next row; ids follow those that the table holds."""
        if self._ids is None:
            rows: models.QuerySet[models.Model] = models.QuerySet(self.model)
            last = rows.aggregate(last=Max("pk"))["last"] or 0
            self._ids = count(last + 1)
        return next(self._ids)

    @property
    def columns(self) -> list[str]:
        return [field.column for field in self.fields]


def _default(field: Any) -> Any:
    """The constant that stands in a column nobody fills; ValueError when it needs a value."""
    value = field.get_default()
    needs_value = value is None and not field.null
    if needs_value or field.db_default is not NOT_PROVIDED:
        raise ValueError(f"{field} has no default; the sheet must name it")
    return value


class Carrier(Protocol):
    """Empties sheets into the database, each time in one transaction."""

    def carry(self, sheets: Iterable[Sheet]) -> int:
        """Return how many rows were taken; they may be on their way until `finish`."""

    def finish(self) -> None:
        """Wait until all is written, and raise what went wrong on the way."""


def carrier() -> Carrier:
    """The fastest way of this database."""
    return CopyCarrier() if connection.vendor == "postgresql" else InsertCarrier()


class CopyCarrier:
    """COPY FROM STDIN. A superuser also skips looking up foreign keys, which are right here.

    Outside a transaction rows are sent by a thread of its own, while the next ones are made.
    """

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
            self._is_superuser = bool(cursor.fetchone()[0])
        self._beside = None if connection.in_atomic_block else ThreadPoolExecutor(1)
        self._sending: Future[None] | None = None

    def carry(self, sheets: Iterable[Sheet]) -> int:
        filled = [sheet for sheet in sheets if sheet.rows]
        carried = sum(len(sheet.rows) for sheet in filled)
        copies = [_copy(sheet) for sheet in filled]
        if self._beside is None:
            self._send(copies)
        else:
            self._wait()
            self._sending = self._beside.submit(self._send, copies)
        return carried

    def finish(self) -> None:
        try:
            self._wait()
        finally:
            if self._beside:
                self._beside.submit(connection.close)
                self._beside.shutdown()

    def _wait(self) -> None:
        if self._sending:
            sending, self._sending = self._sending, None
            sending.result()

    def _send(self, copies: Iterable[tuple[str, StringIO]]) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            # It may take longer than a page is allowed to.
            cursor.execute("SET LOCAL statement_timeout = 0")
            if self._is_superuser:
                cursor.execute("SET LOCAL session_replication_role = replica")
            for statement, text in copies:
                cursor.copy_expert(statement, text)
            if self._is_superuser:
                cursor.execute("SET LOCAL session_replication_role = origin")


def _copy(sheet: Sheet) -> tuple[str, StringIO]:
    """The statement and the text that carries these rows; the sheet is empty then."""
    writers = [_copy_writer(field) for field in sheet.fields]
    lines = (
        "\t".join([write(value) for write, value in zip(writers, row, strict=True)]) + "\n"
        for row in sheet.rows
    )
    text = StringIO("".join(lines))
    sheet.rows.clear()
    names = ", ".join(f'"{column}"' for column in sheet.columns)
    return f"COPY {sheet.model._meta.db_table} ({names}) FROM STDIN", text


def _copy_writer(field: models.Field[Any, Any]) -> Callable[[Any], str]:
    """How a value of this column is written in COPY's text form."""
    if isinstance(field, models.DateTimeField):
        return _copy_moment
    if isinstance(field, models.JSONField):
        return lambda value: _escaped(_json(value))
    if isinstance(field, (models.CharField, models.TextField)):
        return _escaped
    return lambda value: r"\N" if value is None else str(value)


def _escaped(value: str | None) -> str:
    if value is None:
        return r"\N"
    # Translating every text would be a tenth of the work, and hardly one needs it.
    return value.translate(_ESCAPES) if _NEEDS_ESCAPES(value) else value


@lru_cache(maxsize=50_000)
def _copy_moment(value: int | datetime | None) -> str:
    """Moments are microseconds since 1970, or instants."""
    if value is None:
        return r"\N"
    return str(to_instant(value) if isinstance(value, int) else value)


def _json(value: Any) -> str:
    return value if isinstance(value, Json) else json.dumps(value)


class InsertCarrier:
    """Many rows with one prepared INSERT."""

    @transaction.atomic
    def carry(self, sheets: Iterable[Sheet]) -> int:
        carried = 0
        with connection.cursor() as cursor:
            for sheet in sheets:
                carried += len(sheet.rows)
                cursor.executemany(*_insert(sheet))
                sheet.rows.clear()
        return carried

    def finish(self) -> None:
        """Nothing is on its way."""


def _insert(sheet: Sheet) -> tuple[str, list[list[Any]]]:
    writers = [_insert_writer(field) for field in sheet.fields]
    names = ", ".join(f'"{column}"' for column in sheet.columns)
    places = ", ".join(["%s"] * len(sheet.fields))
    table = sheet.model._meta.db_table
    rows = [[write(value) for write, value in zip(writers, row, strict=True)] for row in sheet.rows]
    return f"INSERT INTO {table} ({names}) VALUES ({places})", rows  # noqa: S608 - our own names


def _insert_writer(field: models.Field[Any, Any]) -> Callable[[Any], Any]:
    if isinstance(field, models.DateTimeField):
        return _stored_moment
    if isinstance(field, models.JSONField):
        return _json
    if isinstance(field, (models.DateField, models.UUIDField)):
        return lambda value: field.get_db_prep_value(value, connection)
    return lambda value: value


def _stored_moment(value: int | datetime | None) -> str | None:
    if value is None:
        return None
    instant = to_instant(value) if isinstance(value, int) else value
    return str(instant.replace(tzinfo=None))
