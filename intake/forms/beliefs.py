"""What either side fills in for the need and for what the work shall change."""

from typing import Any

from django import forms

from accounts.forms import PortalForm
from intake.forms.ask_fields import DATE_FORMATS
from intake.forms.texts import text_field

LARGEST = 2_147_483_647


def seen_field() -> forms.IntegerField:
    """The number of the version that was read."""
    return forms.IntegerField(
        widget=forms.HiddenInput, min_value=0, max_value=LARGEST, required=False
    )


class NeedForm(PortalForm):
    summary_elsewhere = True
    text = text_field(
        "The need",
        subject="The need",
        missing="Write down the need in at least 20 characters",
        least=20,
        most=600,
        hint="Who needs what, at which moment, so that what changes",
        rows=4,
    )
    seen = seen_field()


class HypothesisForm(PortalForm):
    """The parts of one sentence. What was learned is asked once there is an earlier version."""

    summary_elsewhere = True
    change = text_field(
        "We believe that …",
        subject="The change",
        missing="Enter the signal or the change",
        most=200,
        hint="The signal or change, for example: a list of late suppliers",
        rows=1,
    )
    customer = text_field(
        "for …", subject="Who it is for", missing="Enter who it is for", most=200, rows=1
    )
    act = text_field(
        "lets them …",
        subject="What it lets them do",
        missing="Enter what it lets them decide or do",
        most=300,
        hint="What they decide or do with it",
        rows=2,
    )
    act_by = text_field("by when? (optional)", subject="By when", most=100, rows=1)
    measure = text_field("We will know when … (optional)", subject="The measure", most=100, rows=1)
    baseline = text_field("moves from … (optional)", subject="The baseline", most=40, rows=1)
    target = text_field("to … (optional)", subject="The target", most=40, rows=1)
    target_on = forms.DateField(
        label="by (optional)",
        required=False,
        input_formats=DATE_FORMATS,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": "Enter the date as day, month and year"},
    )
    learned = text_field(
        "What did you learn, that it changes?",
        subject="What you learned",
        most=1000,
        hint="It goes into the learning log, so that others learn it too",
        rows=3,
    )
    seen = seen_field()

    def __init__(self, *args: Any, is_first: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_first:
            del self.fields["learned"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if "learned" in self.fields and not given.get("learned") and "learned" not in self.errors:
            self.add_error("learned", "Enter what you learned")
        if given.get("measure") and not given.get("target"):
            self.add_error("target", "Enter the target, or leave the measure out")
        return given
