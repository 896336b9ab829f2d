"""Writing many different rows with one statement, the same on either database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models

from sla.models import Clock

Values = Sequence[Any]


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


def column(model: type[models.Model], name: str) -> models.Field[Any, Any]:
    """The field that this name stores; TypeError for a relation without a column."""
    field = model._meta.get_field(name)
    if not isinstance(field, models.Field):
        raise TypeError(f"{name} is not a column of {model._meta.label}")
    return field


def _placeholders(
    fields: Sequence[models.Field[Any, Any]], rows: Iterable[Values]
) -> tuple[str, list[Any]]:
    """PostgreSQL takes the type of a VALUES column from its first row, so each place says it."""
    if connection.vendor == "postgresql":
        row = ", ".join(f"%s::{_type(field)}" for field in fields)
    else:
        row = ", ".join("%s" for _ in fields)
    values = [
        field.get_db_prep_save(value, connection)
        for row_values in rows
        for field, value in zip(fields, row_values, strict=True)
    ]
    return ", ".join([f"({row})"] * (len(values) // len(fields))), values


def _type(field: models.Field[Any, Any]) -> str:
    """The plain type of a column: an automatic key's is that of the rows that point at it."""
    return (field.rel_db_type if field.primary_key else field.db_type)(connection) or "text"


def _execute(sql: str, values: list[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)
