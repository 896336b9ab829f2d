"""A list as a file that a spreadsheet opens without running anything in it (promise P19).

CSV goes out row by row. XLSX is written to a temporary file with one row in memory at a time.
"""

import csv
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, cast

import xlsxwriter
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

FORMULA = ("=", "+", "-", "@", "\t", "\r")
CSV, XLSX = "csv", "xlsx"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_CELL = 32_767
MOST_ROWS = 1_048_575


def inert(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    cell = cell.replace("\x00", " ")
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def asked_format(query: Mapping[str, Any]) -> str:
    return XLSX if query.get("format") == XLSX else CSV


def table_file(
    name: str, head: Sequence[str], rows: Iterable[Sequence[Any]], *, kind: str
) -> HttpResponse:
    """Answer with the rows as a download; `rows` may be endless work, it is never held whole."""
    response = _xlsx(head, rows) if kind == XLSX else _csv(head, rows)
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    # Views promise an HttpResponse; Django takes any of its kind.
    return cast(HttpResponse, response)


class _Echo:
    """What csv writes to: it hands each line straight back."""

    def write(self, line: str) -> str:
        return line


def _csv(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponseBase:
    return StreamingHttpResponse(_lines(head, rows), content_type="text/csv; charset=utf-8")


def _lines(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(head)
    for row in rows:
        yield writer.writerow([inert(_words(cell)) for cell in row])


def _words(cell: Any) -> str:
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="seconds")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _xlsx(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponseBase:
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it when it was sent
    book = xlsxwriter.Workbook(file, {"constant_memory": True})
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    bold = book.add_format({"bold": True})
    for column, words in enumerate(head):
        sheet.write_string(0, column, words, bold)
    for number, row in enumerate(rows, start=1):
        if number > MOST_ROWS:
            break
        for column, cell in enumerate(row):
            _write(sheet, number, column, cell)
    book.close()
    file.seek(0)
    return FileResponse(file, content_type=XLSX_TYPE)


def _write(sheet: Any, row: int, column: int, cell: Any) -> None:
    """Numbers as numbers; all else as text, which is never looked at for a formula or a link."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        sheet.write_number(row, column, cell)
    else:
        sheet.write_string(row, column, inert(_words(cell))[:LONGEST_CELL])
