"""A field for files: several at once, each checked by its content."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from intake.uploads.checks import problem
from intake.uploads.limits import ACCEPT, MEGABYTE, MOST_BYTES, MOST_IN_QUESTION, listed

HINT = f"Up to {MOST_IN_QUESTION} files, {MOST_BYTES // MEGABYTE} MB each: {listed()}"


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"

    def __init__(self) -> None:
        super().__init__(attrs={"accept": ACCEPT, "multiple": True})


class FilesField(forms.FileField):
    """Cleans to a list of uploads, empty for none. The service checks how many there may be."""

    def __init__(self, *, label: str, hint: str = HINT) -> None:
        super().__init__(required=False, label=label, help_text=hint, widget=ManyFilesInput())

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[bytes]]:
        uploads: Sequence[UploadedFile[bytes]] = data if isinstance(data, list | tuple) else [data]
        given = [upload for upload in uploads if isinstance(upload, UploadedFile)]
        problems = [words for upload in given if (words := problem(upload))]
        if len(given) > MOST_IN_QUESTION:
            problems.append(f"Add up to {MOST_IN_QUESTION} files here")
        if problems:
            raise forms.ValidationError(problems)
        return given
