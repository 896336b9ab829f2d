"""The agenda of a talk builds itself from what the request leaves open (ux.md 5.6)."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from intake.models import AgendaPoint, Answer, DecisionPath, PathStep, WorkRequest
from intake.services import answers as said

Source = AgendaPoint.Source
LIMIT = 300
# How many days lie between two takings of a decision, by its rhythm.
DAYS = {"day": 1, "week": 7, "month": 30, "quarter": 91}
DATA_RHYTHMS = (
    ("quarter", ("quarterly", "every quarter", "once a quarter", "quarter end")),
    ("month", ("monthly", "every month", "once a month", "month end")),
    ("week", ("weekly", "every week", "once a week")),
)
RHYTHM_WORDS = {"day": "daily", "week": "weekly", "month": "monthly", "quarter": "quarterly"}


class Point(NamedTuple):
    """Something the request itself puts on the agenda."""

    key: str
    text: str
    source: str


def points_of(work: WorkRequest) -> list[Point]:
    """What was left to find out together, what is not sure, and what does not fit together."""
    answers = list(work.answers.select_related("question").order_by("question__position"))
    steps = list(PathStep.objects.filter(path__work=work, path__version=DecisionPath.Version.TODAY))
    found = [*_open(answers), *_unsure_steps(steps), *_contradictions(work, answers, steps)]
    return [point._replace(text=point.text[:LIMIT]) for point in found]


def _open(answers: Sequence[Answer]) -> Iterator[Point]:
    for answer in answers:
        if answer.is_pmo_only:
            # The requester reads the agenda beforehand, and so may others.
            continue
        if said.is_open(answer) or _says_unsure(answer):
            yield Point(f"open:{answer.slug}", str(answer.question.words["label"]), Source.OPEN)


def _says_unsure(answer: Answer) -> bool:
    unsure = answer.question.rules.get("unsure") or {}
    field = unsure.get("field")
    return bool(field and answer.get(field) == unsure.get("value", True))


def _unsure_steps(steps: Sequence[PathStep]) -> Iterator[Point]:
    for step in steps:
        if step.wait_unit == PathStep.Unit.UNSURE:
            text = f"How long does it wait before “{step.what}”?"
            yield Point(f"wait:{step.pk}", text, Source.OPEN)
    if steps and not any(step.decides for step in steps):
        yield Point(
            "path:decides", "No step of the path decides. Who has the last word?", Source.OPEN
        )


def _contradictions(
    work: WorkRequest, answers: Sequence[Answer], steps: Sequence[PathStep]
) -> Iterator[Point]:
    given = {answer.slug: answer for answer in answers if not answer.is_pmo_only}
    rhythm = str(given["decider"].get("rhythm")) if "decider" in given else ""
    texts = [(step.what, f"{step.moment} {step.data}") for step in steps]
    if "today" in given:
        texts.append(("what people do today", str(given["today"].get("today"))))
    for name, text in texts:
        slower = _data_rhythm(text)
        if slower and DAYS.get(rhythm, 0) and DAYS[slower] > DAYS[rhythm]:
            words = (
                f"The decision is {RHYTHM_WORDS[rhythm]}, but its data is {RHYTHM_WORDS[slower]} "
                f"(“{name}”). How does that work?"
            )
            yield Point(f"rhythm:{name}"[:60], words, Source.CONTRADICTION)
    yield from _deciders(given, steps)


def _data_rhythm(text: str) -> str:
    lowered = text.casefold()
    return next(
        (rhythm for rhythm, words in DATA_RHYTHMS if any(word in lowered for word in words)), ""
    )


def _deciders(given: dict[str, Answer], steps: Sequence[PathStep]) -> Iterator[Point]:
    """Who decides by the answer, and who decides on the path."""
    told = " ".join(str(given["decider"].get("decider")).split()) if "decider" in given else ""
    drawn = {step.actor.casefold(): step.actor for step in steps if step.decides}
    if told and drawn and not any(_same(told.casefold(), name) for name in drawn):
        words = f"You named {told} as who decides; on the path it is {', '.join(drawn.values())}."
        yield Point("decider", f"{words} Who has the last word?", Source.CONTRADICTION)


def _same(one: str, other: str) -> bool:
    return one in other or other in one
