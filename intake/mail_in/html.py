"""The words of an HTML mail, without its markup and without what it quotes."""

import re
from html.parser import HTMLParser

BREAKS = frozenset(
    {"br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "hr"}
)
SILENT = frozenset({"script", "style", "head", "title", "template", "noscript"})
# Elements without an end: they never open anything.
VOID = frozenset({"br", "hr", "img", "meta", "link", "input", "col", "wbr", "area", "base"})
QUOTING = ("gmail_quote", "yahoo_quoted", "moz-cite-prefix", "divrplyfwdmsg", "appendonsend")
DEEPEST = 400


class _Words(HTMLParser):
    """Collects text; inside what is silent or quoted it collects nothing."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.hidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in BREAKS:
            self.parts.append("\n")
        if tag in VOID or len(self.hidden) > DEEPEST:
            return
        if self.hidden or tag in SILENT or _quotes(tag, attrs):
            self.hidden.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.hidden:
            while self.hidden.pop() != tag:
                pass
        elif tag in BREAKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.parts.append(re.sub(r"\s+", " ", data))


def _quotes(tag: str, attrs: list[tuple[str, str | None]]) -> bool:
    if tag == "blockquote":
        return True
    named = " ".join(value or "" for name, value in attrs if name in ("class", "id")).lower()
    return any(word in named for word in QUOTING)


def text_of_html(html: str) -> str:
    """Return the words line by line."""
    words = _Words()
    # Never closed: a tag or comment without an end would cost the square of its length.
    words.feed(f"{html}\n")
    lines = [" ".join(line.split()) for line in "".join(words.parts).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
