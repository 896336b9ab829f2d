"""The file: its encoding, its delimiter, and its rows with the lines they stand on."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BLOCK = 1 << 20
DELIMITERS = (",", ";", "\t", "|")
MARKS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
# Read with its mark or without one; what is no UTF-8 was saved by an older Windows program.
ENCODINGS = ("utf-8-sig", "cp1252")
SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
LONGEST_CELL = 200_000
MOST_COLUMNS = 500


@dataclass
class UnreadableFileError(Exception):
    """The file as a whole can't be read; `reason` is a sentence for the person who brings it."""

    reason: str

    def __str__(self) -> str:
        return self.reason


@dataclass(frozen=True)
class Row:
    """One record. `fault` says why it is no proper record of the file; it has no cells then."""

    line: int
    last_line: int
    cells: list[str]
    fault: str = ""


@dataclass(frozen=True)
class CsvFile:
    path: Path
    encoding: str
    delimiter: str
    header: list[str]
    lines: int

    def rows(self) -> Iterator[Row]:
        """The records below the header. Empty lines are left out."""
        csv.field_size_limit(LONGEST_CELL)
        with self.path.open(encoding=self.encoding, newline="") as text:
            # Strict: a stray quote must not quietly swallow the rows that follow it.
            reader = csv.reader(text, delimiter=self.delimiter, strict=True)
            next(reader)
            yield from _records(reader, len(self.header))


def _records(reader: Any, width: int) -> Iterator[Row]:
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Row(line, reader.line_num, [], _fault(error))
            continue
        if any(cell.strip() for cell in cells):
            yield Row(line, reader.line_num, cells, _raggedness(cells, width))


def _fault(error: csv.Error) -> str:
    if "field limit" in str(error):
        return f"A cell is longer than {LONGEST_CELL:,} characters; a quote may be missing."
    return "The quotes don't match: a quote inside a text is written twice."


def _raggedness(cells: Collection[str], width: int) -> str:
    if len(cells) == width:
        return ""
    return f"The row has {len(cells)} cells and the header {width}."


def open_csv(path: Path, *, wanted: Collection[str] = (), encoding: str = "") -> CsvFile:
    """Find out how the file is written. `wanted` names columns that tell its delimiter.

    Raise UnreadableFileError when it is missing, empty, or no text.
    """
    found, lines = _encoding_of(path, encoding)
    delimiter, header = _header_of(path, found, wanted)
    if len(header) > MOST_COLUMNS:
        raise UnreadableFileError(
            f"The file has {len(header):,} columns; {MOST_COLUMNS} fit. Take out what nobody needs."
        )
    return CsvFile(path, found, delimiter, header, lines)


def _encoding_of(path: Path, given: str) -> tuple[str, int]:
    """The first encoding that reads the whole file, and the number of lines."""
    for encoding in (given,) if given else _candidates(path):
        lines = _lines_if_readable(path, encoding)
        if lines is not None:
            return encoding, lines
    raise UnreadableFileError(
        f"The file is not written in {given}."
        if given
        else "The encoding of the file can't be told. Save it as CSV in UTF-8."
    )


def _candidates(path: Path) -> tuple[str, ...]:
    try:
        with path.open("rb") as raw:
            start = raw.read(4096)
    except OSError as error:
        raise UnreadableFileError(f"{path} can't be read: {error.strerror}.") from error
    for mark, encoding in MARKS.items():
        if start.startswith(mark):
            return (encoding,)
    if not start.strip():
        raise UnreadableFileError("The file is empty.")
    if start.startswith(SPREADSHEETS):
        raise UnreadableFileError("This is a spreadsheet. Save it as CSV in UTF-8.")
    if start.count(0) > len(start) // 10:
        raise UnreadableFileError("This is no text. Save the queue as CSV in UTF-8.")
    return ENCODINGS


def _lines_if_readable(path: Path, encoding: str) -> int | None:
    """Count the lines; None when the bytes are no text in this encoding."""
    lines = 0
    try:
        with path.open(encoding=encoding) as text:
            while block := text.read(BLOCK):
                lines += block.count("\n")
    except LookupError as error:
        raise UnreadableFileError(f"{encoding!r} is no encoding.") from error
    except UnicodeError:
        return None
    except OSError as error:
        raise UnreadableFileError(f"{path} can't be read: {error.strerror}.") from error
    return lines


def _header_of(path: Path, encoding: str, wanted: Collection[str]) -> tuple[str, list[str]]:
    """The delimiter that finds most of the wanted columns; then, that makes most columns."""
    headers = [(delimiter, _first_row(path, encoding, delimiter)) for delimiter in DELIMITERS]
    asked = {name.casefold() for name in wanted}
    return max(headers, key=lambda found: (_known(found[1], asked), len(found[1])))


def _known(header: Collection[str], asked: set[str]) -> int:
    return len(asked & {name.casefold() for name in header})


def _first_row(path: Path, encoding: str, delimiter: str) -> list[str]:
    with path.open(encoding=encoding, newline="") as text:
        try:
            row = next(csv.reader(text, delimiter=delimiter), [])
        except csv.Error:
            return []
    return [name.replace("\x00", "").strip() for name in row]
