"""Who may do what with a review. Services ask in order to refuse, views in order to hide."""

from accounts.models import User
from insights.models import Review


def can_write_review(user: User, review: Review) -> bool:
    """Write the headline and publish: a lead, until it is published."""
    return user.is_lead and not review.is_published


def can_decide(user: User, review: Review) -> bool:
    """Say keep, change or retire: a sponsor, or a lead who writes down what a sponsor said."""
    return review.is_published and (user.is_sponsor or user.is_lead)


def can_follow_up(user: User, review: Review) -> bool:
    """Say what came of a decision."""
    return review.is_published and user.is_pmo
