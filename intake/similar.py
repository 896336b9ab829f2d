"""Requests that share rare words with a text, and what else speaks for it (ux.md 5.8).

The same text and the same requests always give the same list. A word that few requests hold weighs
more; the same service and the same decision add to it.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import log
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import connection

from intake.models import WorkRequest
from intake.states import State

MOST_WORDS = 8
# How many requests are compared closely.
CANDIDATES = 200
SAME_SERVICE, SAME_DECISION = 0.15, 0.25
MEDIUM, HIGH = 0.55, 0.75
LEFT_OUT = (State.DRAFT, State.MERGED, State.WITHDRAWN)
# Words that say nothing about what a request is about.
COMMON = frozenset(Path(__file__).with_name("common_words.txt").read_text("utf-8").split())
WORD = re.compile(r"[^\W\d_]\w{2,}")


@dataclass(frozen=True)
class Likeness:
    """One similar request: what it shares, and how strongly (0 to 1)."""

    work: WorkRequest
    shared: tuple[str, ...]
    score: float
    is_same_service: bool = False
    is_same_decision: bool = False

    @property
    def why(self) -> str:
        """The reason in words."""
        words = [f"shares: {', '.join(self.shared)}"] if self.shared else []
        same = [("same service", self.is_same_service), ("same decision", self.is_same_decision)]
        return "; ".join(words + [said for said, is_so in same if is_so])

    @property
    def strength(self) -> str:
        return "high" if self.score >= HIGH else "medium" if self.score >= MEDIUM else "low"


@dataclass(frozen=True)
class Wanted:
    """What is looked for: a text, and where it is known the service and the decision."""

    text: str
    service_id: int | None = None
    decision: str = ""
    leave_out: frozenset[int] = field(default_factory=frozenset)


class _Weighed(NamedTuple):
    word: str
    held_by: int
    weight: float


def words_of(text: str) -> list[str]:
    """The telling words of a text, each once, in the order in which they stand."""
    found = (word.lower() for word in WORD.findall(text[:1500]))
    return list(dict.fromkeys(word for word in found if word not in COMMON))


def similar(wanted: Wanted, *, count: int) -> list[Likeness]:
    """The most similar received requests, the strongest first; none below the threshold."""
    weighed = _weigh(words_of(wanted.text))
    if not weighed:
        return []
    shared = _candidates(weighed)
    works = (
        WorkRequest.objects.filter(pk__in=shared)
        .exclude(state__in=LEFT_OUT)
        .exclude(pk__in=wanted.leave_out)
        .select_related("decision", "department", "service__current", "requester")
    )
    total = sum(one.weight for one in weighed)
    weights = {one.word: one.weight for one in weighed}
    alike = [_judge(work, shared[work.pk], weights, total, wanted) for work in works]
    kept = [one for one in alike if one.score >= settings.SIMILAR_FROM and one.shared]
    return sorted(kept, key=lambda one: (-one.score, -one.work.pk))[:count]


def _judge(
    work: WorkRequest,
    words: Sequence[str],
    weights: Mapping[str, float],
    total: float,
    wanted: Wanted,
) -> Likeness:
    is_same_service = work.service_id is not None and work.service_id == wanted.service_id
    decision = getattr(work, "decision", None)
    is_same_decision = (
        bool(wanted.decision)
        and decision is not None
        and (_plain(decision.name) == _plain(wanted.decision))
    )
    score = sum(weights[word] for word in words) / total
    score += SAME_SERVICE * is_same_service + SAME_DECISION * is_same_decision
    ordered = tuple(sorted(words, key=lambda word: -weights[word]))[:4]
    return Likeness(work, ordered, min(score, 1.0), is_same_service, is_same_decision)


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def _weigh(words: Sequence[str]) -> list[_Weighed]:
    """The rarest words that some request holds, each with its weight."""
    counts, total = _counts(words)
    known = [
        _Weighed(word, number, log(1 + total / number)) for word, number in counts.items() if number
    ]
    return sorted(known, key=lambda one: (one.held_by, one.word))[:MOST_WORDS]


def _counts(words: Sequence[str]) -> tuple[dict[str, int], int]:
    """In how many requests each word occurs, and how many requests there are."""
    if not words:
        return {}, 0
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            return _counts_on_postgresql(cursor, words)
        cursor.execute("SELECT count(*) FROM intake_search")
        total = int(cursor.fetchone()[0])
        counts = {}
        for word in words[: 3 * MOST_WORDS]:
            cursor.execute(
                "SELECT count(*) FROM intake_search WHERE intake_search MATCH %s", [f'"{word}"']
            )
            counts[word] = int(cursor.fetchone()[0])
    return counts, total


# The database keeps how often the commonest words occur; the others are rare and counted quickly.
STATISTICS = """
    WITH known AS (
        SELECT unnest(most_common_elems::text::text[]) AS lexeme,
               unnest(
                   most_common_elem_freqs[1:cardinality(most_common_elems::text::text[])]
               ) AS share
        FROM pg_stats
        WHERE schemaname = current_schema() AND tablename = 'intake_workrequest'
          AND attname = 'search'
    ), size AS (
        SELECT greatest(reltuples, 0)::bigint AS rows FROM pg_class
        WHERE oid = 'intake_workrequest'::regclass
    )
    SELECT word, share, size.rows
    FROM unnest(%s::text[]) AS word
    CROSS JOIN size
    LEFT JOIN known ON known.lexeme = (tsvector_to_array(to_tsvector('english', word)))[1]
"""
COUNT = "SELECT count(*) FROM intake_workrequest WHERE search @@ plainto_tsquery('english', %s)"


def _counts_on_postgresql(cursor: "object", words: Sequence[str]) -> tuple[dict[str, int], int]:
    execute, fetch = cursor.execute, cursor.fetchall  # type: ignore[attr-defined]
    execute(STATISTICS, [list(words)])
    rows = fetch()
    total = max(int(rows[0][2]), 1)
    counts: dict[str, int] = {}
    for word, share, _ in rows:
        if share is not None and total >= CANDIDATES:
            counts[word] = max(1, round(share * total))
        else:
            execute(COUNT, [word])
            counts[word] = int(fetch()[0][0])
    return counts, max(total, *counts.values())


NEAREST_ON_SQLITE = """
    SELECT rowid FROM intake_search WHERE intake_search MATCH %s
    ORDER BY rank, rowid DESC LIMIT %s
"""
SHARING_ON_SQLITE = """
    SELECT rowid FROM intake_search
    WHERE intake_search MATCH %s AND rowid IN (SELECT value FROM json_each(%s))
"""


def _candidates(weighed: Sequence[_Weighed]) -> dict[int, list[str]]:
    """The likeliest requests by id, with the words that each shares."""
    if connection.vendor == "postgresql":
        return _candidates_on_postgresql(weighed)
    words = [one.word for one in weighed]
    with connection.cursor() as cursor:
        cursor.execute(NEAREST_ON_SQLITE, [" OR ".join(f'"{w}"' for w in words), CANDIDATES])
        shared: dict[int, list[str]] = {row[0]: [] for row in cursor.fetchall()}
        for word in words if shared else ():
            cursor.execute(SHARING_ON_SQLITE, [f'"{word}"', json.dumps(list(shared))])
            for (pk,) in cursor.fetchall():
                shared[pk].append(word)
    return shared


# A word that more requests than this hold only counts together with another one.
TOO_COMMON = 2_000
MANY = 400
SHARING_ON_POSTGRESQL = """
    SELECT near.id, said.word
    FROM (
        SELECT id, search FROM intake_workrequest
        WHERE search @@ to_tsquery('english', %s) ORDER BY id DESC LIMIT %s
    ) AS near
    JOIN unnest(%s::text[]) AS said(word) ON near.search @@ plainto_tsquery('english', said.word)
"""


def _candidates_on_postgresql(weighed: Sequence[_Weighed]) -> dict[int, list[str]]:
    rare = [one.word for one in weighed if one.held_by <= TOO_COMMON]
    common = [one.word for one in weighed if one.held_by > TOO_COMMON]
    # Without a rare word the rarest of the common ones must meet.
    query = " | ".join(rare) or " & ".join(common[:3])
    shared: dict[int, list[str]] = {}
    with connection.cursor() as cursor:
        words = [one.word for one in weighed]
        # Common words meet often: the newest of those requests are enough to compare.
        cursor.execute(SHARING_ON_POSTGRESQL, [query, TOO_COMMON if rare else MANY, words])
        for pk, word in cursor.fetchall():
            shared.setdefault(pk, []).append(word)
    weights = {one.word: one.weight for one in weighed}
    best = sorted(shared, key=lambda pk: (-sum(weights[w] for w in shared[pk]), -pk))
    return {pk: shared[pk] for pk in best[:CANDIDATES]}


def overlap(words: Iterable[str], text: str) -> list[str]:
    """Which of these words a short text holds, in any of their simple forms."""
    there = {_stem(word) for word in words_of(text)}
    return [word for word in words if _stem(word) in there]


def _stem(word: str) -> str:
    return re.sub(r"(?:ies|es|s|ing|ed)$", "", word) if len(word) > 4 else word
