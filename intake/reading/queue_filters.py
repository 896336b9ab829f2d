"""The filters of the triage queue as drop-downs, and in words where they are in use."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from intake.models import WorkRequest
from intake.reading.queue import NOBODY, Asked
from intake.reading.queue_figures import Choices
from intake.states import OPEN, Lane, State


class Filter(NamedTuple):
    """A drop-down of the filter form; an option is a value, its words, and whether it is chosen."""

    name: str
    label: str
    any_words: str
    options: list[tuple[str, str, bool]]


Options = Mapping[str, str]
ANY = {
    "area": ("Area", "Any area"),
    "analyst": ("Claimed by", "Anybody"),
    "state": ("State", "Any state"),
    "lane": ("Lane", "Both lanes"),
    "urgency": ("Urgency", "Any"),
}
_OPTIONS: dict[str, Callable[[Choices], Options]] = {
    "area": lambda known: known.areas,
    "analyst": lambda known: {NOBODY: "Nobody"} | known.analysts,
    "state": lambda _: {state.value: str(state.label) for state in State if state in OPEN},
    "lane": lambda _: dict(Lane.choices),
    "urgency": lambda _: dict(WorkRequest.Urgency.choices[1:]),
}


def drop_downs(asked: Asked, known: Choices) -> list[Filter]:
    return [
        Filter(name, label, any_words, _marked(_OPTIONS[name](known), asked.filters.get(name)))
        for name, (label, any_words) in ANY.items()
    ]


def _marked(options: Options, chosen: str | None) -> list[tuple[str, str, bool]]:
    return [(value, words, value == chosen) for value, words in options.items()]


def in_words(name: str, value: str, known: Callable[[], Choices]) -> str:
    """A filter in use, such as "Lane: Quick lane"; `known` is read only when it is needed."""
    if name == "q":
        return f"“{value}”"
    return f"{ANY[name][0]}: {_OPTIONS[name](known()).get(value, 'not known')}"
