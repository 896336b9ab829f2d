"""The goals that a run can judge, and whether its figures keep them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

# (site, requests, page) -> what was measured of it.
Figure = Mapping[str, float]
Figures = Mapping[tuple[str, int, str], Figure]
SAME = ("detail", "submit", "queue", "filtered", "deep", "board", "month")
QUEUES = ("queue", "filtered", "deep")
DASHBOARDS = ("board", "month")
MOST_QUERIES = {"queue": (10, 7), "detail": (15, 10), "submit": (12, 8), "board": (15, 10)}


@dataclass(frozen=True)
class Goal:
    """`value` works out the figure, or None when the run has not measured what it needs."""

    number: str
    words: str
    must: float
    want: float
    value: Callable[[Figures, int, int], float | None]
    at_least: bool = False

    def holds(self, value: float, limit: float) -> bool:
        return value >= limit if self.at_least else value <= limit

    def verdict(self, value: float) -> str:
        if self.holds(value, self.want):
            return "want"
        return "must" if self.holds(value, self.must) else "NOT KEPT"


def ratio(
    figures: Figures, upper: tuple[str, int, str], lower: tuple[str, int, str], name: str
) -> float | None:
    """How many times as much the upper one has; None when one of them is missing."""
    if upper not in figures or lower not in figures:
        return None
    below = figures[lower].get(name, 0)
    above = figures[upper].get(name)
    return above / below if below and above is not None else None


def largest(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return max(known) if known else None


def _queries(page: str) -> Callable[[Figures, int, int], float | None]:
    def value(figures: Figures, small: int, large: int) -> float | None:
        found = [figures.get(("portal", size, page)) for size in (small, large)]
        return largest([one["queries"] for one in found if one])

    return value


def _same_queries(figures: Figures, small: int, large: int) -> float | None:
    """How far the counts of a page lie apart between sizes; 0 when they are identical."""
    apart = []
    for site, size, page in figures:
        other = figures.get((site, small, page))
        if site == "portal" and size == large and other and page in SAME:
            apart.append(abs(figures[site, size, page]["queries"] - other["queries"]))
    return max(apart) if apart else None


def _growth(pages: tuple[str, ...], name: str) -> Callable[[Figures, int, int], float | None]:
    """The worst of these pages: large against small."""

    def value(figures: Figures, small: int, large: int) -> float | None:
        if small == large:
            return None
        pairs = [(("portal", large, page), ("portal", small, page)) for page in pages]
        return largest([ratio(figures, *pair, name) for pair in pairs])

    return value


def _to_limit(page: str, of_limit: str, name: str) -> Callable[[Figures, int, int], float | None]:
    """Portal against limit at the larger size."""

    def value(figures: Figures, small: int, large: int) -> float | None:
        return ratio(figures, ("portal", large, page), ("limit", large, of_limit), name)

    return value


def _search(figures: Figures, small: int, large: int) -> float | None:
    return ratio(figures, ("portal", large, "search"), ("portal", large, "queue"), "p95")


def _errors(figures: Figures, small: int, large: int) -> float | None:
    found = [one["errors"] for key, one in figures.items() if key[2] in ("submit", "burst")]
    return sum(found) if found else None


GOALS = (
    Goal("1", "queries of the queue", *MOST_QUERIES["queue"], _queries("queue")),
    Goal("1", "queries of a request page", *MOST_QUERIES["detail"], _queries("detail")),
    Goal("1", "queries of a submission", *MOST_QUERIES["submit"], _queries("submit")),
    Goal("1", "queries of the board", *MOST_QUERIES["board"], _queries("board")),
    Goal("1", "queries of the board's month", *MOST_QUERIES["board"], _queries("month")),
    Goal("1", "queries that sizes differ by", 0, 0, _same_queries),
    Goal("2", "queue p95, large / small", 1.3, 1.15, _growth(QUEUES, "p95")),
    Goal("3", "queue CPU, large / small", 1.2, 1.1, _growth(QUEUES, "cpu")),
    Goal("4", "queue CPU / limit's queue", 4, 2.5, _to_limit("queue", "queue", "cpu")),
    Goal("5", "search p95 / first page p95", 3, 1.5, _search),
    Goal("6", "request page CPU / limit's queue", 5, 3, _to_limit("detail", "queue", "cpu")),
    Goal("6", "request page CPU, large / small", 1.2, 1.1, _growth(("detail",), "cpu")),
    Goal("7", "board p95, large / small", 2, 1.3, _growth(DASHBOARDS, "p95")),
    Goal("8", "submission CPU / limit's", 2.5, 1.8, _to_limit("submit", "submit", "cpu")),
    Goal("8", "submissions/s / limit's", 0.4, 0.55, _to_limit("submit", "submit", "rate"), True),
    Goal("9", "submission p95 / limit's, 32 clients", 2.5, 1.8, _to_limit("burst", "burst", "p95")),
    Goal("9", "failed submissions", 0, 0, _errors),
    Goal("15", "queue bytes, large / small", 1.05, 1.0, _growth(("queue", "filtered"), "size")),
)


@dataclass(frozen=True)
class Judged:
    goal: Goal
    value: float

    @property
    def verdict(self) -> str:
        return self.goal.verdict(self.value)


def judge(figures: Figures, *, small: int, large: int) -> list[Judged]:
    """Every goal that the run has figures for."""
    values = [(goal, goal.value(figures, small, large)) for goal in GOALS]
    return [Judged(goal, value) for goal, value in values if value is not None]
