"""Texts that an analyst keeps, to insert and edit in a message."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.policies import require
from audit.services import record
from intake.models import SavedText, WorkRequest


@transaction.atomic
def keep(
    *,
    title: str,
    text: str,
    is_shared: bool,
    actor: User,
    at: datetime,
    saved: SavedText | None = None,
) -> SavedText:
    """Keep a text, or change one's own."""
    require(actor.is_pmo and (saved is None or saved.owner_id == actor.pk))
    kept = saved or SavedText(owner=actor)
    kept.title, kept.text, kept.is_shared, kept.saved_at = title, text, is_shared, at
    kept.save()
    record("intake.text_kept", kept, actor=actor, at=at, is_internal=True, title=title)
    return kept


@transaction.atomic
def discard(saved: SavedText, *, actor: User, at: datetime) -> None:
    require(saved.owner_id == actor.pk)
    record("intake.text_discarded", saved, actor=actor, at=at, is_internal=True, title=saved.title)
    saved.delete()


def filled_in(saved: SavedText, work: WorkRequest, writer: User) -> str:
    """The text with names and reference in the place of its braces."""
    first = work.requester.name.split()
    names = {
        "{requester}": first[0] if first else "",
        "{reference}": work.reference,
        "{me}": writer.name,
    }
    text = saved.text
    for brace, words in names.items():
        text = text.replace(brace, words)
    return text
