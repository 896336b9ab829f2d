"""A million open clocks in minutes: a filled database, copied row by row inside itself.

Subjects, requests, clocks, their commands and events are what a sweep reads. They are copied with
ids of their own and with the same times, so that the clocks' columns stay what their history says.
"""

from __future__ import annotations

from bench.servers import ask, connect

COPIED = (
    # table, columns that are moved with the copies beside its id
    ("sla_subject", {}),
    ("intake_workrequest", {"subject_id": "sla_subject", "number": "intake_workrequest"}),
    ("sla_clock", {"subject_id": "sla_subject"}),
    ("sla_clockcommand", {"clock_id": "sla_clock"}),
    ("sla_clockevent", {"clock_id": "sla_clock"}),
)
MADE_ANEW = {"draft_key": "gen_random_uuid()", "key": "NULL", "import_key": "NULL"}


def swell(database: str, times: int) -> None:
    """Make the database hold so many times what it holds."""
    steps = {table: _step(database, table) for table, _ in COPIED}
    connection = connect(database)
    try:
        with connection.cursor() as cursor:
            # The copies obey the rules by construction; checking each reference takes hours.
            cursor.execute("SET session_replication_role = replica")
            for table, moved in COPIED:
                cursor.execute(_copy(database, table, moved, steps), {"times": times - 1})
                cursor.execute(
                    f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
                )
    finally:
        connection.close()


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
