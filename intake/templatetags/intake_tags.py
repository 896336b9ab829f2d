"""How states, tiers and clocks look and read, for every page that shows a request."""

from django import template
from django.template import Context
from django.utils import timezone

from accounts.http import is_person
from intake import policies
from intake.models import Message, WorkRequest
from intake.reading.badges import Badge, badge_of
from intake.reading.marked import level_words
from intake.reading.promises import Chip, chip_of, used_words
from sla.models import Clock

register = template.Library()


@register.simple_tag(takes_context=True)
def badge(context: Context, work: WorkRequest) -> Badge:
    """Give tone, icon and words of a request's state, in the words of who reads the page."""
    return badge_of(work, now=timezone.now(), is_theirs=_is_theirs(context, work))


@register.simple_tag
def chip(clock: Clock) -> Chip:
    """Give tone and words of a clock, as the PMO reads it."""
    return chip_of(clock, timezone.now())


register.filter("level_words", level_words)


@register.filter
def used(clock: Clock) -> str:
    """Say how much of the promised time is used."""
    return used_words(clock, timezone.now())


@register.filter
def role_word(message: Message) -> str:
    """Say for which side somebody wrote: "PMO" or "requester"."""
    return "PMO" if message.from_pmo else "requester"


def _is_theirs(context: Context, work: WorkRequest) -> bool:
    request = context.get("request")
    user = getattr(request, "user", None)
    return is_person(user) and policies.is_of(user, work)
