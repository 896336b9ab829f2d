"""One edit of a calendar's hours on its way through the pages: what was typed, and the form."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.http import is_person
from accounts.models import User
from sla.forms.drafts import Draft
from sla.forms.filling import FileForm, HolidayForm
from sla.forms.hours import HoursEditor, SpecialDayForm
from sla.models import BusinessCalendar, CalendarVersion
from sla.views.calendars import (
    crumbs,
)

YEAR = re.compile(r"[12]\d{3}")


class Group(NamedTuple):
    """Special days of one year in the form."""

    words: str
    rows: list[SpecialDayForm]
    is_open: bool


@dataclass
class Edit:
    """One post of the form: who, of which calendar (none yet: a new one), and what was typed."""

    request: HttpRequest
    version: CalendarVersion | None
    draft: Draft

    @property
    def calendar(self) -> BusinessCalendar | None:
        return self.version.calendar if self.version else None

    def editor(self, *, is_checked: bool = False, **more: Any) -> HoursEditor:
        is_new = self.version is None
        return HoursEditor(self.draft, is_new=is_new, is_checked=is_checked, **more)


def form_page(edit: Edit, editor: HoursEditor, **more: Any) -> HttpResponse:
    problems = editor.problems()
    calendar = edit.calendar
    last = (calendar.name, reverse("sla:calendar", args=[calendar.slug])) if calendar else None
    here = ("Change the hours" if calendar else "New calendar", "")
    year = timezone.localdate().year
    context = {
        "editor": editor,
        "calendar": calendar,
        "draft": edit.draft,
        "problems": problems,
        "groups": _by_year(editor),
        "holidays": HolidayForm(initial={"first": year, "last": year + 2}),
        "file": FileForm(),
        "crumbs": crumbs(*filter(None, [last, here])),
    }
    status = 422 if problems else 200
    return render(edit.request, "sla/calendar_form.html", context | more, status=status)


def _by_year(editor: HoursEditor) -> list[Group]:
    """Special days by year; folded, unless something in them is wrong or new."""
    years: dict[str, list[SpecialDayForm]] = {}
    for row in editor.special:
        year = str(row["date"].value() or "")[:4]
        years.setdefault(year if YEAR.fullmatch(year) else "", []).append(row)
    return [_group(year, years[year], editor.focus) for year in sorted(years, key=_new_last)]


def _group(year: str, rows: list[SpecialDayForm], focus: str) -> Group:
    has_focus = any(focus == row["date"].html_name for row in rows)
    has_errors = any(row.is_bound and row.errors for row in rows)
    return Group(year or "New", rows, not year or has_focus or has_errors)


def _new_last(year: str) -> str:
    return year or "9999"


def carried(edit: Edit) -> dict[str, Any]:
    """What a page in between needs to bring the form back as it was."""
    calendar = edit.calendar
    address = reverse("sla:calendar_edit", args=[calendar.slug]) if calendar else ""
    return {
        "calendar": calendar,
        "carried": edit.draft.fields().items(),
        "address": address or reverse("sla:calendar_new"),
    }


def row_number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else -1


def person(edit: Edit) -> User:
    """Who edits; the decorator has let only people in."""
    assert is_person(edit.request.user)
    return edit.request.user
