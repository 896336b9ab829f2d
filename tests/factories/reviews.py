"""A small month that was worked out by hand, and the review of it."""

from datetime import date, datetime

from accounts.models import User
from catalog.models import ServiceTier
from insights.models import Review
from insights.services import review as acts
from intake.models import Decision, WorkRequest
from intake.services import agreement, decisions
from intake.states import State
from tests.factories.intake import bring_to, make_work


def make_review(month: date, *, lead: User, at: datetime, published: bool = True) -> Review:
    acts.open_review(month, at=at)
    review = Review.objects.get(month=month)
    return acts.publish(review, actor=lead, at=at) if published else review


def close(work: WorkRequest, *, difference: str, at: datetime) -> WorkRequest:
    """Tell the result of a request that waits to be checked."""
    agreement.record_result(
        work, difference=difference, value_now="4 %", sentence="Trucks leave full.",
        actor=work.requester, at=at,
    )  # fmt: skip
    return work


def checked(requester: User, analyst: User, tier: ServiceTier, at: datetime) -> WorkRequest:
    return bring_to(State.CHECK, make_work(requester, at), analyst=analyst, tier=tier, at=at)


def decided(work: WorkRequest, *, on: date, asked: date, actor: User, at: datetime) -> None:
    """Its decision was first asked for on a day, and taken on another."""
    Decision.objects.filter(work=work).update(first_asked_on=asked)
    decisions.record_decision(
        work, decided_on=on, decided_what="We book for Thursday.", result_used="yes",
        actor=actor, at=at,
    )  # fmt: skip
