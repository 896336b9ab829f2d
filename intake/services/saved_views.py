"""Saving a view of the queue under a name, for oneself or, by a lead, for all."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models.functions import Lower

from accounts.models import User
from accounts.policies import require
from audit.services import record
from intake.models import SavedView


@dataclass(frozen=True)
class NameTakenError(Exception):
    """This person has another view of this name."""

    other: SavedView


@transaction.atomic
def save(*, name: str, query: str, is_shared: bool, actor: User, at: datetime) -> SavedView:
    """Keep what an address asks under a name. Sharing is for leads."""
    require(actor.is_pmo and (actor.is_lead or not is_shared))
    mine = SavedView.objects.filter(owner=actor).annotate(key=Lower("name"))
    if other := mine.filter(key=name.lower()).first():
        raise NameTakenError(other)
    view = SavedView.objects.create(
        owner=actor, name=name, query=query, is_shared=is_shared, saved_at=at
    )
    record("intake.view_saved", view, actor=actor, at=at, is_shared=is_shared, query=query)
    return view


@transaction.atomic
def remove(view: SavedView, *, actor: User, at: datetime) -> None:
    """Take a view away: one's own, or by a lead one that is shared."""
    require(view.owner_id == actor.pk or (actor.is_lead and view.is_shared))
    record("intake.view_removed", view, actor=actor, at=at, query=view.query)
    view.delete()
