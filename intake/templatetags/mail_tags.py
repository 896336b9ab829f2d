"""How mails read: one text, from which the HTML is made, so that both say the same words."""

import re
from itertools import groupby

from django import template
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

QUOTE = "> "
ITEM = "- "
FOOTER = "\n--\n"


@register.filter
def quoted(text: str) -> str:
    """Set what somebody wrote apart, line by line, so that nothing in it passes for our words."""
    return "\n".join(f"{QUOTE}{line}".rstrip() for line in text.strip().splitlines())


@register.filter
def spaced(text: str) -> str:
    """Leave one empty line between paragraphs, whatever was left out between them."""
    return re.sub(r"\n{3,}", "\n\n", text)


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
    """One paragraph: runs of our words, of a list, and of what somebody said."""
    runs = groupby(part.splitlines(), key=_mark)
    return mark_safe("".join(_run(mark, list(lines)) for mark, lines in runs))  # noqa: S308


def _mark(line: str) -> str:
    return next((mark for mark in (QUOTE, ITEM) if f"{line} ".startswith(mark)), "")


def _run(mark: str, lines: list[str]) -> SafeString:
    said = [line[1:].strip() for line in lines] if mark else lines
    if mark == ITEM:
        items = format_html_join("", "<li>{}</li>", ((line,) for line in said))
        return format_html("<ul>{}</ul>", items)
    words = _lines("\n".join(said))
    template = "<blockquote>{}</blockquote>" if mark == QUOTE else "<p>{}</p>"
    return format_html(template, words)


def _lines(text: str) -> SafeString:
    return mark_safe("<br>".join(escape(line) for line in text.splitlines()))  # noqa: S308


def _button(part: str) -> SafeString:
    words, _, address = part.rpartition("\n")
    return format_html('<p><a class="act" href="{}">{}</a></p>', address, words.rstrip(":"))
