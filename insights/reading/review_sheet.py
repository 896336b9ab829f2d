"""The review as a spreadsheet: a sheet per block. Texts are texts: nothing is a formula."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

from insights.models import ReviewDecision
from insights.reading.review_page import ReviewPage


def sheet_of(page: ReviewPage) -> bytes:
    import xlsxwriter

    made = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(made, options) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        plain = book.add_format({"text_wrap": True, "valign": "top"})
        for name, head, rows in _sheets(page):
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, 0, 44)
            sheet.set_column(1, len(head), 18)
            for column, words in enumerate(head):
                sheet.write_string(0, column, words, bold)
            for number, row in enumerate(rows, start=1):
                for column, value in enumerate(row):
                    sheet.write(number, column, value, plain)
    return made.getvalue()


Sheet = tuple[str, Sequence[str], Iterable[Sequence[Any]]]


def _sheets(page: ReviewPage) -> Iterable[Sheet]:
    yield "Review", ("Month", "Headline"), [(page.review.key, page.headline)]
    yield (
        "Five numbers",
        ("Number", "This month", "Last month", "Baseline", "Target", "Standing", "n", "Definition"),
        [
            (n["label"], n["now"], n["before"], n["baseline"], n["target"], n["verdict"], n["n"],
             n["definition"])
            for n in page.numbers
        ],
    )  # fmt: skip
    yield "Decisions", DECISION_HEAD, [_decision(d) for d in page.decisions]
    yield (
        "Promises missed",
        ("Service", "Promise", "Missed", "Ended", "Reason", "What we do"),
        [
            (row["service"], row["promise"], row["missed"], row["ended"], row["reason"],
             row["doing"])
            for row in page.missed
        ],
    )  # fmt: skip
    yield (
        "Services",
        ("Service", "Requests", "Kept", "Missed", "Results that helped", "Results told",
         "Outcome promises", "Improved", "Contacts with customers"),
        [
            (
                str(section.service),
                *(section.figures.get(name, 0) for name in ("came", "met", "missed")),
                *(section.figures.get(name, 0) for name in ("helped", "told")),
                "; ".join(f"{o['name']}: {o['words']}" for o in section.figures["outcomes"]),
                "; ".join(section.figures["improved"]),
                section.figures.get("contacts", 0),
            )
            for section in page.sections
        ],
    )  # fmt: skip
    yield (
        "Where decisions hurt",
        ("Break", "Told", "Days lost"),
        [(row["name"], row["times"], row["days"]) for row in page.figures.get("breaks", [])],
    )
    yield "From last month", DECISION_HEAD, [_decision(d) for d in page.from_before]


DECISION_HEAD = (
    "Question", "Suggested", "Why", "By when", "Decided", "Note", "By", "On", "Who sees to it",
    "Until", "What came of it",
)  # fmt: skip


def _decision(asked: ReviewDecision) -> Sequence[Any]:
    return (
        asked.question,
        asked.get_suggested_display(),
        asked.why,
        asked.answer_by.isoformat(),
        asked.get_ending_display() or "open",
        asked.note,
        asked.decider.name if asked.decider else "",
        asked.decided_on.isoformat() if asked.decided_on else "",
        asked.owner.name if asked.owner else "",
        asked.due_on.isoformat() if asked.due_on else "",
        asked.came_of_it,
    )
