"""Filling special days from a country's holidays or a calendar file, and saving the result."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.forms import PortalForm
from sla import countries

MOST_YEARS = 6
CORRECTION_HINT = (
    "Open clocks are counted again from their start, as shown above. Closed ones are not touched."
)
NEW_HINT = "Running clocks keep their hours. Policies that count in this calendar change over."


class HolidayForm(PortalForm):
    """Which holidays to fill in."""

    country = forms.ChoiceField(
        label="Country",
        error_messages={
            "required": "Choose a country",
            "invalid_choice": "Choose a country from the list",
        },
    )
    region = forms.ChoiceField(
        label="Region",
        required=False,
        error_messages={"invalid_choice": "Choose a region from the list"},
    )
    first = forms.IntegerField(label="From year")
    last = forms.IntegerField(label="To year")

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(data, *args, prefix="fill", **kwargs)
        country, region = (self.fields[name] for name in ("country", "region"))
        country.choices = [("", "Choose a country"), *countries.names().items()]  # type: ignore[attr-defined]
        chosen = (data or {}).get("fill-country", "")
        regions = [(name, name) for name in countries.regions(chosen)]
        region.choices = [("", "The whole country"), *regions]  # type: ignore[attr-defined]
        for name in ("first", "last"):
            words = "Enter a year between 1990 and 2100"
            self.fields[name].error_messages |= dict.fromkeys(("required", "invalid"), words)
            self.fields[name].validators = [
                MinValueValidator(1990, words),
                MaxValueValidator(2100, words),
            ]

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if "first" in data and "last" in data:
            if data["last"] < data["first"]:
                self.add_error("last", "Enter a last year that is not before the first")
            elif data["last"] - data["first"] >= MOST_YEARS:
                self.add_error("last", f"Fill in at most {MOST_YEARS} years at a time")
        return data

    def years(self) -> list[int]:
        return list(range(self.cleaned_data["first"], self.cleaned_data["last"] + 1))


class FileForm(PortalForm):
    """A calendar file to take days from."""

    file = forms.FileField(
        label="Calendar file (.ics)",
        help_text="All-day entries are shown to you before anything is filled in. At most 512 kB.",
        error_messages={
            "required": "Choose a calendar file",
            "empty": "This file is empty. Choose another one",
            "missing": "Choose a calendar file",
            "invalid": "Choose a calendar file",
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, prefix="ics", **kwargs)


def explained(words: str, hint: str) -> SafeString:
    """The label of an option, with a line about it."""
    return format_html('{} <span class="option-hint">{}</span>', words, hint)


class SaveForm(PortalForm):
    """What kind of change it is, and why."""

    kind = forms.ChoiceField(
        label="What kind of change is it?",
        choices=(
            ("correction", explained("A correction: the hours were wrong", CORRECTION_HINT)),
            ("new", explained("A new calendar for new promises", NEW_HINT)),
        ),
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose what kind of change it is",
            "invalid_choice": "Choose what kind of change it is",
        },
    )
    reason = forms.CharField(
        label="Why do the hours change?",
        help_text="One sentence. It stands in the history of the calendar for good.",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "required": "Enter why the hours change",
            "max_length": "Use at most 200 characters for the reason",
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, prefix="save", **kwargs)
