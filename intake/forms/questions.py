"""Editing one question: its words, limits and rules, as plain fields."""

import copy
import re
from collections.abc import Iterator
from typing import Any

from django import forms

from accounts.forms import PortalFormMixin
from intake.models import QuestionVersion
from intake.states import Lane

LONGEST_LIMIT = 5_000
# What words may name in braces: limits, and the dates that we promise.
KNOWN = frozenset(
    ("max", "min", "length", "reply", "proposal", "urgent_reply", "sooner", "balanced", "deeper")
)
# These open every request; without them nothing can be sent or told apart.
ALWAYS_REQUIRED = frozenset(("need", "kind"))
ERRORS = {
    "empty": "when it is empty",
    "short": "when it is too short",
    "long": "when it is too long",
    "past": "when the date is over",
    "bad": "when it can’t be read",
    "part": "when a person has no part",
    "many": "when there are too many",
    "other_kind": "when it can’t be compared",
}
WORDS = (
    ("label", "Question, the page’s heading", 200),
    ("short", "The same as part of a sentence", 120),
    ("hint", "Hint, one line (optional)", 300),
    ("text", "Paragraph under the heading (optional)", 600),
    ("why", "Why we ask", 400),
)


class QuestionFields(forms.Form):
    """A form with a field for everything of a question that may be changed."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=10**9)

    def __init__(self, data: Any, *, question: QuestionVersion) -> None:
        super().__init__(data, initial={"seen": question.number})
        self.question = question
        self.fields.update(dict(_word_fields(question.words)))
        self.fields.update(dict(_rule_fields(question)))
        for name in question.rules["order"]:
            self.fields.update(dict(_fields_of(question, name)))


def _text(label: str, initial: Any, longest: int, *, rows: int = 0) -> forms.CharField:
    widget = forms.Textarea({"rows": rows}) if rows else forms.TextInput()
    return forms.CharField(
        label=label, initial=initial, required=False, max_length=longest, widget=widget
    )


def _number(label: str, initial: Any, most: int) -> forms.IntegerField:
    wrong = f"Enter a whole number from 0 to {most:,}"
    return forms.IntegerField(
        label=label,
        initial=initial,
        required=False,
        min_value=0,
        max_value=most,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), wrong),
    )


def _word_fields(words: dict[str, Any]) -> Iterator[tuple[str, forms.Field]]:
    for name, label, longest in WORDS:
        yield name, _text(label, words.get(name, ""), longest, rows=3 if longest > 300 else 0)
    examples = "\n".join(words.get("examples") or ())
    yield "examples", _text("Examples, one on each line (optional)", examples, 1000, rows=4)


def _rule_fields(question: QuestionVersion) -> Iterator[tuple[str, forms.Field]]:
    rules = question.rules
    for name, label in (("lanes", "Asked in"), ("required", "Must be answered in")):
        yield (
            name,
            forms.MultipleChoiceField(
                label=label,
                choices=Lane.choices,
                initial=rules.get(name, []),
                required=False,
                widget=forms.CheckboxSelectMultiple,
            ),
        )
    yield (
        "may_wait",
        forms.BooleanField(
            label="Offers “Do this with us”", initial=rules.get("may_wait"), required=False
        ),
    )
    yield "seconds", _number("Seconds that it usually takes", rules.get("seconds", 30), 3600)
    yield "position", _number("Place among the questions", question.position, 99)


def _fields_of(question: QuestionVersion, name: str) -> Iterator[tuple[str, forms.Field]]:
    words, rule = question.words, question.rules["fields"][name]
    own = words.get("fields", {}).get(name, {})
    about = own.get("label") or name
    if "label" in own:
        yield f"{name}.label", _text(f"{name}: label", own["label"], 200)
    if "hint" in own:
        yield f"{name}.hint", _text(f"{name}: hint", own["hint"], 300)
    for limit, said in (("min", "least characters"), ("max", "most characters")):
        if limit in rule:
            yield f"{name}.{limit}", _number(f"{name}: {said}", rule[limit], LONGEST_LIMIT)
    if rule["kind"] != "tick":
        label = f"{about}: may stay empty"
        yield (
            f"{name}.optional",
            forms.BooleanField(label=label, initial=bool(rule.get("optional")), required=False),
        )
    if "only_if" in rule:
        shown = ", ".join(f"{key} = {_said(value)}" for key, value in rule["only_if"].items())
        yield f"{name}.only_if", _text(f"{name}: asked only if", shown, 100)
    for kind, text in words.get("errors", {}).get(name, {}).items():
        yield f"error.{name}.{kind}", _text(f"{name}: error {ERRORS.get(kind, kind)}", text, 300)
    for option in words.get("options", {}).get(name, []):
        yield (
            f"option.{name}.{option['value']}",
            _text(f"{name}: choice “{option['value']}”", option["label"], 200),
        )


def _said(value: Any) -> str:
    return {True: "ticked", False: "not ticked"}.get(value, str(value))


class QuestionEditForm(PortalFormMixin, QuestionFields):
    """Checks what was typed and gives the words and rules of the next version."""

    summary_elsewhere = True

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        for name in ("label", "short", "why"):
            was_there = bool(self.question.words.get(name))
            if was_there and name not in self.errors and not given.get(name):
                self.add_error(name, "Enter these words. Nobody can answer without them")
        self._check_braces(given)
        self._check_lanes(given)
        self._check_limits(given)
        self._check_conditions(given)
        return given

    def _check_braces(self, given: dict[str, Any]) -> None:
        for name, value in list(given.items()):
            unknown = set(re.findall(r"{(\w*)}", value)) - KNOWN if isinstance(value, str) else ()
            if unknown:
                word = sorted(unknown)[0]
                known = ", ".join(sorted(KNOWN))
                self.add_error(name, f"{{{word}}} is not known here. Known are: {known}")
            is_text = name.startswith(("error.", "option.")) or name.endswith(".label")
            if is_text and value == "":
                self.add_error(name, "Enter these words")

    def _check_lanes(self, given: dict[str, Any]) -> None:
        lanes, required = set(given.get("lanes", ())), set(given.get("required", ()))
        if not required <= lanes:
            self.add_error("required", "It can only be required where it is asked")
        must = self.question.slug in ALWAYS_REQUIRED
        if must and not set(self.question.rules["required"]) <= required:
            self.add_error("required", "Every request begins with this question. It stays required")

    def _check_limits(self, given: dict[str, Any]) -> None:
        for name in self.question.rules["order"]:
            least, most = given.get(f"{name}.min"), given.get(f"{name}.max")
            if f"{name}.max" in self.fields and not most and f"{name}.max" not in self.errors:
                self.add_error(f"{name}.max", "Enter how long an answer may be")
            elif least is not None and most is not None and least > most:
                self.add_error(f"{name}.max", "The most must not be less than the least")
        if given.get("position") == 0 or ("position" in given and given["position"] is None):
            self.add_error("position", "Enter a place from 1 to 99")

    def _check_conditions(self, given: dict[str, Any]) -> None:
        for name in self.question.rules["order"]:
            text = given.get(f"{name}.only_if")
            if text is None:
                continue
            if _condition(text, self.question) is None:
                known = ", ".join(self.question.rules["order"])
                self.add_error(
                    f"{name}.only_if",
                    f"Write a field, = and its value, such as unsure = ticked. Fields: {known}",
                )

    def seen_now(self) -> "QuestionEditForm":
        """This form, to be sent again as a change of the version that is current now."""
        data: Any = self.data
        data = data.copy()
        data["seen"] = str(self.question.number)
        self.data = data
        return self

    def words(self) -> dict[str, Any]:
        """The words of the next version; only of a valid form."""
        given = self.cleaned_data
        words: dict[str, Any] = copy.deepcopy(self.question.words)
        for name, _, _ in WORDS:
            if given[name] or name in words:
                words[name] = given[name]
        lines = [line.strip() for line in given["examples"].split("\n") if line.strip()]
        if lines or "examples" in words:
            words["examples"] = lines
        for name in self.fields:
            first, *rest = name.split(".")
            if first == "error":
                words["errors"][rest[0]][rest[1]] = given[name]
            elif first == "option":
                for option in words["options"][rest[0]]:
                    if option["value"] == rest[1]:
                        option["label"] = given[name]
            elif rest and rest[0] in ("label", "hint"):
                words["fields"][first][rest[0]] = given[name]
        return words

    def rules(self) -> dict[str, Any]:
        """The rules of the next version; only of a valid form."""
        given = self.cleaned_data
        rules: dict[str, Any] = copy.deepcopy(self.question.rules)
        rules |= {name: given[name] for name in ("lanes", "required", "may_wait")}
        rules["seconds"] = given["seconds"] or 0
        for name in rules["order"]:
            rule = rules["fields"][name]
            rule |= {
                limit: given[f"{name}.{limit}"]
                for limit in ("min", "max")
                if given.get(f"{name}.{limit}") is not None
            }
            if given.get(f"{name}.optional"):
                rule["optional"] = True
            else:
                rule.pop("optional", None)
            if f"{name}.only_if" in given:
                rule["only_if"] = _condition(given[f"{name}.only_if"], self.question)
        return rules


def _condition(text: str, question: QuestionVersion) -> dict[str, Any] | None:
    """Read "unsure = ticked"; None for what names no field or no value of the question."""
    field, _, said = (part.strip() for part in text.partition("="))
    rule = question.rules["fields"].get(field)
    if rule is None or not said:
        return None
    if rule["kind"] == "tick":
        return {field: said == "ticked"} if said in ("ticked", "not ticked") else None
    if rule["kind"] == "choice":
        values = [option["value"] for option in question.words["options"][field]]
        return {field: said} if said in values else None
    return None
