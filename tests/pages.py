"""Reading pages in tests: their tags, title, and whatever a strict policy forbids."""

import re
from html.parser import HTMLParser

from django.http import HttpResponse


class Page(HTMLParser):
    """Reads a page: its title, ids, labels, and whatever a strict policy forbids."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forbidden: list[str] = []
        self.ids: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.title = re.sub(r"\s+", " ", html.split("<title>")[1].split("</title>")[0])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append((tag, given))
        self.ids += [given["id"] or ""] if "id" in given else []
        inline_script = tag == "script" and "src" not in given
        if tag == "style" or inline_script or "style" in given:
            self.forbidden.append(self.get_starttag_text() or tag)
        self.forbidden += [name for name in given if name.startswith("on") or name == "hx-on"]

    def having(self, tag: str, **wanted: str) -> list[dict[str, str | None]]:
        return [
            attrs
            for name, attrs in self.tags
            if name == tag and all(attrs.get(key) == value for key, value in wanted.items())
        ]


def page_of(response: HttpResponse) -> Page:
    return Page(response.content.decode())
