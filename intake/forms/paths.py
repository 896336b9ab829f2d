"""What is filled in for one step of a decision path, and the whole path as text (ux.md 5.4)."""

from typing import Any

from django import forms

from accounts.forms import PortalForm
from intake.forms.texts import text_field
from intake.models import PathStep
from intake.reading.path_text import read_lines
from intake.services.paths import MOST_STEPS

LONGEST_WAIT = 999
TEXT = 6000
NO_WAIT = 'Enter how long it waits, or select "not sure"'
TOO_MANY = f"A path has at most {MOST_STEPS} steps. Split it: one path per decision"
COUNTED = (PathStep.Unit.HOURS, PathStep.Unit.DAYS, PathStep.Unit.WEEKS)


def one_of(label: str, choices: Any, missing: str, hint: str = "") -> forms.ChoiceField:
    """Radio buttons, none of them chosen beforehand."""
    return forms.ChoiceField(
        label=label,
        choices=choices,
        help_text=hint,
        widget=forms.RadioSelect,
        error_messages={"required": missing, "invalid_choice": missing},
    )


class StepForm(PortalForm):
    """One step. How it breaks is asked only where it does."""

    summary_elsewhere = True
    what = text_field(
        "What happens?",
        subject="What happens",
        missing="Enter what happens in this step",
        least=3,
        most=60,
        rows=1,
    )
    actor = text_field(
        "Who does it?",
        subject="Who does it",
        missing="Enter who does it",
        least=2,
        most=40,
        rows=1,
    )
    role = one_of("In this step they", PathStep.Role.choices, "Select what they do in this step")
    moment = text_field(
        "When, or after what? (optional)",
        subject="When, or after what",
        most=40,
        hint="For example Thursday noon, or after month end",
        rows=1,
    )
    data = text_field(  # type: ignore[assignment]
        "With what data, from where? (optional)", subject="With what data", most=80, rows=1
    )
    wait_number = forms.IntegerField(
        label="How long does it usually wait before this step?",
        required=False,
        min_value=1,
        max_value=LONGEST_WAIT,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "invalid": "Enter the wait as a whole number such as 3",
            "min_value": "Enter the wait as a whole number such as 3",
            "max_value": f"The wait must be {LONGEST_WAIT} or less",
        },
    )
    wait_unit = one_of("It waits for", PathStep.Unit.choices, NO_WAIT)
    pain = one_of(
        "How much does this step hurt?",
        [(value, f"{value} {label}") for value, label in PathStep.Pain.choices],
        "Select how much it hurts",
    )
    breaks = one_of(
        "Does the path break here?",
        (("yes", "Yes"), ("no", "No")),
        "Select yes if the path breaks here",
    )
    break_kind = one_of("How does it break?", PathStep.Break.choices, "Select how it breaks")
    break_cost = text_field(
        "What does that cost? (optional)", subject="What that costs", most=120, rows=1
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["break_kind"].required = False
        self.fields["actor"].widget.attrs |= {"list": "path-actors", "autocomplete": "off"}
        self.fields["seen"].error_messages = {"invalid": "", "min_value": ""}

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        counted = given.get("wait_unit") in COUNTED
        if counted and given.get("wait_number") is None and "wait_number" not in self.errors:
            self.add_error("wait_number", NO_WAIT)
        if given.get("breaks") == "yes" and not given.get("break_kind"):
            self.errors.pop("break_kind", None)
            self.add_error("break_kind", "Select how it breaks")
        return given

    def step(self) -> dict[str, Any]:
        """What the service takes."""
        given = dict(self.cleaned_data)
        given["is_broken"] = given.pop("breaks") == "yes"
        given["pain"] = int(given["pain"])
        given.pop("seen")
        return given


def initial_of(step: PathStep) -> dict[str, Any]:
    """A step as its form shows it."""
    names = ("what", "actor", "role", "moment", "data", "wait_number", "wait_unit", "pain")
    shown = {name: getattr(step, name) for name in (*names, "break_kind", "break_cost")}
    return shown | {"breaks": "yes" if step.is_broken else "no"}


class PathTextForm(PortalForm):
    """The whole path, one step a line; every line is checked like the form of a step."""

    summary_elsewhere = True
    text = text_field(
        "The path, one step a line",
        subject="The path",
        missing="Enter at least one step",
        most=TEXT,
        rows=10,
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        lines = read_lines(text)
        if not lines:
            raise forms.ValidationError("Enter at least one step")
        if len(lines) > MOST_STEPS:
            raise forms.ValidationError(TOO_MANY)
        self.steps = [self._checked(number, posted) for number, posted in lines]
        return text

    def _checked(self, number: int, posted: dict[str, str]) -> dict[str, Any]:
        form = StepForm(posted)
        if not form.is_valid():
            first = form.problems()[0].words
            raise forms.ValidationError(f"Line {number}: {first[:1].lower()}{first[1:]}")
        return form.step()
