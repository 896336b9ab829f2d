"""What a notice of a review says, worked out when it is delivered."""

from insights.models import Review, ReviewDecision
from insights.services.review import published_by_itself_on
from notifications.models import OutboxMessage
from notifications.registry import Context, register


def _review(message: OutboxMessage) -> Review | None:
    visible = Review.objects.visible_to(message.recipient)
    return visible.filter(pk=message.payload.get("review")).first()


def opened(message: OutboxMessage) -> Context:
    """Not when somebody published it meanwhile."""
    review = _review(message)
    if review is None or review.is_published:
        return None
    return {
        "review": review,
        "title": f"PMO review {review}",
        "summary": review.figures.get("summary", ""),
        "by": published_by_itself_on(review.month, now=message.not_before),
        "address": review.get_absolute_url(),
        "because": "you lead the PMO",
    }


def published(message: OutboxMessage) -> Context:
    review = _review(message)
    if review is None or not review.is_published:
        return None
    return {
        "review": review,
        "title": f"PMO review {review}",
        "numbers": review.figures.get("numbers", []),
        "asked": list(review.decisions.open()),
        "address": review.get_absolute_url(),
        "because": "you are a sponsor of the PMO",
    }


def owner(message: OutboxMessage) -> Context:
    found = ReviewDecision.objects.select_related("review", "decider")
    decision = found.filter(
        pk=message.payload.get("decision"), owner=message.recipient, decided_at__isnull=False
    ).first()
    if decision is None:
        return None
    return {
        "decision": decision,
        "review": decision.review,
        "title": f"PMO review {decision.review}",
        "address": f"{decision.review.get_absolute_url()}#decision-{decision.pk}",
        "because": "you were named to see to it",
    }


def register_all() -> None:
    """Say what every notice of a review is about."""
    register("review_opened", opened)
    register("review_published", published)
    register("review_owner", owner)
