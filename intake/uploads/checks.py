"""Whether we take a file, and if not, why, in words that name it."""

import unicodedata
from typing import Any, Protocol

from accounts.forms import clean_text
from intake.uploads import kinds
from intake.uploads.limits import EXTENSIONS, MEGABYTE, MOST_BYTES, listed

NAME_LENGTH = 120


class Upload(Protocol):
    """A file as a form or the API hands it over."""

    @property
    def name(self) -> str | None: ...

    @property
    def size(self) -> int | None: ...

    @property
    def file(self) -> Any: ...


def clean_name(name: str | None) -> str:
    """The last part of what was given as a name, without what no name needs; never empty."""
    given = unicodedata.normalize("NFC", str(clean_text(name or "")).replace("\x00", ""))
    last = " ".join(given.replace("\\", "/").rsplit("/", 1)[-1].split()).strip('" ')
    stem, dot, extension = last.rpartition(".")
    if not dot or not stem:
        return last[:NAME_LENGTH] or "file"
    return f"{stem[: NAME_LENGTH - len(extension[:10]) - 1]}.{extension[:10]}"


def problem(upload: Upload) -> str:
    """What is wrong with this file; nothing when we take it."""
    name = clean_name(upload.name)
    extension = kinds.extension_of(name)
    if extension not in EXTENSIONS:
        return f"{name} must be one of {listed()}"
    size = upload.size or 0
    if size > MOST_BYTES:
        return f"{name} must be smaller than {MOST_BYTES // MEGABYTE} MB"
    if not size:
        return f"{name} is empty. Choose a file with something in it"
    return _wrong_inside(upload, name, extension)


def _wrong_inside(upload: Upload, name: str, extension: str) -> str:
    try:
        is_true = kinds.holds_what_it_says(upload.file, extension)
    except kinds.BombError:
        return f"{name} becomes too large when it is opened. Send a smaller one"
    if is_true:
        return ""
    return f"{name} does not hold what its name says. Save it as {extension} again, then add it"
