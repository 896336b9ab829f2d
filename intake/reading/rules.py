"""Rules on the pages of those who look after them: figures, what changed, how the page is used."""

from collections.abc import Mapping
from statistics import median
from typing import Any, NamedTuple

from django.db.models import Count, Q

from intake.forms.rules import entries
from intake.models import Reframe, RulesVersion
from intake.reframe.phrases import Figures

SHORT = 160
Ending = Reframe.Ending


class Measured(NamedTuple):
    """The figures of one set, before an edit and after; without an edit only `after` is there."""

    set: str
    after: Figures
    before: Figures | None = None

    @property
    def is_worse(self) -> bool:
        was = self.before
        return was is not None and (
            self.after.precision < was.precision or self.after.recall < was.recall
        )


def measured(after: Mapping[str, Figures], before: Mapping[str, Figures]) -> list[Measured]:
    return [Measured(name, found, before.get(name)) for name, found in after.items()]


def stored(version: RulesVersion) -> list[Measured]:
    """The figures as they were when a version was proposed."""
    return [
        Measured(name, Figures(**pair["after"]), Figures(**pair["before"]))
        for name, pair in version.figures.items()
    ]


class Change(NamedTuple):
    """One entry that differs; long lists of words are told by what came and what went."""

    label: str
    was: str
    now: str


def changes(was: Mapping[str, Any], now: Mapping[str, Any]) -> list[Change]:
    old = {name: (label, text) for _, name, label, text in entries(was)}
    new = {name: (label, text) for _, name, label, text in entries(now)}
    return [
        _change(name, (old.get(name) or new[name])[0], old, new)
        for name in old | new
        if old.get(name, ("", ""))[1] != new.get(name, ("", ""))[1]
    ]


def _change(name: str, label: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Change:
    section = name.split(".", 1)[0].capitalize()
    was, now = old.get(name, ("", ""))[1], new.get(name, ("", ""))[1]
    if min(len(was), len(now)) > SHORT and "|" in was:
        gone, come = _apart(was, now)
        if gone or come:
            was, now = gone, come
    return Change(f"{section}: {label}", was, now)


def _apart(was: str, now: str) -> tuple[str, str]:
    before, after = was.split("|"), now.split("|")
    gone = [word for word in before if word not in set(after)]
    come = [word for word in after if word not in set(before)]
    return " | ".join(gone), " | ".join(come)


class Watch(NamedTuple):
    """How the page "Let us look behind this" is used; `seconds` is the median time on it."""

    shown: int
    sentence: int
    own: int
    kept: int
    misfit: int
    seconds: int | None

    @property
    def ended(self) -> int:
        return self.sentence + self.own + self.kept + self.misfit

    @property
    def should_rewrite(self) -> bool:
        """More than 60 % keep their words: then the questions are to blame, not the rules."""
        return self.ended > 0 and self.kept / self.ended > 0.6


def watch() -> Watch:
    counts = Reframe.objects.aggregate(
        shown=Count("pk"), **{name: Count("pk", filter=Q(ending=name)) for name in Ending.values}
    )
    ended = Reframe.objects.filter(ended_at__isnull=False).order_by("-ended_at")
    moments = ended.values_list("shown_at", "ended_at")[:1000]
    times = [(end - start).total_seconds() for start, end in moments if end]
    return Watch(**counts, seconds=round(median(times)) if times else None)
