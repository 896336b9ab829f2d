"""A million open clocks in minutes: a filled database, copied row by row inside itself.

Subjects, requests, open clocks and their commands are what a sweep reads. They are copied with ids
of their own and with the same times, so that the clocks' columns stay what their history says.
Clocks that have ended, and events that were recorded long ago, are no business of a sweep and are
not copied. The indexes of the lists of requests are left out, for a sweep never touches them.
"""

from __future__ import annotations

from bench.servers import ask, connect

OF_OPEN = "clock_id IN (SELECT id FROM sla_clock WHERE ended_at IS NULL)"
COPIED = (
    # table, columns that are moved with the copies beside its id, which rows
    ("sla_subject", {}, "true"),
    ("intake_workrequest", {"subject_id": "sla_subject", "number": "intake_workrequest"}, "true"),
    ("sla_clock", {"subject_id": "sla_subject"}, "ended_at IS NULL"),
    ("sla_clockcommand", {"clock_id": "sla_clock"}, OF_OPEN),
)
MADE_ANEW = {
    "draft_key": "gen_random_uuid()",
    "key": "NULL",
    "import_key": "NULL",
    # Long words are indexed for the search, and that takes longest of all.
    "ask": "left(ask, 12)",
    "need": "''",
    "title": "''",
}


def swell(database: str, times: int) -> None:
    """Make the database hold so many times what it holds."""
    steps = {table: _step(database, table) for table, _, _ in COPIED}
    connection = connect(database)
    try:
        with connection.cursor() as cursor:
            # The copies obey the rules by construction; checking each reference takes hours.
            cursor.execute("SET session_replication_role = replica")
            for index in _list_indexes(database):
                cursor.execute(f'DROP INDEX "{index}"')
            for table, moved, which in COPIED:
                sql = _copy(database, table, moved, steps)
                cursor.execute(f"{sql} WHERE {which}", {"times": times - 1})
                cursor.execute(
                    f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
                )
    finally:
        connection.close()


def _list_indexes(database: str) -> list[str]:
    """The indexes of requests that no constraint stands on."""
    sql = """
        SELECT indexrelid::regclass::text FROM pg_index
        WHERE indrelid = 'intake_workrequest'::regclass AND NOT indisunique
    """
    return [name.strip('"') for (name,) in ask(database, sql)]


def _step(database: str, table: str) -> int:
    """How far the ids of one copy lie from those of the next."""
    column = "greatest(max(id), max(number))" if table == "intake_workrequest" else "max(id)"
    [[largest]] = ask(database, f"SELECT coalesce({column}, 0) FROM {table}")
    return int(largest) + 1


def _copy(database: str, table: str, moved: dict[str, str], steps: dict[str, int]) -> str:
    sql = "SELECT column_name FROM information_schema.columns WHERE table_name = %s "
    generated = "AND is_generated = 'NEVER' ORDER BY ordinal_position"
    columns = [name for (name,) in ask(database, sql + generated, table)]
    shifted = {"id": table, **moved}
    values = [
        MADE_ANEW.get(name)
        or (f'"{name}" + n * {steps[shifted[name]]}' if name in shifted else f'"{name}"')
        for name in columns
    ]
    named = ", ".join(f'"{name}"' for name in columns)
    return (
        f"INSERT INTO {table} ({named}) SELECT {', '.join(values)} "
        f"FROM {table}, generate_series(1, %(times)s) n"
    )
