"""Doorbells of looking back."""

from celery import shared_task
from django.utils import timezone

from accounts.moment import database_now
from insights.services import review

WAKING_HOUR = 7


@shared_task
def tend_reviews() -> int:
    """Open, fill and publish monthly reviews as their days come, from 07:00 on."""
    now = database_now()
    return review.tend(now) if timezone.localtime(now).hour >= WAKING_HOUR else 0
