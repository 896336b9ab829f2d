"""The page "Let us look behind this": short questions, none of which must be answered."""

from typing import Any

from django import forms

from accounts.forms import PortalFormMixin
from intake.models import Reframe
from intake.reframe.engine import Reading
from intake.reframe.rules import Rules

LONGEST = 300
REPORTED = "reported"
Ending = Reframe.Ending


class GroupFields(forms.Form):
    """A form with a field for each question of a group."""

    def __init__(self, data: Any, *, reading: Reading, rules: Rules, ending: str = "") -> None:
        super().__init__(data)
        self.ending = ending
        asked = list(enumerate(rules.questions[reading.group], start=1))
        if REPORTED in reading.flags:
            asked.insert(0, (0, rules.reported))
        for number, words in asked:
            label = f"{words} (optional)" if number == 3 else words
            self.fields[f"q{number}"] = _text(label, LONGEST)
        if ending == Ending.OWN:
            self.fields["own"] = _text("The need in your words", 600, area=True)


class ReframeForm(PortalFormMixin, GroupFields):
    """The questions of a group. `ending` says which button was pressed, if one that goes on."""

    summary_elsewhere = True

    def answers(self) -> dict[str, str]:
        """What stands in the fields, by number; checked only in a valid form."""
        return {
            name.removeprefix("q"): str(self.data.get(name, "") or "").replace("\x00", "").strip()
            for name in self.fields
            if name != "own"
        }

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if self.ending == Ending.SENTENCE:
            for name in ("q1", "q2"):
                if name not in self.errors and not given.get(name):
                    self.add_error(name, "Answer this, so that the sentence is whole")
        if self.ending == Ending.OWN and "own" not in self.errors and not given.get("own"):
            self.add_error("own", "Enter the need in your words, or keep the words you had")
        return given


def _text(label: str, longest: int, *, area: bool = False) -> forms.CharField:
    widget = forms.Textarea({"rows": 3}) if area else forms.TextInput({"autocomplete": "off"})
    long = f"Write {longest} characters or less"
    return forms.CharField(
        label=label,
        required=False,
        max_length=longest,
        widget=widget,
        error_messages={"max_length": long},
    )
