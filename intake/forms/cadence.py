"""What the PMO fills in for a recurring decision (ux.md 5.18)."""

from typing import Any, cast

from django import forms

from accounts.forms import PortalForm
from catalog.models import Service
from intake.forms.ask_fields import DATE_FORMATS
from intake.forms.texts import text_field
from intake.models import Cadence

LARGEST = 2_147_483_647


class CadenceForm(PortalForm):
    summary_elsewhere = True
    name = text_field(
        "What is it called?",
        subject="The name",
        missing="Enter what it is called",
        least=3,
        most=120,
        hint="As people say it, for example: the capacity call",
        rows=1,
    )
    decider = text_field(
        "Who decides?", subject="Who decides", missing="Enter who decides", most=120, rows=1
    )
    decides = text_field("What is decided? (optional)", subject="What is decided", most=200, rows=2)
    rhythm = forms.ChoiceField(
        label="How often?",
        choices=Cadence.Rhythm.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Select how often it is decided"},
    )
    next_on = forms.DateField(
        label="When is the next time?",
        input_formats=DATE_FORMATS,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": "Enter the date", "invalid": "Enter the date"},
    )
    data = text_field(  # type: ignore[assignment]
        "What data does it already use? (optional)", subject="The data", most=300, rows=2
    )
    service = forms.ModelChoiceField(
        label="Which service feeds it? (optional)",
        queryset=Service.objects.none(),
        required=False,
        empty_label="None",
        error_messages={"invalid_choice": "Select one of the services"},
    )
    seen = forms.IntegerField(
        widget=forms.HiddenInput, min_value=0, max_value=LARGEST, required=False
    )

    def __init__(self, *args: Any, cadence: Cadence | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cadence = cadence
        field = cast("forms.ModelChoiceField[Service]", self.fields["service"])
        field.queryset = Service.objects.listed().select_related("current")

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        same = Cadence.objects.filter(name__iexact=name)
        if self.cadence:
            same = same.exclude(pk=self.cadence.pk)
        if same.exists():
            raise forms.ValidationError("There is one of this name already")
        return name


def initial_of(cadence: Cadence) -> dict[str, Any]:
    names = ("name", "decider", "decides", "rhythm", "next_on", "data", "service")
    return {name: getattr(cadence, name) for name in names} | {"seen": cadence.number}
