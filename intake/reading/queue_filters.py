"""The filters of the triage queue as fields, and in words where they are in use.

Whoever claimed is typed: the page must not grow with the number of people at the PMO.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from catalog.models import ServiceTier
from intake.models import Weighing, WorkRequest
from intake.reading.queue_asked import NOBODY, YES, Asked
from intake.reading.queue_figures import Choices
from intake.states import OPEN, Lane, State


class Filter(NamedTuple):
    """A drop-down of the filter form; an option is a value, its words, and whether it is chosen."""

    name: str
    label: str
    any_words: str
    options: list[tuple[str, str, bool]]
    # What stands in a field to type in; such a field has no options.
    typed: str | None = None


Options = Mapping[str, str]
ANY = {
    "area": ("Area", "Any area"),
    "analyst": ("Claimed by", "Anybody"),
    "state": ("State", "Any state"),
    "lane": ("Lane", "Both lanes"),
    "urgency": ("Urgency", "Any"),
}
# Behind "More filters".
MORE = {
    "clock": ("Next promise", "Any"),
    "service": ("Service", "Any service"),
    "tier": ("Tier", "Any tier"),
    "tag": ("Tag", "Any tag"),
    "priority": ("Place", "Any place"),
    "limit": ("Worst limit", "Any limit"),
    "level": ("Their words", "Any words"),
    "below": ("Framing", "Any"),
    "age": ("Received", "At any time"),
    "behalf": ("On behalf", "Either"),
}
NAMES = ANY | MORE
TYPED = "analyst"
_OPTIONS: dict[str, Callable[[Choices], Options]] = {
    "area": lambda known: known.areas,
    "state": lambda _: {state.value: str(state.label) for state in State if state in OPEN},
    "lane": lambda _: dict(Lane.choices),
    "urgency": lambda _: dict(WorkRequest.Urgency.choices[1:]),
    "service": lambda known: known.services,
    "tier": lambda _: dict(ServiceTier.Level.choices),
    "tag": lambda known: known.tags,
    "priority": lambda _: {str(k): str(v) for k, v in Weighing.Priority.choices},
    "clock": lambda _: {
        "late": "Late",
        "soon": "Due within a day",
        "track": "On track",
        "none": "None runs",
    },
    "limit": lambda _: {
        "time": "Time",
        "cost": "Cost",
        "risk": "Risk",
        "flow": "Flow of work",
        "unsure": "Not sure",
    },
    "level": lambda _: {
        "3": "Ask for a solution",
        "2": "A solution with a reason",
        "1": "Vague",
        "0": "A need",
    },
    "below": lambda _: {str(n): f"Below {n} answers" for n in (4, 6, 8, 10)},
    "age": lambda _: {str(n): f"More than {n} days ago" for n in (2, 7, 14, 30, 90)},
    "behalf": lambda _: {YES: "Raised for somebody else"},
}


def drop_downs(
    asked: Asked, known: Choices, names: Mapping[str, tuple[str, str]] = ANY
) -> list[Filter]:
    return [
        Filter(name, label, any_words, [], typed=_typed(asked.filters.get(name, ""), known))
        if name == TYPED
        else Filter(name, label, any_words, _marked(_OPTIONS[name](known), asked.filters.get(name)))
        for name, (label, any_words) in names.items()
    ]


def _typed(value: str, known: Choices) -> str:
    """What the field says: a name, also where the address names a person by id."""
    return "Nobody" if value == NOBODY else known.analysts.get(value, value)


def _marked(options: Options, chosen: str | None) -> list[tuple[str, str, bool]]:
    return [(value, words, value == chosen) for value, words in options.items()]


# A number that no option has is good in an address all the same.
ODD = {"below": "Below {} answers", "age": "More than {} days ago"}


def in_words(name: str, value: str, known: Callable[[], Choices]) -> str:
    """A filter in use, such as "Lane: Quick lane"; `known` is read only when it is needed."""
    if name == "q":
        return f"“{value}”"
    if name == TYPED:
        return f"{NAMES[name][0]}: {_typed(value, known())}"
    words = _OPTIONS[name](known()).get(value) or ODD.get(name, "not known").format(value)
    return f"{NAMES[name][0]}: {words}"
