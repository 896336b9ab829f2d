"""Words for figures that pages of services and promises share."""

from django import template

from sla.outcomes import Compliance

register = template.Library()
ENOUGH_FOR_PERCENT = 10


@register.filter
def kept(record: Compliance | None) -> str:
    """Write "46 of 50"; nothing while nothing was judged."""
    judged = record.met + record.missed if record else 0
    return f"{record.met} of {judged}" if record and judged else ""


@register.filter
def kept_with_percent(record: Compliance | None) -> str:
    """Write "46 of 50 (92 %)", but "3 of 4" alone: a percentage of a few cases misleads."""
    words = kept(record)
    if record is None or record.met + record.missed < ENOUGH_FOR_PERCENT:
        return words
    return f"{words} ({(record.tenths_of_percent or 0) // 10} %)"


@register.filter
def days(count: int) -> str:
    """Write "1 working day" or "3 working days"."""
    return f"{count} working {'day' if count == 1 else 'days'}"
