"""Posting the editor of a calendar the way its page does."""

from typing import Any

from sla.calendar_document import Document
from sla.forms import drafts
from sla.models import BusinessCalendar
from tests.pages import Page


def typed(
    document: Document | None = None, *, seen: int | str = "", name: str = "", **changes: Any
) -> dict[str, Any]:
    """The fields of the editor for these hours, with changes by name (`mon__0__end="12:00"`)."""
    draft = drafts.from_document(document or {"timezone": "UTC"}, name=name, seen=seen)
    fields: dict[str, Any] = dict(draft.fields())
    return fields | {key.replace("__", "-"): value for key, value in changes.items()}


def newest(calendar: BusinessCalendar) -> Document:
    calendar.refresh_from_db()
    hours: Document = calendar.versions.get(number=calendar.version).hours
    return hours


def in_hidden_fields(html: str) -> dict[str, str]:
    """What a page in between carries along, as the browser would post it."""
    fields = Page(html).having("input", type="hidden")
    return {field["name"] or "": field["value"] or "" for field in fields}
