"""The views that people of the PMO saved, with what they hold now."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q, QuerySet
from django.http import QueryDict

from accounts.models import User
from intake.models import SavedView
from intake.reading.queue import narrowed
from intake.reading.queue_asked import Asked, asked_in
from intake.reading.queue_figures import count_each


def views_of(user: User) -> QuerySet[SavedView]:
    """One's own first, then what leads share."""
    mine = Q(owner=user) | Q(is_shared=True)
    return SavedView.objects.filter(mine).select_related("owner")


def counts(queries: Sequence[str], user: User, now: datetime) -> list[int]:
    """How many requests each of these addresses would list, in one query; none for none."""
    return count_each([narrowed(asked_by(query), user, now) for query in queries])


def asked_by(query: str) -> Asked:
    """What a saved view asks; what makes no sense any more was left out."""
    return asked_in(QueryDict(query.removeprefix("?")))
