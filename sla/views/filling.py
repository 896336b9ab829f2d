"""Days from elsewhere: shown beside what stands there, filled in once a person confirms them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.forms import PortalForm
from sla.business_time import WorkingCalendar
from sla.calendar_document import compile_calendar
from sla.forms.drafts import FILE, Special
from sla.forms.filling import FileForm, HolidayForm
from sla.forms.proposals import closed_anyway, proposals
from sla.ics_days import Found, IcsError, read
from sla.services import calendars as services
from sla.views.edits import Edit, carried, form_page


def fill(edit: Edit, _: str) -> HttpResponse:
    """Show the holidays of a country beside what stands there."""
    form = HolidayForm(edit.request.POST)
    if not form.is_valid():
        return _refused(edit, form, holidays=form)
    data = form.cleaned_data
    found = services.holiday_rows(data["country"], form.years(), subdivision=data["region"])
    rows = [Special(row["date"], row["name"][:80], "", row["source"]) for row in found]
    return _proposals_page(edit, rows, holidays=form)


def upload(edit: Edit, _: str) -> HttpResponse:
    """Show the all-day entries of a calendar file beside what stands there."""
    form = FileForm(edit.request.POST, edit.request.FILES)
    if not form.is_valid():
        return _refused(edit, form, file=form)
    try:
        found = read(form.cleaned_data["file"].read(), first_year=timezone.localdate().year)
    except IcsError as error:
        form.add_error("file", str(error))
        return _refused(edit, form, file=form)
    rows = [Special(day.isoformat(), name, "", FILE) for day, name in found.days.items()]
    return _proposals_page(edit, rows, found=found)


def _refused(edit: Edit, form: PortalForm, **forms: Any) -> HttpResponse:
    return form_page(edit, edit.editor(own_problems=form.problems()), **forms)


def _proposals_page(
    edit: Edit,
    rows: Iterable[Special],
    *,
    holidays: HolidayForm | None = None,
    found: Found | None = None,
) -> HttpResponse:
    shown = proposals(edit.draft, rows)
    context = carried(edit) | {
        "proposals": shown,
        "to_take": sum(proposal.can_be_taken for proposal in shown),
        "closed_anyway": closed_anyway(shown, _typed_hours(edit)),
        "holidays": holidays,
        "found": found,
    }
    return render(edit.request, "sla/calendar_proposals.html", context)


def _typed_hours(edit: Edit) -> WorkingCalendar | None:
    """The hours as typed so far, when they can be read."""
    editor = edit.editor(is_checked=True)
    return compile_calendar(editor.document()) if editor.is_valid() else None


def take(edit: Edit, _: str) -> HttpResponse:
    """Fill in the days that were confirmed; they count once the hours are saved."""
    before = set(edit.draft.special)
    edit.draft = edit.draft.with_proposals(edit.request.POST.getlist("take"))
    added = len(set(edit.draft.special) - before)
    words = "1 day is filled in" if added == 1 else f"{added} days are filled in"
    messages.info(edit.request, f"{words}. Special days count once you save the hours.")
    return form_page(edit, edit.editor(focus="add-day"))
