"""Setting a pilot up, looking at it, and deciding."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, cast

from django import forms

from accounts.forms import PortalForm
from accounts.models import User
from catalog.models import Line, PilotCriterion
from catalog.services.pilots import LEAST_REASON, Plan, usual_end
from intake.forms.texts import text_field

MEASURES = 3
STEPS = 4
NUMBERS = ("baseline", "target", "keep_at", "drop_at")
LABELS = {
    "measure": "What is measured",
    "unit": "Unit (optional)",
    "baseline": "Baseline today",
    "target": "Target",
    "keep_at": "Keep if it reaches",
    "drop_at": "Drop if it stays at",
}


def number_field(label: str, *, hint: str = "") -> forms.DecimalField:
    """A number with at most two decimals, as text so that a comma is not lost."""
    return forms.DecimalField(
        label=label,
        help_text=hint,
        required=False,
        max_digits=12,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        error_messages={
            "invalid": "Enter a number such as 12 or 3.5",
            "max_digits": "Enter a smaller number",
            "max_whole_digits": "Enter a smaller number",
            "max_decimal_places": "Enter at most two decimals",
        },
    )


def day_field(label: str, missing: str, hint: str = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=hint,
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": missing, "invalid": "Enter a date such as 2026-05-12"},
    )


class SetUpForm(PortalForm):
    """Everything that is fixed before the start."""

    signal = text_field(
        "We believe that …", subject="What you believe", most=300, rows=2,
        missing="Enter what you believe helps", hint="The signal or change that is tried",
    )  # fmt: skip
    customer = text_field(
        "… lets …", subject="For whom", most=120, rows=1, missing="Enter for whom", hint="Who"
    )
    effect = text_field(
        "… decide or do …", subject="What they decide or do", most=300, rows=2,
        missing="Enter what they decide or do",
    )  # fmt: skip
    scope = text_field(
        "Scope", subject="The scope", most=200, rows=1, missing="Enter what the pilot is tried on",
        hint="For example: two of five plants",
    )  # fmt: skip
    starts_on = day_field("First day", "Enter the first day")
    ends_on = day_field("Last day", "Enter the last day", "Usually four weeks, at most six")
    decider = forms.ModelChoiceField(
        User.objects.none(),
        label="Who decides at the end",
        error_messages={"required": "Select who decides", "invalid_choice": "Select who decides"},
    )
    check_in_days = forms.TypedChoiceField(
        label="How often somebody looks",
        choices=((7, "Every week"), (14, "Every two weeks"), (2, "Every other day")),
        coerce=int,
        initial=7,
        error_messages={"invalid_choice": "Select one of the list", "required": "Select one"},
    )
    budget = text_field("Time for it (optional)", subject="The time for it", most=80, rows=1)

    def __init__(
        self, data: Any = None, *, people: Iterable[User], today: date, first: dict[str, Any]
    ) -> None:
        rows = {name: field for place in range(MEASURES) for name, field in _measure(place)}
        steps = {f"step-{place}": _step(place) for place in range(STEPS)}
        self.base_fields = type(self).base_fields | rows | steps  # type: ignore[misc]
        usual = {"starts_on": today, "ends_on": usual_end(today)}
        super().__init__(data, initial=usual | first)
        who = User.objects.filter(pk__in=[person.pk for person in people])
        cast("forms.ModelChoiceField[User]", self.fields["decider"]).queryset = who

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for place in range(MEASURES):
            self._check_measure(place, cleaned)
        if not cleaned.get("measure-0") and "measure-0" not in self.errors:
            self.add_error("measure-0", "Enter at least one measure")
        if not cleaned.get("step-0") and "step-0" not in self.errors:
            self.add_error("step-0", "Enter where the pilot begins")
        return cleaned

    def _check_measure(self, place: int, cleaned: dict[str, Any]) -> None:
        """Four numbers, in the order of the way from baseline to target."""
        if not cleaned.get(f"measure-{place}"):
            return
        for name in NUMBERS:
            field = f"{name}-{place}"
            if field not in self.errors and cleaned.get(field) is None:
                self.add_error(field, f"Enter a number: {LABELS[name].lower()}")
        given = [cleaned.get(f"{name}-{place}") for name in NUMBERS]
        found = [value for value in given if isinstance(value, Decimal)]
        if len(found) < len(NUMBERS):
            return
        baseline, target, keep_at, drop_at = found
        if target == baseline:
            self.add_error(f"target-{place}", "The target has to differ from the baseline")
        elif (keep_at > drop_at) != (target > baseline) or keep_at == drop_at:
            words = "Keep lies nearer to the target than drop, on the way from the baseline"
            self.add_error(f"keep_at-{place}", words)

    def plan(self) -> Plan:
        given = self.cleaned_data
        hypothesis = (
            f"We believe that {given['signal']} lets {given['customer']} {given['effect']}."
        )
        fields = ("scope", "starts_on", "ends_on", "decider", "check_in_days", "budget")
        return Plan(hypothesis=hypothesis, **{name: given[name] for name in fields})

    def criteria(self) -> list[dict[str, Any]]:
        given = self.cleaned_data
        return [
            {name: given[f"{name}-{place}"] for name in LABELS}
            for place in range(MEASURES)
            if given[f"measure-{place}"]
        ]

    def steps(self) -> list[str]:
        given = [self.cleaned_data[f"step-{place}"] for place in range(STEPS)]
        return [words for words in given if words]

    @property
    def measure_rows(self) -> list[tuple[str, list[forms.BoundField]]]:
        return [
            (f"Measure {place + 1}", [self[f"{name}-{place}"] for name in LABELS])
            for place in range(MEASURES)
        ]

    @property
    def step_fields(self) -> list[forms.BoundField]:
        return [self[f"step-{place}"] for place in range(STEPS)]

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        return [field for field in self if "-" not in field.name]


def _measure(place: int) -> list[tuple[str, forms.Field]]:
    texts = {"measure": 120, "unit": 30}
    return [
        (
            f"{name}-{place}",
            text_field(label, subject=label, most=texts[name], rows=1)
            if name in texts
            else number_field(label),
        )
        for name, label in LABELS.items()
    ]


def _step(place: int) -> forms.CharField:
    label = "Where it begins" if place == 0 else f"Then widened to (step {place + 1}, optional)"
    return text_field(label, subject="A step", most=160, rows=1)


class CheckInForm(PortalForm):
    """Three minutes: readings, what worked, what did not, one change to try."""

    worked = text_field("What worked?", subject="What worked", most=1000, rows=2)
    did_not = text_field("What did not?", subject="What did not", most=1000, rows=2)
    to_try = text_field(
        "One change to try (optional)", subject="The change to try", most=400, rows=2
    )

    def __init__(self, data: Any = None, *, criteria: Sequence[PilotCriterion]) -> None:
        self.criteria = criteria
        readings = {f"reading-{one.pk}": _reading(one) for one in criteria}
        self.base_fields = readings | type(self).base_fields  # type: ignore[misc]
        super().__init__(data)

    def readings(self) -> dict[int, Decimal]:
        found = {one.pk: self.cleaned_data.get(f"reading-{one.pk}") for one in self.criteria}
        return {pk: value for pk, value in found.items() if value is not None}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        said = any(cleaned.get(name) for name in ("worked", "did_not"))
        if not self.errors and not said and not self.readings():
            self.add_error(None, "Enter a reading, or what worked and what did not")
        return cleaned


def _reading(criterion: PilotCriterion) -> forms.DecimalField:
    unit = f" ({criterion.unit})" if criterion.unit else ""
    hint = "Leave it empty if nobody could read it: a gap is not a zero"
    return number_field(f"{criterion.measure}{unit}", hint=hint)


class FeedbackForm(PortalForm):
    text = text_field(
        "How did this step go?", subject="Your feedback", most=2000, missing="Enter how it went",
        rows=2,
    )  # fmt: skip


class EndForm(PortalForm):
    reason = text_field(
        "Why does it end early?", subject="The reason", most=400, missing="Enter why it ends early",
        rows=2,
    )  # fmt: skip


VERDICTS = [
    (Line.KEEP, "Keep: it goes on, and the service is offered to all"),
    (Line.ADAPT, "Adapt: another pilot, with a changed hypothesis"),
    (Line.DROP, "Drop: it ends here, with thanks"),
]


class DecideForm(PortalForm):
    """The verdict. Nothing is preselected; another one than the lines say needs its reason."""

    verdict = forms.ChoiceField(
        label="What do you decide?",
        choices=VERDICTS,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Select keep, adapt or drop",
            "invalid_choice": "Select keep, adapt or drop",
        },
    )
    reason = text_field(
        "Why?", subject="The reason", most=2000, least=LEAST_REASON,
        missing=f"Enter why, in at least {LEAST_REASON} characters", rows=3,
    )  # fmt: skip
    learned = text_field(
        "What did we learn?", subject="What we learned", most=2000,
        missing="Enter what we learned, whichever way it went",
        hint="Goes to the learning log, for the next ones who try", rows=3,
    )  # fmt: skip
    next_step = text_field(
        "What comes next?", subject="What comes next", most=1000,
        hint="Adapt: what the next pilot tries. Drop: what people can do instead", rows=2,
    )  # fmt: skip
    early_reason = text_field("Why before the last day?", subject="The reason", most=400, rows=2)

    def __init__(self, data: Any = None, *, is_early: bool, may_adapt: bool) -> None:
        super().__init__(data)
        self.is_early = is_early
        if not is_early:
            del self.fields["early_reason"]
        if not may_adapt:
            field = cast(forms.ChoiceField, self.fields["verdict"])
            field.choices = [choice for choice in VERDICTS if choice[0] != Line.ADAPT]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        lacks_way = cleaned.get("verdict") in (Line.ADAPT, Line.DROP)
        if lacks_way and not cleaned.get("next_step") and "next_step" not in self.errors:
            is_drop = cleaned["verdict"] == Line.DROP
            words = "Enter what people can do instead" if is_drop else "Enter what is tried next"
            self.add_error("next_step", words)
        if self.is_early and not cleaned.get("early_reason"):
            self.add_error("early_reason", "Enter why it is decided before the last day")
        return cleaned
