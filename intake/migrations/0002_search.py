from django.db import migrations

POSTGRESQL = (
    """
    ALTER TABLE intake_workrequest ADD COLUMN search tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector('english', title), 'A')
        || to_tsvector('english', ask)
        || to_tsvector('english', need)
    ) STORED
    """,
    "CREATE INDEX work_search ON intake_workrequest USING gin (search)",
)
SQLITE = (
    """
    CREATE VIRTUAL TABLE IF NOT EXISTS intake_search
    USING fts5(title, body, tokenize = 'porter unicode61 remove_diacritics 2')
    """,
)


def make_index(apps, schema_editor):
    on_postgresql = schema_editor.connection.vendor == "postgresql"
    for statement in POSTGRESQL if on_postgresql else SQLITE:
        schema_editor.execute(statement)


def drop_index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE intake_workrequest DROP COLUMN search")
    else:
        schema_editor.execute("DROP TABLE intake_search")


class Migration(migrations.Migration):
    dependencies = [("intake", "0001_initial")]

    operations = [migrations.RunPython(make_index, drop_index)]
