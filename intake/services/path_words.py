"""What a decision path adds up to, in words made from its fields (ux.md 5.4)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from intake.models import PathStep
from intake.models.paths import HOURS_A_DAY

LEAST_PAIN = 2


@dataclass(frozen=True)
class Summary:
    """What the fields of a path add up to. `waiting` is the part that is set apart."""

    waiting: str
    rest: str

    def __str__(self) -> str:
        return f"{self.waiting} {self.rest}"


def days_words(hours: int) -> str:
    """Working hours as people say them: "3 hours", "1 day", "2.5 days"."""
    if 0 < hours < HOURS_A_DAY:
        return f"{hours} hour{'' if hours == 1 else 's'}"
    days = round(hours / HOURS_A_DAY, 1)
    return f"{days:g} day{'' if days == 1 else 's'}"


def waiting_hours(steps: Iterable[PathStep]) -> int:
    return sum(step.wait_hours or 0 for step in steps)


def knows_all_waits(steps: Iterable[PathStep]) -> bool:
    return all(step.wait_hours is not None for step in steps)


def handoffs(steps: Sequence[PathStep]) -> int:
    """How often it goes from one person or group to another."""
    names = [_name(step) for step in steps]
    return sum(1 for here, there in pairwise(names) if here != there)


def _name(step: PathStep) -> str:
    return " ".join(step.actor.casefold().split())


def actors(steps: Iterable[PathStep]) -> list[str]:
    """Who takes part, in the order they first appear; the first spelling counts."""
    first: dict[str, str] = {}
    for step in steps:
        first.setdefault(_name(step), step.actor)
    return list(first.values())


def lane_of(step: PathStep, lanes: Sequence[str]) -> int:
    return [" ".join(lane.casefold().split()) for lane in lanes].index(_name(step))


def summary_of(steps: Sequence[PathStep]) -> Summary | None:
    """The sentence above the picture; None for a path without steps."""
    if not steps:
        return None
    people, passed = len(actors(steps)), handoffs(steps)
    who = f"{people} {'person or group' if people == 1 else 'people or groups'}"
    how = f"{passed or 'no'} handoff{'' if passed == 1 else 's'}"
    rest = [f"{who}, {how}.", _breaks(steps), _pain(steps)]
    return Summary(_waiting(steps), " ".join(part for part in rest if part))


def _waiting(steps: Sequence[PathStep]) -> str:
    """How long it waits in all, and how much of that before steps that break."""
    total, broken = waiting_hours(steps), waiting_hours(s for s in steps if s.is_broken)
    least = "" if knows_all_waits(steps) else "At least "
    if total == 0:
        return "Nothing waits." if knows_all_waits(steps) else "How long it waits is not known yet."
    are = "is" if days_words(total).startswith("1 ") else "are"
    where = f", {days_words(broken)} of them where the path breaks" if 0 < broken < total else ""
    where = ", all of them where the path breaks" if broken == total else where
    return f"{least}{days_words(total)} {are} waiting{where}."


def _breaks(steps: Sequence[PathStep]) -> str:
    broken = [f"step {s.position} ({s.get_break_kind_display()})" for s in steps if s.is_broken]
    if not broken:
        return "No step breaks."
    return f"The path breaks at {_listed(broken)}."


def _pain(steps: Sequence[PathStep]) -> str:
    worst = max(step.pain for step in steps)
    if worst < LEAST_PAIN:
        return ""
    places = [f"step {step.position}" for step in steps if step.pain == worst]
    return f"Highest pain: {_listed(places)}."


def _listed(words: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
