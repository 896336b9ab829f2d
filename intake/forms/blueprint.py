"""The parts of a blueprint as forms: one of its own for each, with as many rows as are wanted."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms

from accounts.forms import PortalForm
from intake.blueprints.parts import (
    KINDS,
    LANES,
    READ,
    UNITS,
    Content,
    Part,
    Row,
    name_rows,
)
from intake.forms.texts import text_field
from intake.models import BlueprintVersion, WorkRequest

MOST_ROWS = 30
SPARE_ROWS = 2
MORE_ROWS = 3


@dataclass(frozen=True)
class FieldRow:
    """The fields of one row, as the page groups them."""

    heading: str
    fields: list[forms.BoundField]


class PartForm(PortalForm):
    """One part. `seen` is the text that was read; a save over a newer one shows both."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    row_noun: ClassVar[str] = ""

    def __init__(self, data: Any = None, *, content: Content, seen: int) -> None:
        super().__init__(data, initial={"seen": seen, **self.first(content)})

    def first(self, content: Content) -> dict[str, Any]:
        return dict(content)

    def content(self) -> Content:
        """What was filled in, as it is stored."""
        return {name: self.cleaned_data[name] for name in self.fields if name != "seen"}

    @property
    def single_fields(self) -> list[forms.BoundField]:
        return [field for field in self if "-" not in field.name]

    @property
    def field_rows(self) -> list[FieldRow]:
        return []


class TriggerForm(PartForm):
    what = text_field(
        "What starts it?",
        subject="What starts it",
        most=400,
        hint="For example: the Thursday plan is out, or a date in it moves",
        rows=2,
    )
    how_often = text_field(
        "How often?", subject="How often", most=120, hint="Each week, once", rows=1
    )
    who = text_field("Who says go?", subject="Who says go", most=120, hint="A name", rows=1)


class PeopleForm(PartForm):
    driver = text_field(
        "Driver", subject="The driver", most=120, hint="Who keeps it moving. One name", rows=1
    )
    approver = text_field(
        "Approver",
        subject="The approver",
        most=200,
        hint="Who says yes in the end. One name: two slow the decision down",
        rows=1,
    )
    contributors = text_field("Contributors (optional)", subject="Contributors", most=400, rows=1)
    informed = text_field("Informed (optional)", subject="Informed", most=400, rows=1)
    problem_owner = text_field(
        "Owner of the problem", subject="The owner of the problem", most=120, rows=1,
        hint="Who lives with it if nothing is done",
    )  # fmt: skip
    out_of_scope = text_field("Out of scope (optional)", subject="Out of scope", most=600, rows=2)
    review_on = forms.DateField(
        label="Looked at again on (optional)",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": "Enter a date such as 2026-05-12"},
    )

    def content(self) -> Content:
        day = self.cleaned_data["review_on"]
        return super().content() | {"review_on": day.isoformat() if day else ""}


class RowsForm(PartForm):
    """A part made of rows. A row whose leading field is empty is left out."""

    leading: ClassVar[str] = ""

    def __init__(self, data: Any = None, *, content: Content, seen: int) -> None:
        rows = len(content.get("rows", ())) + SPARE_ROWS
        posted = str(data.get("rows", "")) if data is not None else ""
        if posted.isdigit():
            rows = int(posted) + (MORE_ROWS if "more" in data else 0)
        self.count = max(1, min(rows, MOST_ROWS))
        in_rows = {
            f"{name}-{place}": field
            for place in range(self.count)
            for name, field in self.row_fields().items()
        }
        # Before the form is made, so that these behave as every field of the portal does.
        self.base_fields = type(self).base_fields | in_rows  # type: ignore[misc]
        super().__init__(data, content=content, seen=seen)

    def row_fields(self) -> dict[str, forms.Field]:
        raise NotImplementedError

    def first(self, content: Content) -> dict[str, Any]:
        single = {name: value for name, value in content.items() if name != "rows"}
        return single | {
            f"{name}-{place}": value
            for place, row in enumerate(content.get("rows", ()))
            for name, value in row.items()
        }

    @property
    def rows_shown(self) -> str:
        """How many rows the page posts back."""
        return str(self.count)

    def content(self) -> Content:
        single = {
            name: self.cleaned_data[name] for name in self.fields
            if "-" not in name and name != "seen"
        }  # fmt: skip
        return {"rows": self.rows(), **single}

    def rows(self) -> list[Row]:
        names = list(self.row_fields())
        found = [
            {name: self.cleaned_data.get(f"{name}-{place}") for name in names}
            for place in range(self.count)
        ]
        said = [row for row in found if row[self.leading]]
        if "place" in names:
            said.sort(key=lambda row: row["place"] or MOST_ROWS)
            said = [{key: row[key] for key in row if key != "place"} for row in said]
        return name_rows(said, self.leading) if "key" in names else said

    @property
    def field_rows(self) -> list[FieldRow]:
        return [
            FieldRow(
                f"{self.row_noun} {place + 1}",
                [self[f"{name}-{place}"] for name in self.row_fields()],
            )
            for place in range(self.count)
        ]

    def row_value(self, name: str, place: int) -> Any:
        return self.cleaned_data.get(f"{name}-{place}")


def _key() -> forms.CharField:
    return forms.CharField(widget=forms.HiddenInput, required=False, max_length=60)


def _amount() -> forms.IntegerField:
    return forms.IntegerField(
        label="Within",
        required=False,
        min_value=1,
        max_value=400,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "invalid": "Enter a whole number such as 2",
            "min_value": "Enter 1 or more",
            "max_value": "Enter 400 or less",
        },
    )


def _choice(label: str, choices: tuple[tuple[str, str], ...]) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=choices, error_messages={"invalid_choice": "Select one of the list"},
        required=False,
    )  # fmt: skip


def _line(label: str, subject: str, most: int = 120) -> forms.CharField:
    return text_field(label, subject=subject, most=most, rows=1)


class StepsForm(RowsForm):
    row_noun = "Step"
    leading = "what"

    def row_fields(self) -> dict[str, forms.Field]:
        return {
            "key": _key(),
            "place": forms.IntegerField(
                label="Place", required=False, min_value=1, max_value=99,
                error_messages={"invalid": "Enter a place such as 2"},
            ),
            "lane": _choice("Who", LANES),
            "from": _line("From", "From"),
            "what": _line("What is handed over", "What is handed over", 200),
            "to": _line("To", "To"),
            "amount": _amount(),
            "unit": _choice("Counted in", UNITS),
            "needs": _line("Needs (input, from whom; optional)", "Needs", 200),
        }  # fmt: skip

    def first(self, content: Content) -> dict[str, Any]:
        places = {f"place-{n}": n + 1 for n in range(len(content.get("rows", ())))}
        return super().first(content) | places

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for place in range(self.count):
            if not self.row_value("what", place):
                continue
            for name, words in (("from", "Enter who hands over"), ("to", "Enter who receives it")):
                field = f"{name}-{place}"
                if field not in self.errors and not cleaned.get(field):
                    self.add_error(field, words)
        return cleaned


class PromisesForm(RowsForm):
    row_noun = "Promise"
    leading = "sentence"

    def row_fields(self) -> dict[str, forms.Field]:
        return {
            "key": _key(),
            "sentence": _line("Promise, in a sentence", "The promise", 300),
            "kind": _choice("Kind", KINDS[::-1]),
            "target": _line("For a value: target and tolerance", "The target", 60),
            "amount": _amount(),
            "unit": _choice("Counted in", UNITS),
        }

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for place in range(self.count):
            timed = self.row_value("sentence", place) and self.row_value("kind", place) == "time"
            field = f"amount-{place}"
            if timed and field not in self.errors and not cleaned.get(field):
                self.add_error(field, "Enter the time that is promised")
        return cleaned


class EndForm(RowsForm):
    row_noun = "Finished when"
    leading = "text"
    stop_early = text_field(
        "When do we stop early? (optional)", subject="When we stop early", most=400, rows=2
    )

    def row_fields(self) -> dict[str, forms.Field]:
        return {"text": _line("A sentence that can be ticked", "The sentence", 300)}


class ImpactForm(RowsForm):
    row_noun = "Measure"
    leading = "measure"

    def row_fields(self) -> dict[str, forms.Field]:
        return {
            "key": _key(),
            "measure": _line("What is measured", "What is measured", 200),
            "baseline": _line("Baseline", "The baseline", 60),
            "target": _line("Target", "The target", 60),
            "who": _line("Who measures", "Who measures"),
            "read": _choice("When it is read", READ),
            "in_use": forms.BooleanField(
                label="Read in use, by the people who use the result", required=False
            ),
        }


FORMS: dict[str, type[PartForm]] = {
    Part.TRIGGER: TriggerForm,
    Part.STEPS: StepsForm,
    Part.PROMISES: PromisesForm,
    Part.END: EndForm,
    Part.IMPACT: ImpactForm,
    Part.PEOPLE: PeopleForm,
}


class CommentForm(PortalForm):
    text = text_field(
        "Your comment", subject="Your comment", most=2000, missing="Enter a comment", rows=2
    )
    thread = forms.IntegerField(widget=forms.HiddenInput, required=False)


class SignForm(PortalForm):
    """The number and the fingerprint say which text was read."""

    number = forms.IntegerField(widget=forms.HiddenInput, error_messages={"required": ""})
    digest = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    agree = forms.BooleanField(error_messages={"required": "Tick that you have read it and agree"})

    def __init__(self, data: Any = None, *, number: int, digest: str) -> None:
        super().__init__(data, initial={"number": number, "digest": digest})
        self.fields["agree"].label = f"I have read version {number} and agree"


class ChangeForm(PortalForm):
    reason = text_field(
        "Why should it change?",
        subject="Why it should change",
        most=400,
        missing="Enter why it should change",
        hint="The other side reads it first",
        rows=3,
    )


class StartForm(PortalForm):
    """Where a blueprint starts from; `copied_from` is the reference of another request."""

    source = forms.ChoiceField(
        choices=[
            (BlueprintVersion.Source.STANDARD, ""),
            (BlueprintVersion.Source.COPY, ""),
            (BlueprintVersion.Source.BLANK, ""),
        ],
        error_messages={
            "required": "Select where to start from",
            "invalid_choice": "Select where to start from",
        },
    )
    copied_from = forms.CharField(required=False, max_length=20)

    def __init__(self, data: Any, *, sources: list[WorkRequest]) -> None:
        super().__init__(data)
        self.sources = {work.reference: work for work in sources}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        copies = cleaned.get("source") == BlueprintVersion.Source.COPY
        if copies and cleaned.get("copied_from", "") not in self.sources:
            self.add_error("copied_from", "Select the request to copy from")
        return cleaned

    @property
    def origin(self) -> WorkRequest | None:
        if self.cleaned_data["source"] != BlueprintVersion.Source.COPY:
            return None
        return self.sources[self.cleaned_data["copied_from"]]
