"""What a review asks of a person: to publish it, to decide, and to see to what was decided."""

from collections.abc import Iterator
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from accounts.waiting import Duty, register
from insights.models import Review, ReviewDecision
from insights.services.review import published_by_itself_on

MOST = 30


def of_reviews(person: User, reader: User, now: datetime) -> Iterator[Duty]:
    if person.is_lead and reader.is_lead:
        for review in Review.objects.filter(published_at=None)[:MOST]:
            yield Duty(
                what="Publish the review",
                about=f"PMO review {review}",
                why="You lead the PMO. Nobody has published it yet.",
                address=reverse("review_write", args=[review.key]),
                action="Write the headline",
                due=published_by_itself_on(review.month, now=now),
                since=review.opened_at,
            )
    if person.is_sponsor and reader.is_sponsor:
        yield from _to_decide()


def _to_decide() -> Iterator[Duty]:
    """One line for a review, not one for each question of it."""
    asked = ReviewDecision.objects.open().filter(review__published_at__isnull=False)
    counted: dict[Review, list[ReviewDecision]] = {}
    for decision in asked.select_related("review").order_by("review__month", "position")[:200]:
        counted.setdefault(decision.review, []).append(decision)
    for review, decisions in counted.items():
        yield Duty(
            what=f"{len(decisions)} to decide" if len(decisions) > 1 else "One thing to decide",
            about=f"PMO review {review}",
            why="You are a sponsor of the PMO. The review stays open until all is decided.",
            address=f"{review.get_absolute_url()}#asked",
            action="Keep, change or retire",
            due=datetime.combine(decisions[0].answer_by, time(17), ZoneInfo(settings.TIME_ZONE)),
            since=review.published_at,
        )


def register_all() -> None:
    register("reviews", of_reviews)
