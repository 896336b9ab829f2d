"""The review as one A4 page of PDF, made from its printed page."""

from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from insights.reading.review_page import ReviewPage

STYLE = "css/review-print.css"


class OutsideError(ValueError):
    """A print asked for something that is none of its own fonts."""


def style_path() -> Path:
    return Path(str(finders.find(STYLE)))


def pdf_of(page: ReviewPage) -> bytes:
    """The blocks are cut to fit; whatever happens, it is one page."""
    whole = document_of(page)
    return bytes(whole.copy(whole.pages[:1]).write_pdf())


def document_of(page: ReviewPage) -> Any:
    """Nothing is fetched but our own style and its fonts; everything else is refused."""
    html = render_to_string("insights/review_print.html", {"page": page, "is_pdf": True})
    return laid_out(html)


def laid_out(html: str) -> Any:
    # It takes half a second to import, and only this page needs it.
    import weasyprint
    from weasyprint.text.fonts import FontConfiguration

    library: Any = weasyprint
    typed: Any = FontConfiguration
    own, known = _fetcher(), typed()
    style = library.CSS(
        string=style_path().read_text(),
        base_url=style_path().as_uri(),
        url_fetcher=own,
        font_config=known,
    )
    whole = library.HTML(string=html, url_fetcher=own)
    return whole.render(stylesheets=[style], font_config=known)


def _fetcher() -> Any:
    """What fetches our own fonts, and nothing else."""
    from weasyprint import urls

    fonts = (style_path().parent.parent / "fonts").as_uri()
    base: Any = urls.URLFetcher

    class OwnFonts(base):
        def fetch(self, url: str, headers: Any = None) -> Any:
            if url.startswith(f"{fonts}/") and ".." not in url:
                return super().fetch(url, headers)
            raise OutsideError(url)

    return OwnFonts(allowed_protocols=["file"])
