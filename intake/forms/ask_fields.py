"""The fields of a question, made of its words and rules."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms

from intake.forms.files import FilesField
from intake.forms.rows import RowsField
from intake.models import QuestionVersion

LAST_DATE = date(2100, 1, 1)
DATE_FORMATS = ["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%d %b %Y", "%d %B %Y"]
PEOPLE_LIST = "people"
Words = Mapping[str, str]


class HintedChoice(forms.ChoiceField):
    """Radio buttons: value, label and a line about it each. `options` is what the page shows."""

    offered: list[tuple[str, str, str]]
    options: Any = ()


def make_fields(question: QuestionVersion, dates: Words) -> dict[str, forms.Field]:
    """The question's fields in order. None is required: the rules tell when one may be empty."""
    return {name: _make(question, name, dates) for name in question.rules["order"]}


def _make(question: QuestionVersion, name: str, dates: Words) -> forms.Field:
    rule, words = question.rules["fields"][name], field_words(question, name)
    about: dict[str, Any] = {
        "required": False,
        "label": filled(words["label"], dates),
        "help_text": filled(words["hint"], dates),
    }
    if rule["kind"] == "choice":
        return _choice(question, name, about, dates)
    if rule["kind"] == "tick":
        return forms.BooleanField(**about)
    if rule["kind"] == "files":
        return FilesField(label=about["label"])
    if rule["kind"] == "rows":
        return RowsField(options=question.words["options"][name], **about)
    return _date(question, name, about) if rule["kind"] == "date" else _text(rule, about)


def field_words(question: QuestionVersion, name: str) -> dict[str, str]:
    """Label and hint of a field; the one without a label of its own carries the question's."""
    words = question.words.get("fields", {}).get(name, {})
    own = words if words.get("label") else question.words
    return {"label": own["label"], "hint": own.get("hint", "")}


def _text(rule: dict[str, Any], about: dict[str, Any]) -> forms.CharField:
    if rule["kind"] == "area":
        limits = {"rows": rule["rows"], "data-limit": rule["max"]}
        return forms.CharField(widget=forms.Textarea(limits), strip=True, **about)
    attrs = {"list": PEOPLE_LIST, "autocomplete": "off"} if rule.get("people") else {}
    return forms.CharField(widget=forms.TextInput(attrs), strip=True, **about)


def _date(question: QuestionVersion, name: str, about: dict[str, Any]) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    messages = {"invalid": error(question, name, "bad")}
    return forms.DateField(
        widget=widget, input_formats=DATE_FORMATS, error_messages=messages, **about
    )


def _choice(
    question: QuestionVersion, name: str, about: dict[str, Any], dates: Words
) -> HintedChoice:
    """Radio buttons in their given order, none chosen. What isn't offered counts as empty."""
    options = question.words["options"][name]
    offered = [
        (option["value"], filled(option["label"], dates), filled(option.get("hint", ""), dates))
        for option in options
    ]
    field = HintedChoice(
        widget=forms.RadioSelect,
        choices=[(value, label) for value, label, _ in offered],
        error_messages={"invalid_choice": error(question, name, "empty")},
        **about,
    )
    field.offered = offered
    return field


def error(question: QuestionVersion, name: str, kind: str, **numbers: int) -> str:
    """The words for what is wrong with a field; numbers are written with thousands."""
    words = question.words["errors"].get(name, {}).get(kind, "Check this answer")
    return filled(words, {key: f"{number:,}" for key, number in numbers.items()})


def filled(text: str, names: Words) -> str:
    """Fill in what stands in braces; a text that names what isn't known is left out."""
    wanted = set(re.findall(r"{(\w+)}", text))
    if not all(names.get(name) for name in wanted):
        return ""
    return re.sub(r"{(\w+)}", lambda found: names[found[1]], text)
