"""Saving the hours of a calendar: checked, previewed, and never over somebody else's."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.forms import Problem
from accounts.moment import database_now
from sla.calendar_document import Document, compile_calendar, digest
from sla.calendar_words import differences
from sla.forms.filling import SaveForm
from sla.forms.hours import HoursEditor
from sla.models import CalendarVersion
from sla.services import calendars as services
from sla.services.corrections import preview_correction
from sla.views.calendars import (
    crumbs,
    newest_version,
    policies_by_calendar,
)
from sla.views.edits import Edit, carried, form_page, person, row_number


def check(edit: Edit, _: str) -> HttpResponse:
    """Check the form, then ask what kind of change it is and show what it would move."""
    editor = edit.editor(is_checked=True)
    if not editor.is_valid():
        return form_page(edit, editor)
    if edit.version is None:
        return _make(edit, editor)
    if _is_stale(edit):
        return _changed_page(edit, edit.version)
    document = editor.document()
    if not differences(edit.version.hours, document):
        return _unchanged(edit)
    return _save_page(edit, edit.version, document, SaveForm())


def _unchanged(edit: Edit) -> HttpResponse:
    words = "These are the hours as they stand. Change something first"
    editor = edit.editor(own_problems=[Problem("#id_timezone", words)])
    return form_page(edit, editor)


def _make(edit: Edit, editor: HoursEditor) -> HttpResponse:
    name = editor.calendar.cleaned_data["name"]
    made = services.create(
        name, editor.document(), at=database_now(), actor=person(edit), reason="New calendar"
    )
    messages.success(edit.request, f"{made.name} is there. Policies can use it from now on.")
    return redirect("sla:calendar", made.slug)


def _save_page(
    edit: Edit, version: CalendarVersion, document: Document, form: SaveForm
) -> HttpResponse:
    calendar = version.calendar
    context = carried(edit) | {
        "form": form,
        "changes": differences(version.hours, document),
        "preview": preview_correction(calendar, document, now=database_now()),
        "used_by": policies_by_calendar()[calendar.pk],
        "has_hours": compile_calendar(document).has_hours,
        "crumbs": crumbs(
            (calendar.name, reverse("sla:calendar", args=[calendar.slug])),
            ("Save the hours", ""),
        ),
    }
    status = 422 if form.is_bound else 200
    return render(edit.request, "sla/calendar_save.html", context, status=status)


def save(edit: Edit, _: str) -> HttpResponse:
    """Save what was checked, as a correction or as a new calendar."""
    editor, form = edit.editor(is_checked=True), SaveForm(edit.request.POST)
    if edit.version is None or not editor.is_valid():
        return check(edit, "")
    document = editor.document()
    if _is_stale(edit):
        return _changed_page(edit, edit.version)
    if not form.is_valid():
        return _save_page(edit, edit.version, document, form)
    return _store(edit, edit.version, document, form)


def _store(
    edit: Edit, version: CalendarVersion, document: Document, form: SaveForm
) -> HttpResponse:
    kind, reason = form.cleaned_data["kind"], form.cleaned_data["reason"]
    try:
        saved = services.save_version(
            version.calendar,
            document,
            actor=person(edit),
            at=database_now(),
            reason=reason,
            kind=kind,
            seen=version.number,
        )
    except services.CalendarChangedError:
        return _changed_page(edit, newest_version(version.calendar.slug))
    except services.HoursError as error:
        return form_page(edit, edit.editor(own_problems=[Problem("", str(error))]))
    messages.success(edit.request, _saved_words(saved, kind))
    return redirect("sla:calendar", saved.calendar.slug)


def _saved_words(saved: CalendarVersion, kind: str) -> str:
    if kind == "new":
        return f"{saved.calendar.name} holds for new promises. Running clocks keep their hours."
    return f"Version {saved.number} is saved. Open clocks follow it by themselves."


# Two people


def _is_stale(edit: Edit) -> bool:
    version = edit.version
    if version is None:
        return False
    return version.calendar.is_archived or edit.draft.seen != str(version.number)


def _changed_page(edit: Edit, version: CalendarVersion) -> HttpResponse:
    """Say who changed what meanwhile, and keep what was typed to go on with (409)."""
    if _was_saved_just_so(edit, version):
        return redirect("sla:calendar", version.calendar.slug)
    seen = version.calendar.versions.filter(number=row_number(edit.draft.seen)).first()
    fields = edit.draft.fields() | {"seen": str(version.number)}
    context = carried(edit) | {
        "carried": fields.items(),
        "saved": version,
        "theirs": differences(seen.hours, version.hours) if seen else [],
        "yours": _own_changes(edit, version),
        "crumbs": crumbs((version.calendar.name, "")),
    }
    return render(edit.request, "sla/calendar_changed.html", context, status=409)


def _was_saved_just_so(edit: Edit, version: CalendarVersion) -> bool:
    """The same person pressed Save twice: the second time there is nothing left to do."""
    editor = edit.editor(is_checked=True)
    if version.saved_by_id != person(edit).pk or not editor.is_valid():
        return False
    return digest(editor.document()) == version.digest


def _own_changes(edit: Edit, version: CalendarVersion) -> list[str]:
    editor = edit.editor(is_checked=True)
    return differences(version.hours, editor.document()) if editor.is_valid() else []
