"""Dates in words for templates; see accounts.date_words for how they read."""

from datetime import date, datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts import date_words

register = template.Library()


@register.filter
def day(value: date | None) -> str:
    """Write a date or a moment as "Tue 14 Oct"; nothing for nothing."""
    return date_words.day_words(value, now=timezone.now()) if value else ""


@register.filter
def hour(value: datetime | None) -> str:
    """Write a moment as "17:00"."""
    return date_words.hour_words(value) if value else ""


@register.filter
def day_hour(value: datetime | None, home: str = "") -> str:
    """Write a moment as "Tue 14 Oct, 17:00"; `home` is the zone of its calendar."""
    return date_words.day_hour_words(value, now=timezone.now(), home=home) if value else ""


@register.filter
def time_tag(value: datetime | None, home: str = "") -> SafeString | str:
    """Write a moment as an HTML time element, so that programs can read it too."""
    if not value:
        return ""
    moment = timezone.localtime(value).isoformat(timespec="seconds")
    return format_html('<time datetime="{}">{}</time>', moment, day_hour(value, home))
