"""Words that lists and details of a request need beside its badges and chips."""

from datetime import timedelta

from django import template
from django.utils import timezone

from intake.models import Answer
from intake.services import answers
from sla.metrics import METRICS
from sla.models import Clock

register = template.Library()


@register.filter
def clock_name(clock: Clock) -> str:
    """What the clock times, such as "First reply"."""
    return METRICS[clock.metric].name


@register.filter
def lines(answer: Answer) -> list[answers.Line]:
    """The fields of an answer as people read them."""
    return answers.in_words(answer, now=timezone.now())


@register.filter
def hours_words(amount: timedelta) -> str:
    """Working time as "12 h 30 min"; less than a minute is told in seconds."""
    seconds = abs(int(amount.total_seconds()))
    hours, minutes = seconds // 3600, seconds % 3600 // 60
    if not hours and not minutes:
        return f"{seconds} s" if seconds else "0"
    return " ".join(f"{n} {unit}" for n, unit in ((hours, "h"), (minutes, "min")) if n)
