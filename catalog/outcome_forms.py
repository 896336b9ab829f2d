"""Forms of outcome promises: the definition, a reading, a file of readings, leaving one out."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone

from accounts.forms import PortalForm
from catalog.models import MetricVersion
from catalog.services.outcomes import Reading, first_of_month
from sla.models import BusinessCalendar

Kind, Operator = MetricVersion.Kind, MetricVersion.Operator
NUMBER = "Enter a number such as 48 or 2.5"


def _number(label: str, *, hint: str = "", required: bool = False) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=required,
        help_text=hint,
        max_digits=14,
        decimal_places=4,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        error_messages=dict.fromkeys(
            ("required", "invalid", "max_digits", "max_decimal_places", "max_whole_digits"), NUMBER
        ),
    )


def _text(label: str, missing: str, *, limit: int = 300, hint: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=limit,
        required=bool(missing),
        help_text=hint,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": missing},
    )


def _moment(label: str, *, hint: str = "") -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        required=False,
        help_text=hint,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d"],
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        error_messages={"invalid": "Enter a date and time such as 2026-03-06T14:30"},
    )


class DefinitionForm(PortalForm):
    """What is promised, in words and numbers. `terms()` gives it for the service."""

    name = forms.CharField(
        label="Name",
        max_length=80,
        error_messages={"required": "Enter a name such as Forecast accuracy"},
    )
    question = forms.CharField(
        label="Which question does it answer?",
        max_length=200,
        error_messages={"required": "Enter the question that it answers"},
    )
    kind = forms.ChoiceField(
        label="What is measured",
        choices=Kind.choices,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose what is measured"),
    )
    population = _text("What is counted, and from when", "Enter what is counted")
    starts_and_ends = _text("What starts it, and what ends it", "Enter what starts and ends it")
    excludes = _text("What is left out, and who may decide that", "")
    evidence = _text("Where the evidence is", "Enter where the evidence is")
    operator = forms.ChoiceField(
        label="Limit",
        choices=Operator.choices,
        initial=Operator.AT_MOST,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose how it is compared"),
    )
    limit = _number("Amount", hint="Hours, per cent of tolerance, or how often a month.")
    calendar = forms.ModelChoiceField(
        queryset=BusinessCalendar.objects.filter(is_archived=False),
        label="Counted in",
        required=False,
        empty_label="Real time, around the clock",
        error_messages={"invalid_choice": "Choose a calendar from the list"},
    )
    compliance_target = _number("How many of them, in per cent", required=True)
    min_sample = forms.IntegerField(
        label="Fewest cases to judge",
        min_value=1,
        max_value=1000,
        initial=5,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), "Enter a number from 1 to 1000"
        ),
    )
    effective_from = forms.CharField(
        label="From the start of",
        widget=forms.TextInput(attrs={"type": "month"}),
        error_messages={"required": "Enter a month such as 2026-12"},
    )
    note = _text("Why?", "Enter why this is promised", limit=200)

    def __init__(self, *args: Any, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_new:
            del self.fields["name"], self.fields["question"]

    def clean_effective_from(self) -> date:
        try:
            month = first_of_month(self.cleaned_data["effective_from"])
        except ValueError:
            raise forms.ValidationError("Enter a month such as 2026-12") from None
        today = timezone.localdate()
        if not date(today.year - 2, 1, 1) <= month <= date(today.year + 5, 12, 1):
            raise forms.ValidationError("Enter a month of the last two or the next five years")
        return month

    def clean_compliance_target(self) -> Decimal:
        share: Decimal = self.cleaned_data["compliance_target"]
        if not 0 < share <= 100:
            raise forms.ValidationError("Enter a percentage above 0, up to 100")
        return round(share, 2)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        kind, limit = given.get("kind"), given.get("limit")
        if kind and kind != Kind.SHARE and limit is None and "limit" not in self.errors:
            self.add_error("limit", NUMBER)
        if limit is not None and not 0 <= limit <= 1_000_000:
            self.add_error("limit", "Enter a number from 0 to 1,000,000")
        if kind in (Kind.DURATION, Kind.TOLERANCE) and given.get("operator") == Operator.AT_LEAST:
            self.add_error("operator", "Choose less than, or at most")
        if kind == Kind.TOLERANCE and given.get("operator") == Operator.LESS:
            self.add_error("operator", "A tolerance includes its limit. Choose at most")
        return given

    def terms(self) -> dict[str, Any]:
        """What a version is made of; only of a valid form."""
        given = {k: v for k, v in self.cleaned_data.items() if k not in ("name", "question")}
        if given["kind"] != Kind.DURATION:
            given["calendar"] = None
        if given["kind"] == Kind.SHARE:
            given["limit"] = None
        return given


WANTED: dict[str, tuple[str, ...]] = {
    Kind.DURATION: ("at", "done_at"),
    Kind.TOLERANCE: ("at", "forecast", "actual"),
    Kind.SHARE: ("at", "holds"),
    Kind.COUNT: ("at", "actual"),
}
LABELS: dict[str, dict[str, str]] = {
    Kind.DURATION: {"at": "Began", "done_at": "Done, if it is"},
    Kind.TOLERANCE: {"at": "Frozen on", "actual": "Actual, if it is known"},
    Kind.SHARE: {"at": "On"},
    Kind.COUNT: {"at": "Happened on", "actual": "How often"},
}
YES, NO = "yes", "no"


class ReadingForm(PortalForm):
    """One reading, with the fields that its kind of promise has."""

    reference = forms.CharField(
        label="Of what",
        max_length=120,
        help_text="A name or number that tells it from others, such as RISK-0042.",
        error_messages={"required": "Enter what was measured"},
    )
    at = _moment("On")
    done_at = _moment("Done")
    forecast = _number("Forecast", required=True)
    actual = _number("Actual")
    holds = forms.ChoiceField(
        label="Does it hold?",
        required=False,
        choices=((YES, "Yes"), (NO, "No"), ("", "Not known yet")),
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Choose yes or no"},
    )
    evidence = forms.CharField(
        label="Evidence (optional)", max_length=300, required=False, help_text="A link or a name."
    )

    def __init__(self, *args: Any, kind: str, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now, self.kind = now, kind
        for name in {"at", "done_at", "forecast", "actual", "holds"} - set(WANTED[kind]):
            del self.fields[name]
        for name, label in LABELS[kind].items():
            self.fields[name].label = label
        self.fields["at"].required = True
        self.fields["at"].error_messages["required"] = "Enter a date and time"
        if kind == Kind.COUNT:
            self.fields["actual"].required = True

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        for name in ("at", "done_at"):
            if given.get(name) and given[name] > self.now:
                self.add_error(name, "Enter a moment that is over")
        for name in ("forecast", "actual"):
            if given.get(name) is not None and abs(given[name]) >= Decimal(10) ** 12:
                self.add_error(name, "Enter a number below a million million")
        return given

    def reading(self) -> Reading:
        """The checked reading; only of a valid form."""
        given = dict(self.cleaned_data)
        holds = {YES: True, NO: False}.get(given.pop("holds", ""))
        return Reading(**given, holds=holds)


class ExcludeForm(PortalForm):
    reason = _text("Why is it left out?", "Enter why it is left out", limit=200)


class FileForm(PortalForm):
    """A CSV file of readings; after the preview it comes back as text."""

    file = forms.FileField(label="CSV file", required=False)
    text = forms.CharField(required=False, widget=forms.HiddenInput)
