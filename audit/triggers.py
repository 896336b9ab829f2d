"""The database itself refuses to change or delete an audit entry.

SQLite drops a table's triggers whenever a migration rebuilds the table, so they are made
again after each `migrate` rather than once in a migration.
"""

from typing import Any

from django.db import connections

POSTGRESQL = (
    """
    CREATE OR REPLACE FUNCTION audit_entry_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'audit entries are never changed';
    END $$
    """,
    "DROP TRIGGER IF EXISTS audit_entry_is_final ON audit_entry",
    """
    CREATE TRIGGER audit_entry_is_final BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_entry_is_final()
    """,
)
SQLITE = tuple(
    f"""
    CREATE TRIGGER IF NOT EXISTS audit_entry_no_{act.lower()} BEFORE {act} ON audit_entry
    BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END
    """
    for act in ("UPDATE", "DELETE")
)


def make_triggers(using: str = "default", **_: Any) -> None:
    """Make the guards, on either database; harmless when they exist."""
    connection = connections[using]
    if "audit_entry" not in connection.introspection.table_names():
        return
    with connection.cursor() as cursor:
        for statement in POSTGRESQL if connection.vendor == "postgresql" else SQLITE:
            cursor.execute(statement)
