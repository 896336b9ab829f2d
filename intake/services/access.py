"""Asking to be let in to a request that one can't open (ux.md 4.6)."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.services import record
from intake.models import WorkRequest
from intake.services.notices import owe


@transaction.atomic
def ask(reference: str, *, why: str, actor: User, at: datetime) -> None:
    """Tell the requester and the analyst who asks, once a day; nothing where nothing is."""
    number = WorkRequest.number_of(reference)
    work = WorkRequest.objects.received().filter(number=number).first() if number else None
    if work is None or WorkRequest.objects.visible_to(actor).filter(pk=work.pk).exists():
        return
    people = [work.requester, *([work.analyst] if work.analyst else [])]
    day = timezone.localdate(at)
    event = f"{actor.pk}:{day:%Y-%m-%d}"
    owe("access_asked", work, to=people, at=at, event=event, person=actor.pk, why=why)
    record("intake.access_asked", work, actor=actor, at=at, reason=why)
