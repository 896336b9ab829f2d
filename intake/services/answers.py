"""Answers as people read them, in the words of the question they were given to."""

from datetime import date, datetime
from typing import Any, NamedTuple

from accounts.date_words import day_words
from intake.models import Answer, EarlierAnswer, QuestionVersion

Given = Answer | EarlierAnswer

OPEN = frozenset({Answer.Status.NOT_SURE, Answer.Status.TOGETHER})


class Line(NamedTuple):
    """One field of an answer. The field that the question itself names has no label."""

    label: str
    text: str


def in_words(
    answer: Given, *, now: datetime, question: QuestionVersion | None = None
) -> list[Line]:
    """The fields that were given, in order. `question` saves a query where it is at hand."""
    asked = question if question and question.pk == answer.question_id else answer.question
    given = [name for name in asked.rules["order"] if _is_shown(name, answer, asked)]
    return [Line(_label(name, asked), _text(name, answer.get(name), asked, now)) for name in given]


def is_open(answer: Answer) -> bool:
    """Whether it was left for the talk."""
    return answer.status in OPEN


def _is_shown(name: str, answer: Given, question: QuestionVersion) -> bool:
    """Leave out what was not given, what says "not sure", and "by a date" beside its date."""
    value = answer.get(name)
    if value in ("", False, None) or value == [] or _says_unsure(name, value, question):
        return False
    return not _is_told_by_another(name, value, answer, question)


def _says_unsure(name: str, value: Any, question: QuestionVersion) -> bool:
    unsure = question.rules.get("unsure", {})
    return bool(unsure.get("field") == name and unsure.get("value") == value)


def _is_told_by_another(name: str, value: Any, answer: Given, question: QuestionVersion) -> bool:
    rules = question.rules["fields"]
    return rules[name]["kind"] == "choice" and any(
        rule.get("only_if") == {name: value} and answer.get(other) for other, rule in rules.items()
    )


def _label(name: str, question: QuestionVersion) -> str:
    words = question.words.get("fields", {}).get(name, {})
    return "" if question.rules["fields"][name]["kind"] == "tick" else str(words.get("short", ""))


def _text(name: str, value: Any, question: QuestionVersion, now: datetime) -> str:
    kind = question.rules["fields"][name]["kind"]
    if kind == "tick":
        return str(question.words["fields"][name]["label"])
    if kind == "choice":
        return option_words(question, name, str(value))
    if kind == "rows":
        return _rows(value, name, question)
    return _date_words(str(value), now) if kind == "date" else str(value)


def _rows(value: Any, name: str, question: QuestionVersion) -> str:
    """One line for each row: a name and what it is for."""
    rows = [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
    told = [(row["name"], option_words(question, name, row["part"])) for row in rows]
    return "\n".join(f"{who}: {what}" if what else who for who, what in told)


def option_words(question: QuestionVersion, name: str, value: str) -> str:
    """What was chosen, in a few words; the value itself when it is offered no more."""
    options: list[dict[str, str]] = question.words.get("options", {}).get(name, [])
    chosen = next((option for option in options if option["value"] == value), None) or {}
    return str(chosen.get("short") or chosen.get("label") or value)


def _date_words(text: str, now: datetime) -> str:
    try:
        return day_words(date.fromisoformat(text), now=now)
    except ValueError:
        # Put aside half written.
        return text
