"""Bringing an old queue in: the file, and which of its columns holds what."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from accounts.forms import PortalForm
from intake.importing.columns import FIELDS
from intake.importing.dates import Order
from intake.states import Lane

MEGABYTE = 1024 * 1024
MOST = 50 * MEGABYTE
LABELS = {
    "title": "Title",
    "body": "What they asked for",
    "requester": "Mail address of the requester",
    "name": "Name of the requester",
    "received": "When it was asked",
    "department": "Department",
    "reference": "Reference in the old queue",
    "state": "State",
}
# What such columns are often called.
USUAL = {
    "title": ("title", "subject", "summary", "short description"),
    "body": ("description", "body", "details", "text", "request"),
    "requester": ("requester", "requester email", "email", "mail", "reported by", "reporter"),
    "name": ("name", "requester name", "full name"),
    "received": ("received", "created", "date", "opened", "created at", "submitted"),
    "department": ("department", "area", "team", "division"),
    "reference": ("reference", "key", "id", "ticket", "number"),
    "state": ("state", "status"),
}
ORDERS = [
    (Order.ASK.value, "Refuse it where it is unclear"),
    (Order.DAY_FIRST.value, "3 February"),
    (Order.MONTH_FIRST.value, "2 March"),
]


class UploadForm(PortalForm):
    file = forms.FileField(
        label="The old queue as a CSV file",
        help_text="Up to 50 MB. The first line names the columns.",
        max_length=200,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt"}),
        error_messages={
            "required": "Choose a file",
            "empty": "The file is empty",
            "max_length": "The name of the file is too long",
        },
    )

    def clean_file(self) -> UploadedFile[bytes]:
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > MOST:
            raise forms.ValidationError("The file must be smaller than 50 MB. Split it in two")
        return file


class ColumnsForm(PortalForm):
    """`terms()` gives what was chosen as plain data."""

    source = forms.CharField(
        label="Name of the old queue",
        max_length=40,
        initial="old queue",
        help_text="With the reference it tells what was brought in before.",
        error_messages={"required": "Enter a name"},
    )
    requester = forms.EmailField(
        label="Requester where a row names none",
        required=False,
        error_messages={"invalid": "Enter a mail address such as ana@example.org"},
    )
    dates = forms.ChoiceField(
        label="How to read 03/02/2026",
        choices=ORDERS,
        initial=Order.ASK,
    )
    lane = forms.ChoiceField(label="Lane", choices=Lane.choices, initial=Lane.CONSULT)
    open = forms.CharField(
        label="Further states that mean open",
        max_length=300,
        required=False,
        help_text="With commas between them",
    )
    closed = forms.CharField(
        label="Further states that mean finished",
        max_length=300,
        required=False,
        help_text="Finished rows stay behind.",
    )
    received_now = forms.BooleanField(label="A row without a date was asked today", required=False)
    makes_departments = forms.BooleanField(
        label="Make departments that are missing", required=False
    )

    def __init__(self, *args: Any, columns: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # By their place: a name may stand there twice, or be empty.
        choices = [("", "None")] + [
            (str(n), name or f"Column {n + 1}") for n, name in enumerate(columns)
        ]
        self.columns = columns
        mapped = {}
        for field in FIELDS:
            mapped[f"in_{field}"] = forms.ChoiceField(
                label=LABELS[field],
                choices=choices,
                required=False,
                initial=_guess(field, columns),
                error_messages={"invalid_choice": "Choose a column of the file"},
            )
        self.fields = mapped | self.fields

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if not given.get("in_title") and not given.get("in_body"):
            self.add_error("in_title", "Say which column holds the words")
        if not given.get("in_requester") and not given.get("requester"):
            self.add_error("in_requester", "Choose a column, or name a requester below")
        return given

    def terms(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        chosen = {field: given.pop(f"in_{field}") for field in FIELDS}
        places = {field: self.columns[int(place)] for field, place in chosen.items() if place}
        return given | {"mapping": places}


def _guess(field: str, columns: list[str]) -> str:
    """The column that is called as such columns usually are; none when nothing is near."""
    names = [name.casefold() for name in columns]
    for usual in USUAL[field]:
        if usual in names:
            return str(names.index(usual))
    close = get_close_matches(USUAL[field][0], names, n=1, cutoff=0.8)
    return str(names.index(close[0])) if close else ""
