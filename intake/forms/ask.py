"""One question as a form: when it may stay empty, what is too short, what an answer says."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from crispy_forms.layout import Field, Layout
from django import forms
from django.forms import BoundField

from accounts.forms import PortalFormHelper, PortalFormMixin, clean_text
from intake.forms.ask_fields import LAST_DATE, HintedChoice, error, make_fields
from intake.forms.files import FilesField
from intake.forms.rows import Row, RowsField, RowsInput
from intake.models import Answer, QuestionVersion

# What is put aside half written is kept as typed, within reason.
MOST_KEPT = 20_000
NUMBER = re.compile(r"[+-]?[\d ]+([.,]\d+)?")
LINK = re.compile(r"https?://[^\s<>\"']+", re.I)
SHAPES = {"link": LINK, "number": NUMBER}
Condition = Mapping[str, Any]


class Option(NamedTuple):
    """One radio button, with the fields that it brings along."""

    value: str
    label: str
    hint: str
    is_chosen: bool
    brings: list[BoundField]


class AskedFields(forms.Form):
    """A form whose fields are those of a question."""

    def __init__(
        self,
        data: Any,
        files: Any = None,
        *,
        question: QuestionVersion,
        dates: Mapping[str, str],
        initial: Mapping[str, Any] | None,
        with_files: bool,
    ) -> None:
        super().__init__(data, files, initial=dict(initial or {}))
        self.question = question
        made = make_fields(question, dates)
        self.fields.update(
            {n: f for n, f in made.items() if with_files or not isinstance(f, FilesField)}
        )
        self.rules: dict[str, dict[str, Any]] = {
            name: rule for name, rule in question.rules["fields"].items() if name in self.fields
        }


class QuestionForm(PortalFormMixin, AskedFields):
    """Asks one question. Without `must_answer` it only checks what was typed.

    `dates` are the promised dates that the question's words name; `today` is the person's.
    """

    summary_elsewhere = True

    def __init__(
        self,
        question: QuestionVersion,
        data: Any = None,
        files: Any = None,
        *,
        today: date,
        dates: Mapping[str, str] | None = None,
        must_answer: bool = True,
        initial: Mapping[str, Any] | None = None,
        more_rows: int = 0,
        with_files: bool = False,
    ) -> None:
        super().__init__(
            data,
            files,
            question=question,
            dates=dates or {},
            initial=initial,
            with_files=with_files,
        )
        self.more_rows = more_rows
        self.today = today
        self.must_answer = must_answer
        self.heading_field = _heading_field(question)

    @property
    def helper(self) -> PortalFormHelper:
        """Fields in order; what a choice brings along stands right under that choice."""
        helper = super().helper
        brought = [name for name, rule in self.rules.items() if self._is_brought(rule)]
        helper.layout = Layout(
            *(self._laid_out(name) for name in self.fields if name not in brought)
        )
        return helper

    def _is_brought(self, rule: Condition) -> bool:
        return any(self.rules[name]["kind"] == "choice" for name in rule.get("only_if", {}))

    def _laid_out(self, name: str) -> Field:
        field = self.fields[name]
        if isinstance(field, HintedChoice):
            field.options = self._options(name, field)
            return Field(name, template="intake/ask/_choice.html")
        if isinstance(field, RowsField):
            field.show(self[name].value(), more=self.more_rows)
            return Field(name, template="intake/ask/_rows.html")
        if "only_if" in self.rules[name]:
            return Field(name, wrapper_class="revealed if-ticked")
        return Field(name)

    def _options(self, name: str, field: HintedChoice) -> list[Option]:
        chosen = self[name].value()
        return [
            Option(value, label, hint, value == chosen, self._brought_by({name: value}))
            for value, label, hint in field.offered
        ]

    def _brought_by(self, choice: Condition) -> list[BoundField]:
        return [self[name] for name, rule in self.rules.items() if rule.get("only_if") == choice]

    def clean(self) -> dict[str, Any]:
        """Check each field by its rules, once all values are known."""
        values = {name: self.cleaned_data.get(name) for name in self.fields}
        for name, rule in self.rules.items():
            if not _holds(rule.get("only_if", {}), values):
                self._put_away(name)
            elif name not in self.errors:
                self._check(name, rule, values)
        self._check_same_kind()
        return self.cleaned_data

    def _put_away(self, name: str) -> None:
        """Forget a field that isn't asked, with what was wrong in it."""
        self.errors.pop(name, None)
        self.cleaned_data[name] = None

    def _check(self, name: str, rule: Condition, values: Mapping[str, Any]) -> None:
        value = values[name]
        if rule["kind"] == "rows":
            self._check_rows(name, rule, value or [])
        elif value in ("", None):
            may_stay_empty = any(_holds(other, values) for other in rule.get("unless", ()))
            if self.must_answer and not (_is_optional(rule) or may_stay_empty):
                self._wrong(name, "empty")
        elif rule["kind"] == "date":
            self._check_date(name, rule, value)
        elif isinstance(value, str):
            self._check_length(name, rule, value)

    def _check_length(self, name: str, rule: Condition, text: str) -> None:
        most, least = rule.get("max"), rule.get("min", 0)
        if most and len(text) > most:
            self._wrong(name, "long", max=most, length=len(text))
        elif not _looks_like(rule, text):
            self._wrong(name, "bad")
        elif self.must_answer and len(text) < least:
            self._wrong(name, "short", min=least)

    def _check_rows(self, name: str, rule: Condition, rows: list[Row]) -> None:
        parts = {option["value"] for option in self.question.words["options"][name]}
        longest = max((len(row["name"]) for row in rows), default=0)
        if len(rows) > rule["most"]:
            self._wrong(name, "many", max=rule["most"])
        if longest > rule["max"]:
            self._wrong(name, "long", max=rule["max"], length=longest)
        if any(not row["name"] for row in rows):
            self._wrong(name, "empty")
        if any(row["name"] and row["part"] not in parts for row in rows):
            self._wrong(name, "part")

    def _check_date(self, name: str, rule: Condition, value: date) -> None:
        if value >= LAST_DATE:
            self._wrong(name, "bad")
        elif rule.get("from_today") and value < self.today:
            self._wrong(name, "past")

    def _check_same_kind(self) -> None:
        """A baseline and a target that can't be compared: one has a figure, the other none."""
        pair = self.question.rules.get("same_kind", ())
        texts = [str(self.cleaned_data.get(name) or "") for name in pair]
        have_figure = {any(sign.isdigit() for sign in text) for text in texts}
        if all(texts) and len(have_figure) > 1:
            self._wrong(pair[-1], "other_kind")

    def _wrong(self, name: str, kind: str, **numbers: int) -> None:
        self.add_error(name, error(self.question, name, kind, **numbers))

    def value(self) -> dict[str, Any]:
        """The answer as it is stored: plain values, dates as ISO text."""
        return {name: _plain(self.cleaned_data.get(name)) for name in self._kept()}

    def _kept(self) -> list[str]:
        """The fields that make the answer; files are rows of their own."""
        return [name for name, field in self.fields.items() if not isinstance(field, FilesField)]

    @property
    def files_field(self) -> str:
        """The field that takes files; empty where there is none."""
        found = (name for name, field in self.fields.items() if isinstance(field, FilesField))
        return next(found, "")

    def status(self) -> str:
        """Whether the answer says something, or that they are not sure yet."""
        unsure = self.question.rules.get("unsure", {})
        value = self.value()
        says_so = bool(unsure) and value.get(unsure["field"]) == unsure["value"]
        still_empty = not value.get(unsure.get("empty", ""), "")
        is_unsure = says_so and still_empty
        return Answer.Status.NOT_SURE if is_unsure else Answer.Status.GIVEN

    def as_typed(self) -> dict[str, Any]:
        """What stands in the fields, whatever it is, to be put aside half written."""
        return {name: self._typed(name) for name in self._kept()}

    def _typed(self, name: str) -> Any:
        field = self.fields[name]
        if isinstance(field, RowsField):
            rows = RowsInput().value_from_datadict(self.data, self.files, name)
            return [{key: text[:200] for key, text in row.items()} for row in rows]
        text = str(clean_text(self.data.get(name, ""))).replace("\x00", "")[:MOST_KEPT]
        return bool(text) if self.rules[name]["kind"] == "tick" else text


def _heading_field(question: QuestionVersion) -> str:
    """The field whose label is the page's heading: the one without words of its own."""
    own = question.words.get("fields", {})
    return next((n for n in question.rules["order"] if "label" not in own.get(n, {})), "")


def _holds(condition: Condition, values: Mapping[str, Any]) -> bool:
    return all(values.get(name) == value for name, value in condition.items())


def _looks_like(rule: Condition, text: str) -> bool:
    """Whether a text that must be a link, or a number, is one."""
    shapes = [shape for kind, shape in SHAPES.items() if rule.get(kind)]
    return all(shape.fullmatch(text) for shape in shapes)


def _is_optional(rule: Condition) -> bool:
    return bool(rule.get("optional")) or rule["kind"] == "tick"


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else value
