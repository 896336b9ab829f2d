"""The triage page around its rows: views, columns, filters in use, and what an empty list says.

Everything is read when it is first asked for, and once.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.urls import reverse

from accounts.date_words import day_hour_words
from accounts.models import User
from intake.models import WorkRequest
from intake.reading import queue, queue_figures, queue_heads, queue_rows, saved_views
from intake.reading.queue import Found, Page
from intake.reading.queue_asked import COLUMNS, STRIP, VIEWS, Asked
from intake.reading.queue_figures import Choices, Figures, capped
from intake.reading.queue_filters import ANY, MORE, Filter, drop_downs, in_words
from intake.reading.queue_heads import Head
from intake.reading.queue_rows import Clocks, Frame, Line, Row

BAND = 5
SAVED = 12


class ViewLink(NamedTuple):
    """A view with its count; `key` is the digit that opens a built-in one."""

    slug: str
    words: str
    address: str
    number: str
    is_current: bool
    key: str = ""


class Used(NamedTuple):
    """A filter in use, with the address of the list without it."""

    words: str
    address: str


class Empty(NamedTuple):
    """What stands in place of the rows."""

    words: str
    address: str = ""
    action: str = ""


@dataclass
class QueuePage:
    """A list as an address asks for it, perhaps with one request open beside it."""

    asked: Asked
    reader: User
    now: datetime
    work: WorkRequest | None = None

    # What is read

    @cached_property
    def page(self) -> Page:
        """The page of the list; with a request open, the one that it stands on, if it does."""
        page = queue.page(self.asked, self.reader, self.now)
        if self.work is None or any(row.pk == self.work.pk for row in page.rows):
            return page
        return queue.page_at(self.asked, self.work, self.reader, self.now) or page

    @cached_property
    def urgent(self) -> list[Found]:
        """What stands in the band: who asked for urgency and was not judged, soonest first."""
        if self.asked.view == "urgent":
            return []
        asked = Asked(view="urgent")
        return queue.first_rows(asked, self.reader, self.now, BAND)

    @cached_property
    def clocks(self) -> Mapping[int, Clocks]:
        shown = self.page.rows if self.work else [*self.page.rows, *self.urgent]
        return queue_rows.clocks_of({one.subject_id for one in shown})

    @cached_property
    def tags(self) -> Mapping[int, list[str]]:
        """Only the whole list shows them; beside a request there is no room."""
        return {} if self.work else queue.tags_of([row.pk for row in self.page.rows])

    @cached_property
    def figures(self) -> Figures:
        return queue_figures.figures(self.reader, self.now)

    @cached_property
    def choices(self) -> Choices:
        return queue_figures.choices(self.reader)

    # The list

    @property
    def rows(self) -> list[Row]:
        return queue_rows.rows_of(self.page.rows, self.clocks, self._frame(self.asked.query()))

    @property
    def band(self) -> list[Line]:
        frame = self._frame(Asked(view="urgent").query())
        return queue_rows.band_of(self.urgent, self.clocks, frame)

    @property
    def band_more(self) -> str:
        """How many wait for a judgement, when they are more than the band shows."""
        count = self.figures.views["urgent"]
        return capped(count) if count > BAND else ""

    def _frame(self, query: str) -> Frame:
        return Frame(
            now=self.now,
            base=reverse("intake:queue"),
            query=query,
            questions=self.figures.questions,
            tags=self.tags,
            current=self.work.pk if self.work else None,
            reader=self.reader.pk,
        )

    @property
    def following(self) -> Found | None:
        """The row after the open request, on this page of the list."""
        return self._beside(1)

    @property
    def preceding(self) -> Found | None:
        return self._beside(-1)

    def _beside(self, step: int) -> Found | None:
        pks = [row.pk for row in self.page.rows]
        if self.work is None or self.work.pk not in pks:
            return None
        place = pks.index(self.work.pk) + step
        return self.page.rows[place] if 0 <= place < len(pks) else None

    def address_of(self, one: Found | None) -> str:
        return (
            f"{self._path(queue_rows.reference_of(one.number))}{self.asked.query()}" if one else ""
        )

    @staticmethod
    def _path(reference: str) -> str:
        return reverse("intake:triage_detail", args=[reference])

    @property
    def following_address(self) -> str:
        return self.address_of(self.following)

    @property
    def preceding_address(self) -> str:
        return self.address_of(self.preceding)

    @property
    def previous(self) -> str:
        return self._at(before=self.page.before, after="") if self.page.before else ""

    @property
    def next(self) -> str:
        return self._at(after=self.page.after, before="") if self.page.after else ""

    # Around the list

    @property
    def view(self) -> str:
        return VIEWS[self.asked.view].words

    @property
    def caption(self) -> str:
        return f"{self.view}, {queue_heads.in_order(self.asked)}"

    @property
    def place(self) -> str:
        """How much there is in all, as long as no filter hides a part of it."""
        return "" if self.asked.filters else f"{capped(self._total)} in this view"

    @property
    def _total(self) -> int:
        return self.figures.views[self.asked.view]

    @property
    def unclaimed(self) -> str:
        count = self.figures.views["unclaimed"]
        return capped(count) if count else ""

    @property
    def address(self) -> str:
        """The list without the open request."""
        return self._at()

    @property
    def clear(self) -> str:
        return self._at(with_place=False, filters={})

    def _at(self, **changes: Any) -> str:
        return reverse("intake:queue") + self.asked.query(**changes)

    @cached_property
    def views(self) -> list[ViewLink]:
        """Every view with its count; another view begins without the filters of this one."""
        base = reverse("intake:queue")
        return [
            ViewLink(
                slug,
                view.words,
                f"{base}?view={slug}",
                capped(self.figures.views[slug]),
                slug == self.asked.view,
                str(place),
            )
            for place, (slug, view) in enumerate(VIEWS.items(), start=1)
        ]

    @cached_property
    def saved(self) -> list[ViewLink]:
        """The views that this person saved, and those that a lead shares."""
        base, now = reverse("intake:queue"), self.asked.query(with_place=False)
        known = self.choices.views[:SAVED]
        counts = saved_views.counts([one[-1] for one in known], self.reader, self.now)
        return [
            ViewLink(pk, name, f"{base}{query}", capped(number), query == now)
            for (pk, name, query), number in zip(known, counts, strict=True)
        ]

    @property
    def save_address(self) -> str:
        return reverse("intake:saved_views") + self.asked.query(with_place=False)

    @property
    def news_address(self) -> str:
        """Where the page asks every minute whether anything new has come."""
        since = urlencode({"since": self.now.isoformat()})
        return f"{reverse('intake:queue_news')}{self.asked.query(with_place=False)}&{since}"

    @property
    def strip(self) -> list[ViewLink]:
        return [link for link in self.views if link.slug in STRIP]

    @property
    def heads(self) -> list[Head]:
        return queue_heads.heads(self.asked, is_beside=self.work is not None)

    @property
    def shown(self) -> Collection[str]:
        """The columns that stand in the list beside the request itself."""
        return self.asked.columns or COLUMNS

    @property
    def column_choices(self) -> list[tuple[str, str, bool]]:
        return [(name, queue_heads.WORDS[name], name in self.shown) for name in COLUMNS]

    @property
    def hidden_fields(self) -> list[tuple[str, str]]:
        """What the filter form carries along: view and order."""
        return replace(self.asked, filters={}, columns=()).pairs(with_place=False)

    @property
    def text(self) -> str:
        return self.asked.filters.get("q", "")

    @property
    def is_narrowed(self) -> bool:
        """Whether one of the drop-downs is in use."""
        return bool(self.asked.filters.keys() & (ANY | MORE).keys())

    @property
    def filters(self) -> list[Filter]:
        return drop_downs(self.asked, self.choices)

    @property
    def more_filters(self) -> list[Filter]:
        return drop_downs(self.asked, self.choices, MORE)

    @property
    def has_more(self) -> bool:
        """Whether something is set that stands behind "More filters"."""
        return bool(self.asked.filters.keys() & MORE.keys() or self.asked.columns)

    @property
    def active(self) -> list[Used]:
        base = reverse("intake:queue")
        return [
            Used(in_words(name, value, lambda: self.choices), base + self.asked.without(name))
            for name, value in self.asked.filters.items()
        ]

    @property
    def empty(self) -> Empty:
        if self.asked.filters and self._total:
            is_one = self._total == 1
            hidden = f"{capped(self._total)} open {'request is' if is_one else 'requests are'}"
            words = f"No request fits these filters. {hidden} hidden by them."
            return Empty(words, self.clear, "Clear filters")
        if self.asked.view == "unclaimed":
            mine = f"{reverse('intake:queue')}?view=mine"
            return Empty(f"All claimed. {self._next_due()}", mine, "Open my work")
        return self._empty_view()

    def _next_due(self) -> str:
        soonest = queue.soonest(self.reader)
        if soonest is None:
            return "No promise is running."
        reference = queue_rows.reference_of(soonest.number)
        return f"Next promise due: {reference}, {day_hour_words(soonest.queue_at, now=self.now)}."

    def _empty_view(self) -> Empty:
        words, other = EMPTY[self.asked.view]
        if not other:
            return Empty(words)
        number = self.figures.views[other]
        action = f"Show {VIEWS[other].words.lower()} ({capped(number)})"
        return Empty(words, f"{reverse('intake:queue')}?view={other}", action)


# What an empty view says, and which view is worth a look instead.
EMPTY = {
    "mine": ("No open request is claimed by you.", "unclaimed"),
    "today": ("No promise is due in the rest of today.", "late"),
    "late": ("No promise is late.", "today"),
    "urgent": ("Nobody waits for a decision on urgency.", "unclaimed"),
    "waiting": ("No request waits for its requester.", "all"),
    "answers": ("You have seen all answers. New ones appear here as they come in.", "waiting"),
    "returned": ("No request has come back from being parked.", "all"),
    "all": ("No request is open. What people send appears here at once.", ""),
}
