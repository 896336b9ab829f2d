"""The database itself refuses to change a blueprint that was signed.

SQLite drops a table's triggers whenever a migration rebuilds the table, so they are made again
after each `migrate` rather than once in a migration.
"""

from typing import Any

from django.db import connections

REFUSAL = "a signed blueprint is never changed"
# Table, and how one of its rows knows that its version was signed.
SIGNED = {
    "intake_blueprintversion": "{row}.signed_at IS NOT NULL",
    "intake_blueprintpart": (
        "(SELECT v.signed_at FROM intake_blueprintversion v WHERE v.id = {row}.version_id)"
        " IS NOT NULL"
    ),
    "intake_blueprintsignature": (
        "(SELECT v.signed_at FROM intake_blueprintversion v WHERE v.id = {row}.version_id)"
        " IS NOT NULL"
    ),
}
# A part or a signature can't be added to a signed version either.
ACTS = {
    "intake_blueprintversion": ("UPDATE", "DELETE"),
    "intake_blueprintpart": ("INSERT", "UPDATE", "DELETE"),
    "intake_blueprintsignature": ("INSERT", "UPDATE", "DELETE"),
}


def _when(table: str, act: str) -> str:
    return SIGNED[table].format(row="NEW" if act == "INSERT" else "OLD")


SQLITE = tuple(
    f"CREATE TRIGGER IF NOT EXISTS {table}_no_{act.lower()} BEFORE {act} ON {table}"
    f" WHEN {_when(table, act)} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    for table, acts in ACTS.items()
    for act in acts
)


def _postgresql(table: str, act: str) -> tuple[str, ...]:
    """The condition stands in the function: a trigger's own WHEN may not look into a table."""
    name = f"{table}_no_{act.lower()}"
    return (
        f"""
        CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF {_when(table, act)} THEN
                RAISE EXCEPTION '{REFUSAL}';
            END IF;
            RETURN {"OLD" if act == "DELETE" else "NEW"};
        END $$
        """,
        f"DROP TRIGGER IF EXISTS {name} ON {table}",
        f"CREATE TRIGGER {name} BEFORE {act} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
    )


POSTGRESQL = tuple(
    statement
    for table, acts in ACTS.items()
    for act in acts
    for statement in _postgresql(table, act)
)


def drop_triggers(using: str = "default", **_: Any) -> None:
    """Take the guards away while tables are changed."""
    connection = connections[using]
    known = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table in known & set(ACTS):
            of_table = f" ON {table}" if connection.vendor == "postgresql" else ""
            for act in ACTS[table]:
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{act.lower()}{of_table}")


def make_triggers(using: str = "default", **_: Any) -> None:
    """Make the guards, on either database; harmless when they exist."""
    connection = connections[using]
    if not set(SIGNED) <= set(connection.introspection.table_names()):
        return
    with connection.cursor() as cursor:
        for statement in POSTGRESQL if connection.vendor == "postgresql" else SQLITE:
            cursor.execute(statement)
