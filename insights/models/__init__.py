"""What looking back keeps: the monthly review with its figures and decisions."""

from insights.models.review import Review, ReviewDecision, ReviewRows, ReviewSection

__all__ = ["Review", "ReviewDecision", "ReviewRows", "ReviewSection"]
