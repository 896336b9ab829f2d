"""The figures of the triage page: how much each view holds, and what its filters offer.

Counts stop at a cap, because an exact one would grow with the queue.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from itertools import chain
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.fields.json import KT

from accounts.models import Department, User
from catalog.models import Service
from intake.models import QuestionVersion, SavedView, Tag
from intake.reading.queue import Works, all_open
from intake.reading.queue_asked import VIEWS, Viewer, viewer
from intake.services.submission import URGENT
from intake.states import Lane

CAP = 1000


class Figures(NamedTuple):
    """How many requests each view holds, capped, and how many questions each lane asks."""

    views: dict[str, int]
    questions: dict[str, int]


def figures(user: User, now: datetime) -> Figures:
    """Count everything that the page shows in one statement; nothing for who may see nothing."""
    if not user.is_pmo:
        return Figures(dict.fromkeys(VIEWS, 0), dict.fromkeys(Lane.values, 0))
    sql, marked = _counting(connection.vendor)
    known = dict(zip(_prepared(SOMEBODY), _prepared(viewer(user, now)), strict=True))
    with connection.cursor() as cursor:
        cursor.execute(sql, [known.get(value, value) for value in marked])
        counted = iter(cursor.fetchone())
    return Figures({slug: next(counted) for slug in VIEWS}, {lane: next(counted) for lane in Lane})


# Stands for a viewer in the statement that is kept; no real one has these values.
SOMEBODY = Viewer(-1, datetime(1970, 1, 1, tzinfo=UTC), datetime(1970, 1, 2, tzinfo=UTC))


def _prepared(viewer: Viewer) -> list[Any]:
    """A viewer's values as this database takes them."""
    adapt = connection.ops.adapt_datetimefield_value
    return [viewer.user_id, adapt(viewer.now), adapt(viewer.midnight)]


@cache
def _counting(vendor: str) -> tuple[str, tuple[Any, ...]]:
    """The statement that counts, with the values of SOMEBODY in it.

    It is always the same, and to compile it takes longer than to carry it out.
    """
    views = [all_open().filter(view.holds(SOMEBODY)) for view in VIEWS.values()]
    counted = [*views, *(_questions_of(lane) for lane in Lane)]
    ones = [queryset.order_by().values_list(Value(1))[: CAP + 1] for queryset in counted]
    compiled = [queryset.query.sql_with_params() for queryset in ones]
    return _one_statement([sql for sql, _ in compiled]), tuple(
        chain.from_iterable(values for _, values in compiled)
    )


def _one_statement(parts: Sequence[str]) -> str:
    """Count the rows of each part, side by side."""
    counts = [f"(SELECT COUNT(*) FROM ({sql}) AS part{n})" for n, sql in enumerate(parts)]  # noqa: S608
    return f"SELECT {', '.join(counts)}"


def count_each(lists: Sequence[Works]) -> list[int]:
    """How many requests each of these lists holds, capped, in one statement."""
    if not lists:
        return []
    ones = [works.order_by().values_list(Value(1))[: CAP + 1] for works in lists]
    compiled = [queryset.query.sql_with_params() for queryset in ones]
    with connection.cursor() as cursor:
        cursor.execute(
            _one_statement([sql for sql, _ in compiled]),
            list(chain.from_iterable(values for _, values in compiled)),
        )
        return list(cursor.fetchone())


def _questions_of(lane: str) -> QuerySet[QuestionVersion]:
    """What everybody of this lane is asked; who asks for urgency is asked one question more."""
    current = QuestionVersion.objects.current().exclude(slug=URGENT)
    return current.annotate(lanes=KT("rules__lanes")).filter(lanes__contains=f'"{lane}"')


def capped(count: int) -> str:
    """Write "1,000+" for whatever is more than that."""
    return f"{CAP:,}+" if count > CAP else f"{count:,}"


class Choices(NamedTuple):
    """Whom and what a filter can name, by id as the address writes it; and the saved views.

    A saved view is its id, its name and what its address asks.
    """

    areas: dict[str, str]
    analysts: dict[str, str]
    services: dict[str, str]
    tags: dict[str, str]
    views: list[tuple[str, str, str]]


KINDS = ("area", "person", "service", "tag")


def choices(user: User) -> Choices:
    """Everything that can be named in a filter, and this person's views, in one query."""
    people = User.objects.pmo()
    named_now = Service.objects.filter(current__isnull=False)
    views = SavedView.objects.filter(Q(owner=user) | Q(is_shared=True))
    parts = (
        _named(Department.objects.all(), "area"),
        _named(people, "person"),
        _named(named_now, "service", "current__name"),
        _named(Tag.objects.all(), "tag"),
        _named(views, "view", query="query"),
    )
    rows = list(parts[0].union(*parts[1:], all=True))
    rows.sort(key=lambda row: row[2].casefold())
    named: dict[str, dict[str, str]] = {kind: {} for kind in KINDS}
    for kind, pk, name, _ in rows:
        if kind in named:
            named[kind][str(pk)] = name
    saved = [(str(pk), name, query) for kind, pk, name, query in rows if kind == "view"]
    return Choices(named["area"], named["person"], named["service"], named["tag"], saved)


def _named(
    found: QuerySet[Any], kind: str, name: str = "name", query: str = ""
) -> QuerySet[Any, Any]:
    return found.order_by().values_list(
        Value(kind), "pk", name, F(query) if query else Value("", output_field=CharField())
    )
