"""Writing many different rows with one statement, the same on either database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

from django.db import connection, models

from sla.models import Clock

Values = Sequence[Any]
Column: TypeAlias = "models.Field[Any, Any]"


def update_clocks(columns: Sequence[str], rows: Iterable[Values]) -> int:
    """Set these columns of clocks and raise their lock_version; return how many rows changed.

    Each row is (id, the lock_version that was seen, *values). A clock that somebody changed
    meanwhile is left alone.
    """
    fields = [column(Clock, name) for name in ("id", "lock_version", *columns)]
    places, values = _placeholders(fields, rows)
    if not values:
        return 0
    named = ", ".join(f"column{number} AS c{number}" for number in range(1, len(fields) + 1))
    changes = ", ".join(
        f"{field.column} = v.c{number}" for number, field in enumerate(fields[2:], start=3)
    )
    sql = (
        f"UPDATE sla_clock SET lock_version = sla_clock.lock_version + 1, {changes} "  # noqa: S608
        f"FROM (SELECT {named} FROM (VALUES {places}) AS t) AS v "
        "WHERE sla_clock.id = v.c1 AND sla_clock.lock_version = v.c2"
    )
    return _execute(sql, values)


def insert(model: type[models.Model], columns: Sequence[str], rows: Iterable[Values]) -> int:
    """Insert rows; one that a unique index refuses is there already. Return how many were new."""
    fields = [column(model, name) for name in columns]
    places, values = _placeholders(fields, rows)
    if not values:
        return 0
    names = ", ".join(field.column or "" for field in fields)
    sql = (
        f"INSERT INTO {model._meta.db_table} ({names}) "  # noqa: S608
        f"VALUES {places} ON CONFLICT DO NOTHING"
    )
    return _execute(sql, values)


def column(model: type[models.Model], name: str) -> Column:
    """The field that this name stores; TypeError for a relation without a column."""
    field = model._meta.get_field(name)
    if not isinstance(field, models.Field):
        raise TypeError(f"{name} is not a column of {model._meta.label}")
    return field


def _placeholders(fields: Sequence[Column], rows: Iterable[Values]) -> tuple[str, list[Any]]:
    prepare = [_preparer(field) for field in fields]
    values = [
        value if ready is None else ready(value)
        for row in rows
        for ready, value in zip(prepare, row, strict=True)
    ]
    count = len(values) // len(fields)
    plain = ", ".join("%s" for _ in fields)
    return ", ".join([f"({_typed(fields)})", *[f"({plain})"] * (count - 1)]), values


def _typed(fields: Sequence[Column]) -> str:
    """Places of the first row, from which PostgreSQL takes the types of all."""
    if connection.vendor != "postgresql":
        return ", ".join("%s" for _ in fields)
    return ", ".join(f"%s::{_type(field)}" for field in fields)


def _preparer(field: Column) -> Callable[[Any], Any] | None:
    """How a value becomes what the database takes; None where it is that already.

    Django's own preparation of each value would be half of the cost of a sweep.
    """
    if isinstance(field, models.JSONField):
        return lambda value: field.get_db_prep_save(value, connection)
    if isinstance(field, models.DateTimeField) and connection.vendor != "postgresql":
        return connection.ops.adapt_datetimefield_value
    return None


def _type(field: Column) -> str:
    """The plain type of a column: an automatic key's is that of the rows that point at it."""
    return (field.rel_db_type if field.primary_key else field.db_type)(connection) or "text"


def _execute(sql: str, values: list[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)
