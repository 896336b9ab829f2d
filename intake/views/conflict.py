"""The page for the second of two people: who did what; what was typed is kept (P9)."""

from typing import NamedTuple

from django import forms
from django.http import HttpResponse
from django.shortcuts import render

from accounts.http import PortalRequest
from audit.models import Entry
from intake import policies
from intake.models import WorkRequest
from intake.reading.history import moment_of


class Typed(NamedTuple):
    """One field as it was filled in: a text is given back to copy, a choice in its words."""

    label: str
    text: str
    is_text: bool


def conflict_page(
    request: PortalRequest, work: WorkRequest, form: forms.Form | None
) -> HttpResponse:
    """Answer 409 with the latest change that this person may know of, and with what was typed."""
    entries = Entry.objects.about(work)
    if not policies.can_see_internal(request.user, work):
        entries = entries.for_requester()
    latest = entries.last()
    context = {
        "work": WorkRequest.objects.select_related("analyst").get(pk=work.pk),
        "latest": moment_of(latest) if latest else None,
        "typed": typed_in(form) if form else [],
    }
    return render(request, "intake/conflict.html", context, status=409)


def typed_in(form: forms.Form) -> list[Typed]:
    """What a posted form holds, field by field; empty and hidden ones say nothing."""
    return [
        _typed(bound, bound.data)
        for bound in form
        if not bound.is_hidden and isinstance(bound.data, str) and bound.data.strip()
    ]


def _typed(bound: forms.BoundField, data: str) -> Typed:
    choices = getattr(bound.field, "choices", None)
    if choices is None:
        return Typed(str(bound.label), data, is_text=True)
    # An option's explanation follows its words as markup.
    words = {str(value): str(label).split("<", 1)[0] for value, label in choices}
    return Typed(str(bound.label), words.get(data, data), is_text=False)
