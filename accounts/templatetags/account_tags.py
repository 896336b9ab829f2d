"""Sections of the account page that other apps registered."""

from typing import Any

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from accounts.sections import Section

register = template.Library()


@register.simple_tag(takes_context=True)
def account_section(context: Context, section: Section, needs: dict[str, Any]) -> SafeString:
    """Write one section with what it needs, and the request for its tokens."""
    given = {"person": context.get("person"), **needs}
    return render_to_string(section.template, given, context.get("request"))
