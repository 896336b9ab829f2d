"""Editing a calendar. Every button posts the whole form, so that nothing typed is ever lost.

What is being typed lives in the page alone until it is saved: each page between the form and the
save carries it along in hidden fields.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import redirect

from accounts.http import PortalRequest
from accounts.policies import administrators_only
from sla.forms import drafts
from sla.views import filling, saving
from sla.views.calendars import newest_version
from sla.views.edits import Edit, form_page, row_number

NEW_HOURS = {
    "timezone": "Europe/Berlin",
    "weekly": {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")},
}


Answer = Callable[[Edit, str], HttpResponse]


@administrators_only
def new(request: PortalRequest) -> HttpResponse:
    """A calendar that does not exist yet."""
    if request.method == "POST":
        return _act(Edit(request, None, drafts.from_post(request.POST)))
    edit = Edit(request, None, drafts.from_document(NEW_HOURS))
    return form_page(edit, edit.editor())


@administrators_only
def edit(request: PortalRequest, slug: str) -> HttpResponse:
    """The hours of a calendar in use."""
    version = newest_version(slug)
    if request.method == "POST":
        return _act(Edit(request, version, drafts.from_post(request.POST)))
    if version.calendar.is_archived:
        return redirect("sla:calendar", slug)
    draft = drafts.from_document(version.hours, seen=version.number)
    started = Edit(request, version, draft)
    return form_page(started, started.editor())


def _act(edit: Edit) -> HttpResponse:
    """Do what the pressed button says; an unknown one checks, which writes nothing."""
    verb, _, rest = edit.request.POST.get("do", "").partition(":")
    return ACTS.get(verb, saving.check)(edit, rest)


# Rows


def add(edit: Edit, weekday: str) -> HttpResponse:
    """One more interval, with the cursor in it."""
    edit.draft = edit.draft.with_window(weekday)
    last = len(edit.draft.of(weekday)) - 1
    return form_page(edit, edit.editor(focus=f"{weekday}-{last}-start"))


def remove(edit: Edit, which: str) -> HttpResponse:
    weekday, _, number = which.partition(":")
    edit.draft = edit.draft.without_window(weekday, row_number(number))
    return form_page(edit, edit.editor(focus=f"add-{weekday}"))


def add_day(edit: Edit, _: str) -> HttpResponse:
    edit.draft = edit.draft.with_special()
    return form_page(edit, edit.editor(focus=f"special-{len(edit.draft.special) - 1}-date"))


def remove_day(edit: Edit, number: str) -> HttpResponse:
    edit.draft = edit.draft.without_special(row_number(number))
    return form_page(edit, edit.editor(focus="add-day"))


def back(edit: Edit, _: str) -> HttpResponse:
    return form_page(edit, edit.editor())


ACTS: dict[str, Answer] = {
    "add": add,
    "remove": remove,
    "add-day": add_day,
    "remove-day": remove_day,
    "back": back,
    "fill": filling.fill,
    "upload": filling.upload,
    "take": filling.take,
    "check": saving.check,
    "save": saving.save,
}
