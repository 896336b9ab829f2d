"""Calendars as administrators read them: hours, one month, a test box, the history."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple

from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from accounts.http import PortalRequest
from accounts.policies import administrators_only
from audit.models import Entry
from sla.business_time import WorkingCalendar
from sla.calendar_words import (
    DAY_NAMES,
    date_words,
    differences,
    duration_words,
    hours_words,
    source_words,
    week_words,
)
from sla.forms.trying import Answer, TryForm, example
from sla.models import BusinessCalendar, CalendarVersion, Clock, SlaTarget
from sla.month import FIRST_YEAR, LAST_YEAR, days_of_month, next_month, previous_month
from sla.services import hours

MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
SPANS_SHOWN = 40


class Row(NamedTuple):
    """One calendar of the list."""

    calendar: BusinessCalendar
    version: CalendarVersion
    week: str
    used_by: list[str]


class SpecialRow(NamedTuple):
    day: str
    name: str
    hours: str
    source: str


class Change(NamedTuple):
    """One version of the history, with what it changed in words."""

    version: CalendarVersion
    words: list[str]


class SpanRow(NamedTuple):
    day: str
    hours: str
    length: str


def crumbs(*others: tuple[str, str]) -> list[dict[str, str]]:
    """The way from Manage to a calendar's page; the last one has no address."""
    way = [("Manage", reverse("manage")), ("Calendars", reverse("sla:calendars")), *others]
    return [{"words": words, "address": address} for words, address in way]


@administrators_only
def calendars(request: PortalRequest) -> HttpResponse:
    """Every calendar: the ones in use, and the ones that were replaced."""
    newest = CalendarVersion.objects.filter(number=F("calendar__version"))
    versions = newest.select_related("calendar", "saved_by").order_by("calendar__name", "id")
    used = policies_by_calendar()
    rows = [
        Row(version.calendar, version, week_words(version.hours), used[version.calendar_id])
        for version in versions
    ]
    context = {
        "rows": [row for row in rows if not row.calendar.is_archived],
        "replaced": [row for row in rows if row.calendar.is_archived],
        "crumbs": [*crumbs()[:1], {"words": "Calendars", "address": ""}],
    }
    return render(request, "sla/calendars.html", context)


def policies_by_calendar() -> dict[int, list[str]]:
    """The names of the policies whose newest version is measured in a calendar, by its key."""
    used: dict[int, list[str]] = defaultdict(list)
    targets = SlaTarget.objects.newest().order_by("version__policy__name")
    for calendar, name in targets.values_list("calendar_id", "version__policy__name").distinct():
        used[calendar].append(name)
    return used


def newest_version(slug: str) -> CalendarVersion:
    """The newest version of the calendar, with the calendar and who saved it; or 404."""
    found = CalendarVersion.objects.filter(number=F("calendar__version"))
    return get_object_or_404(found.select_related("calendar", "saved_by"), calendar__slug=slug)


def _frame(version: CalendarVersion, tab: str) -> dict[str, Any]:
    """What every tab of a calendar shows."""
    calendar = version.calendar
    return {
        "calendar": calendar,
        "saved": version,
        "zone": version.hours["timezone"],
        "tab": tab,
        "crumbs": crumbs((calendar.name, "")),
        "successor": _successor(calendar) if calendar.is_archived else None,
        "progress": _progress(calendar),
    }


def _successor(calendar: BusinessCalendar) -> BusinessCalendar | None:
    """The calendar that took the place of this one in new promises."""
    replaced = Entry.objects.about(calendar).filter(action="sla.calendar_replaced").last()
    slug = replaced.data.get("by") if replaced else None
    return BusinessCalendar.objects.filter(slug=slug).first()


def _progress(calendar: BusinessCalendar) -> dict[str, int] | None:
    """How far a correction has come; nothing once every open clock follows it."""
    behind = Clock.objects.behind_their_calendar().filter(calendar=calendar).count()
    if not behind:
        return None
    total = Clock.objects.open().filter(calendar=calendar).count()
    return {"behind": behind, "done": total - behind, "total": total}


@administrators_only
def hours_page(request: PortalRequest, slug: str) -> HttpResponse:
    """The weekly hours and the special days."""
    version = newest_version(slug)
    document = version.hours
    weekly = document.get("weekly") or {}
    timetable = hours.timetable_of(version).hours
    today = timezone.localdate(timezone=timetable.zone)
    context = _frame(version, "hours") | {
        "week": [(name, hours_words(weekly.get(day) or ())) for day, name in DAY_NAMES.items()],
        "years": _years(document, today),
        "past": _past(document, today),
        "has_hours": timetable.has_hours,
        "day_length": _day_length(timetable),
        "used_by": policies_by_calendar()[version.calendar_id],
    }
    return render(request, "sla/calendar.html", context)


def _day_length(calendar: WorkingCalendar) -> str:
    length = calendar.day_length()
    return duration_words(int(length.total_seconds())) if length else ""


def _special_rows(document: dict[str, Any]) -> list[dict[str, Any]]:
    return sorted(document.get("exceptions") or (), key=lambda row: str(row["date"]))


def _years(document: dict[str, Any], today: date) -> list[tuple[str, list[SpecialRow]]]:
    """Special days of this year and later ones, year by year."""
    coming = [row for row in _special_rows(document) if row["date"] >= f"{today.year}"]
    by_year = groupby(coming, key=lambda row: str(row["date"])[:4])
    return [(year, [_special_row(row) for row in rows]) for year, rows in by_year]


def _past(document: dict[str, Any], today: date) -> list[SpecialRow]:
    return [_special_row(row) for row in _special_rows(document) if row["date"] < f"{today.year}"]


def _special_row(row: dict[str, Any]) -> SpecialRow:
    return SpecialRow(
        date_words(date.fromisoformat(row["date"])),
        row.get("name", ""),
        hours_words(row.get("windows") or ()),
        source_words(row.get("source", "")),
    )


@administrators_only
def month_page(request: PortalRequest, slug: str) -> HttpResponse:
    """Each day of one month, with what the clocks of that month do."""
    version = newest_version(slug)
    timetable = hours.timetable_of(version).hours
    first = _first_of(request.GET.get("month", ""), timezone.localdate(timezone=timetable.zone))
    days = days_of_month(timetable, first.year, first.month)
    context = _frame(version, "month") | {
        "first": first,
        "days": days,
        "special": [day for day in days if day.is_special or day.clock_change],
        "open_days": sum(bool(day.hours) for day in days),
        "previous": _month_address(previous_month(first)),
        "next": _month_address(next_month(first)),
    }
    return render(request, "sla/calendar_month.html", context)


def _first_of(text: str, today: date) -> date:
    """The first day of "2026-03"; of the present month for anything else."""
    match = MONTH.fullmatch(text)
    if match and FIRST_YEAR <= int(match[1]) <= LAST_YEAR:
        return date(int(match[1]), int(match[2]), 1)
    return today.replace(day=1)


def _month_address(first: date) -> str:
    """The query of a month, or nothing beyond what is shown."""
    return f"?month={first:%Y-%m}" if FIRST_YEAR <= first.year <= LAST_YEAR else ""


@administrators_only
def try_page(request: PortalRequest, slug: str) -> HttpResponse:
    """The test box: when an amount of working time is used up, and where it was counted."""
    version = newest_version(slug)
    timetable = hours.timetable_of(version).hours
    today = timezone.localdate(timezone=timetable.zone)
    data = request.GET if "amount" in request.GET else example(today, timetable)
    form = TryForm(data, hours=timetable)
    answer = form.answer() if form.is_valid() else None
    context = _frame(version, "try") | {"form": form, "answer": answer}
    if answer:
        context |= _answer_words(form, answer, timetable)
    return render(request, "sla/calendar_try.html", context, status=200 if answer else 422)


def _answer_words(form: TryForm, answer: Answer, calendar: WorkingCalendar) -> dict[str, Any]:
    """The amount and the counted spans, in the wall time of the calendar."""
    spans = [_span_row(span, calendar) for span in answer.spans[:SPANS_SHOWN]]
    amount = form.cleaned_data["amount"].normalize()
    unit = form.cleaned_data["unit"]
    return {
        "amount": f"{amount:f} working {unit.removesuffix('s') if amount == 1 else unit}",
        "start": _moment_words(answer.start, calendar),
        "due": _moment_words(answer.due, calendar) if answer.due else "",
        "spans": spans,
        "more": max(len(answer.spans) - SPANS_SHOWN, 0),
        "total": duration_words(int(form.duration().total_seconds())),
    }


def _moment_words(moment: Any, calendar: WorkingCalendar) -> str:
    local = moment.astimezone(calendar.zone)
    return f"{date_words(local.date())}, {local:%H:%M}"


def _span_row(span: tuple[Any, Any], calendar: WorkingCalendar) -> SpanRow:
    opening, closing = (moment.astimezone(calendar.zone) for moment in span)
    until = f"{closing:%H:%M}"
    if closing.date() != opening.date():
        until = f"{until} on {date_words(closing.date())}"
    seconds = int((span[1] - span[0]).total_seconds())
    words = date_words(opening.date())
    return SpanRow(words, f"{opening:%H:%M}–{until}", duration_words(seconds))


@administrators_only
def history(request: PortalRequest, slug: str) -> HttpResponse:
    """Every version: who saved it, when, why, and what it changed."""
    version = newest_version(slug)
    saved = list(version.calendar.versions.select_related("saved_by"))
    older: list[CalendarVersion | None] = [*saved[1:], None]
    changes = [
        Change(new, differences(old.hours, new.hours) if old else [])
        for new, old in zip(saved, older, strict=True)
    ]
    context = _frame(version, "history") | {"changes": changes}
    return render(request, "sla/calendar_history.html", context)
