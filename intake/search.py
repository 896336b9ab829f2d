"""Finding requests by words: tsvector on PostgreSQL, FTS5 on SQLite, one function with two bodies.

Only what the requester may read is indexed: title, their own words and the agreed need.
"""

import re
from collections.abc import Iterable

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from intake.models import WorkRequest

WORDS = 12
LENGTH = 200


def words_of(text: str) -> list[str]:
    """The words of a search, without what either engine would read as an operator."""
    return re.findall(r"\w+", text[:LENGTH].replace("\x00", " "))[:WORDS]


def index(work: WorkRequest) -> None:
    """Make a received request findable. PostgreSQL keeps a generated column and needs no call."""
    index_many([work])


def index_many(works: "Iterable[WorkRequest]") -> None:
    if connection.vendor == "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT OR REPLACE INTO intake_search (rowid, title, body) VALUES (%s, %s, %s)",
            [(work.pk, work.title, f"{work.ask}\n{work.need}") for work in works],
        )


def matching(works: "QuerySet[WorkRequest]", text: str) -> "QuerySet[WorkRequest]":
    """Narrow to requests that hold every word of `text`, the last one as a beginning.

    A text without any word narrows to nothing.
    """
    words = words_of(text)
    if not words:
        return works.none()
    if connection.vendor == "postgresql":
        query = " & ".join(words) + ":*"
        found = RawSQL("intake_workrequest.search @@ to_tsquery('english', %s)", [query])
        return works.alias(is_found=found).filter(is_found=True)
    query = " ".join(f'"{word}"' for word in words) + "*"
    ids = RawSQL("SELECT rowid FROM intake_search WHERE intake_search MATCH %s", [query])
    return works.filter(pk__in=ids)
