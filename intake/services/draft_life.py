"""A draft among colleagues, and its sixty days (ux.md 5.2, drafts)."""

from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from accounts.policies import require
from audit.services import record
from intake import policies
from intake.models import DRAFT_LIFE, Participant, WorkRequest
from intake.services.notices import notices, their_side
from intake.states import State
from notifications.services import enqueue_many

SHARED, RESTS = "draft_shared", "draft_rests"
REMINDERS = (timedelta(days=7), timedelta(days=53))
# Nobody is told of a day that passed while no worker ran.
LATEST = timedelta(days=3)
MOST, BATCH = 2000, 200  # in one night; at a time


class OwnDraftError(Exception):
    """It is their draft already."""


@transaction.atomic
def share(work: WorkRequest, person: User, *, actor: User, at: datetime) -> None:
    """Let a colleague add to a draft, and tell them. Once it is sent, they take part in it."""
    require(policies.can_end_draft(actor, work) and person.is_active)
    if policies.is_of(person, work):
        raise OwnDraftError
    joined, is_new = Participant.objects.get_or_create(
        work=work,
        person=person,
        defaults={"part": Participant.Part.INFORMED, "added_at": at, "added_by": actor},
    )
    if is_new:
        record("intake.draft_shared", work, actor=actor, at=at, person=person.name)
        told = {"event": joined.pk, "by": actor.pk}
        enqueue_many(notices(SHARED, work, to=[person], at=at, **told))


@transaction.atomic
def stop_sharing(work: WorkRequest, person: User, *, actor: User, at: datetime) -> None:
    """Let them add to it no more; twice is once."""
    require(policies.can_end_draft(actor, work) or (actor == person and work.is_draft))
    gone, _ = work.participants.filter(person=person).delete()
    if gone:
        record("intake.draft_unshared", work, actor=actor, at=at, person=person.name)


def tend(now: datetime) -> int:
    """Remind of drafts that rest, and let go of those that nobody touched for sixty days.

    Return how many went.
    """
    for age in REMINDERS:
        _remind(age, now)
    over = WorkRequest.objects.filter(state=State.DRAFT, saved_at__lte=now - DRAFT_LIFE)
    return sum(_let_go(pk, now) for pk in over.values_list("pk", flat=True)[:MOST])


def _remind(age: timedelta, now: datetime) -> None:
    resting = WorkRequest.objects.filter(
        state=State.DRAFT, saved_at__lte=now - age, saved_at__gt=now - age - LATEST
    )
    for work in resting.select_related("requester", "raised_by").iterator(chunk_size=BATCH):
        event = f"{work.saved_at:%Y%m%d}:{age.days}"
        people = their_side(work)[-1:]  # who writes it
        enqueue_many(notices(RESTS, work, to=people, at=now, event=event))


@transaction.atomic
def _let_go(pk: int, now: datetime) -> bool:
    """Delete a draft, unless somebody wrote in it at the last moment."""
    found = WorkRequest.objects.select_for_update(of=("self",)).filter(
        pk=pk, state=State.DRAFT, saved_at__lte=now - DRAFT_LIFE
    )
    still = found.select_related("subject").first()
    if still is None:
        return False
    record("intake.draft_over", still, actor=None, at=now, days=DRAFT_LIFE.days)
    subject = still.subject
    still.delete()
    subject.delete()
    return True
