"""Rules as a form: one field for each entry, in words that the page groups by section."""

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.http import QueryDict

from accounts.forms import PortalFormMixin
from intake.reframe.rules import RulesError

LONGEST = 20_000
LISTS = {"guards": "why", "rules": "what"}
SECTIONS = {
    "lexicon": "Lexicons",
    "parts": "Parts",
    "guards": "Guards",
    "rules": "Rules",
    "generic": "The generic rule",
    "flags": "Flags",
    "questions": "Questions by group",
    "frames": "Sentences by group",
}
Document = Mapping[str, Any]


def entries(document: Document) -> Iterator[tuple[str, str, str, str]]:
    """Every editable entry as section, name of the field, label and text."""
    for section in SECTIONS:
        content = document[section]
        if section in LISTS:
            for one in content:
                if "re" in one:
                    label = f"{one['id']}: {one[LISTS[section]]}"
                    yield section, f"{section}.{one['id']}", label, one["re"]
            continue
        for name, value in content.items():
            text = "\n".join(value) if isinstance(value, list) else str(value)
            yield section, f"{section}.{name}", str(name).replace("_", " "), text


class RuleFields(forms.Form):
    """A form with a field for each entry of a document."""

    base = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=10**9)
    note = forms.CharField(
        label="Why this change",
        help_text="One sentence for the second person, and for those who read the history",
        max_length=300,
        error_messages={"required": "Enter why this change is made"},
    )
    new_id = forms.CharField(label="Name of a new rule (optional)", required=False, max_length=10)
    new_what = forms.CharField(label="What it notices", required=False, max_length=120)
    new_re = forms.CharField(
        label="Its pattern",
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 2, "spellcheck": "false"}),
    )

    def __init__(self, data: Any = None, *, document: Document, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.document = document
        self.sections: dict[str, list[str]] = {}
        for section, name, label, text in entries(document):
            self.sections.setdefault(section, []).append(name)
            self.fields[name] = _entry_field(label, text)


def _entry_field(label: str, text: str) -> forms.CharField:
    rows = min(8, max(2, len(text) // 90 + 1, text.count("\n") + 1))
    return forms.CharField(
        label=label,
        required=False,
        initial=text,
        max_length=LONGEST,
        widget=forms.Textarea({"rows": rows, "spellcheck": "false"}),
    )


class RulesForm(PortalFormMixin, RuleFields):
    """All entries of a document. What is emptied is refused, except that a rule goes."""

    summary_elsewhere = True

    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The sections with their fields, for the page."""
        return [(SECTIONS[name], [self[f] for f in names]) for name, names in self.sections.items()]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        known = {one["id"] for section in LISTS for one in self.document[section]}
        new = [bool(given.get(name)) for name in ("new_id", "new_what", "new_re")]
        if given.get("new_id") in known:
            self.add_error("new_id", "There is a rule of this name. Choose another one")
        elif any(new) and not all(new):
            self.add_error("new_id", "Enter name, words and pattern of the new rule, or none")
        return given

    def edited(self) -> dict[str, Any]:
        """The document with what was typed; only of a valid form."""
        document = copy.deepcopy(dict(self.document))
        for section, names in self.sections.items():
            for name in names:
                self._put(document, section, name.split(".", 1)[1], self.cleaned_data[name])
        given = self.cleaned_data
        if given["new_id"]:
            rule = {"id": given["new_id"], "what": given["new_what"], "re": given["new_re"]}
            before_generic = next(
                (n for n, one in enumerate(document["rules"]) if one.get("generic")), 0
            )
            document["rules"].insert(before_generic, rule)
        return document

    @staticmethod
    def _put(document: dict[str, Any], section: str, name: str, text: str) -> None:
        content = document[section]
        if section in LISTS:
            for one in [one for one in content if one["id"] == name]:
                if text:
                    one["re"] = text
                else:
                    content.remove(one)
        elif isinstance(content[name], list):
            content[name] = [line.strip() for line in text.split("\n") if line.strip()]
        elif isinstance(content[name], int):
            content[name] = int(text) if text.isascii() and text.isdigit() else text
        else:
            content[name] = text

    def based_on(self, number: int) -> "RulesForm":
        """This form, to be sent again as a change of other rules."""
        data = QueryDict(mutable=True)
        data.update({name: str(self.data.get(name, "")) for name in self.fields})
        data["base"] = str(number)
        self.data = data
        return self

    def refuse(self, error: RulesError) -> None:
        """Say what is wrong beside the entry that it is about."""
        self.add_error(self._field_of(error.place), f"{error.place} {error.problem}")

    def _field_of(self, place: str) -> str | None:
        dotted = place.replace(" ", ".", 1)
        tried = (dotted, *(f"{section}.{place}" for section in LISTS))
        if place == self.cleaned_data.get("new_id"):
            return "new_re"
        return next((name for name in tried if name in self.fields), None)
