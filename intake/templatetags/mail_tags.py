"""How mails read: one text, from which the HTML is made, so that both say the same words."""

import re

from django import template
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

QUOTE = "> "
FOOTER = "\n--\n"


@register.filter
def quoted(text: str) -> str:
    """Set what somebody wrote apart, line by line, so that nothing in it passes for our words."""
    return "\n".join(f"{QUOTE}{line}".rstrip() for line in text.strip().splitlines())


@register.filter
def as_html(text: str) -> SafeString:
    """Make paragraphs, quotes and the button of a mail from its text, with everything escaped.

    Only the last paragraph before the footer is the button: a line of words, then the address.
    """
    words, _, footer = text.partition(FOOTER) if FOOTER in text else (text, "", "")
    *paragraphs, last = [part for part in re.split(r"\n\s*\n", words.strip()) if part.strip()]
    blocks = [_block(part.strip("\n")) for part in paragraphs]
    blocks += [_button(last.strip()), format_html("<footer>{}</footer>", _lines(footer.strip()))]
    return mark_safe("\n".join(blocks))  # noqa: S308 - each block escaped its text


def _block(part: str) -> SafeString:
    lines = part.splitlines()
    if all(line.startswith(QUOTE.strip()) for line in lines):
        said = "\n".join(line[1:].strip() for line in lines)
        return format_html("<blockquote>{}</blockquote>", _lines(said))
    if all(line.startswith("- ") for line in lines):
        items = format_html_join("", "<li>{}</li>", ((line[2:],) for line in lines))
        return format_html("<ul>{}</ul>", items)
    return format_html("<p>{}</p>", _lines(part))


def _lines(text: str) -> SafeString:
    return mark_safe("<br>".join(escape(line) for line in text.splitlines()))  # noqa: S308


def _button(part: str) -> SafeString:
    words, _, address = part.rpartition("\n")
    return format_html('<p><a class="act" href="{}">{}</a></p>', address, words.rstrip(":"))
