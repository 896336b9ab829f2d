"""Keeping one damaged clock from stopping the others."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import DatabaseError
from django.db.models import F, Q, Value
from django.db.models.expressions import Case, When

from sla.models import Clock

logger = logging.getLogger(__name__)
PUT_OFF = timedelta(minutes=5)
T = TypeVar("T")


def spare(
    clocks: Sequence[Clock], act: Callable[[Sequence[Clock]], list[T]]
) -> tuple[list[T], list[int]]:
    """Act on all clocks at once or, if that fails, on each by itself.

    Return the results and the ids of clocks that failed, whose errors are logged. What the
    database refuses is raised, since its transaction is lost.
    """
    try:
        return act(clocks), []
    except DatabaseError:
        raise
    except Exception as error:
        if len(clocks) == 1:
            logger.exception("Clock %s is damaged.", clocks[0].pk, exc_info=error)
            return [], [clocks[0].pk]
    alone = [spare([clock], act) for clock in clocks]
    return [item for found, _ in alone for item in found], [pk for _, ids in alone for pk in ids]


def put_off(ids: Sequence[int], now: datetime) -> None:
    """Look at these clocks again in five minutes, and count, so that the status page shows them."""
    if ids:
        running = Q(state=Clock.State.RUNNING)
        Clock.objects.filter(pk__in=ids).update(
            next_event_at=Case(When(running, then=Value(now + PUT_OFF)), default=None),
            settle_failures=F("settle_failures") + 1,
            lock_version=F("lock_version") + 1,
        )
