"""Where a decision path is read or edited: in a draft's journey, or on the page of a request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any, ClassVar
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.http import PortalRequest
from intake import policies
from intake.models import DecisionPath, PathStep, WorkRequest
from intake.reading import paths as reading
from intake.reading.path_picture import Picture, picture_of
from intake.reading.request_page import RequestPage
from intake.services.drafts import Draft
from intake.services.path_words import Summary, actors, summary_of
from intake.services.paths import MOST_STEPS
from intake.views.ask import draft_or_404
from intake.views.loading import of_request

Version = DecisionPath.Version


@dataclass
class Place:
    """Where a path is read or edited: in a draft's journey, or on the page of a request."""

    request: PortalRequest
    work: WorkRequest
    version: str
    draft: Draft | None = None
    page: RequestPage | None = None

    TITLES: ClassVar[dict[str, str]] = {
        Version.TODAY: "How is this decided today?",
        Version.AGREED: "How it shall be decided",
    }

    @cached_property
    def path(self) -> DecisionPath | None:
        return reading.paths_of(self.work).get(self.version)

    @cached_property
    def steps(self) -> list[PathStep]:
        return list(self.path.steps.all()) if self.path else []

    @property
    def number(self) -> int:
        """The version that this page was made from; a change must still find it."""
        return self.path.number if self.path else 0

    @property
    def may_edit(self) -> bool:
        return policies.can_edit_path(self.request.user, self.work, self.version)

    @property
    def title(self) -> str:
        return self.TITLES[Version(self.version)]

    @cached_property
    def summary(self) -> Summary | None:
        return summary_of(self.steps)

    @property
    def advice(self) -> str:
        return reading.advice_of(self.steps)

    @cached_property
    def picture(self) -> Picture | None:
        return picture_of(self.steps)

    @property
    def actors(self) -> list[str]:
        return actors(self.steps)

    @property
    def is_full(self) -> bool:
        return len(self.steps) >= MOST_STEPS

    @property
    def template(self) -> str:
        return "intake/paths/draft.html" if self.draft else "intake/paths/request.html"

    def address(self, name: str = "", *args: object) -> str:
        """An address of this path: the editor itself, or one of its pages."""
        base = "ask_path" if self.draft else f"path_{self.version}"
        key = self.work.draft_key if self.draft else self.work.reference
        return reverse(f"intake:{base}{name and f'_{name}'}", args=[key, *args])

    @property
    def home(self) -> str:
        return self.address()

    @property
    def new_address(self) -> str:
        return self.address("new")

    @property
    def text_address(self) -> str:
        return self.address("text")

    def rows(self) -> list[Row]:
        return [Row(self, step) for step in self.steps]

    def step(self, n: int) -> PathStep:
        found = next((step for step in self.steps if step.position == n), None)
        if found is None:
            raise Http404
        return found

    def fresh(self) -> Place:
        """The same place, read again."""
        return Place(self.request, self.work, self.version, self.draft, self.page)


@dataclass(frozen=True)
class Row:
    """One step in the list, with where its buttons lead."""

    place: Place
    step: PathStep

    @property
    def edit(self) -> str:
        return self.place.address("step", self.step.position)

    @property
    def move(self) -> str:
        return self.place.address("move", self.step.position)

    @property
    def delete(self) -> str:
        return self.place.address("delete", self.step.position)

    @property
    def before(self) -> str:
        return f"{self.place.new_address}?before={self.step.position}"

    @property
    def is_first(self) -> bool:
        return self.step.position == 1

    @property
    def is_last(self) -> bool:
        return self.step.position == len(self.place.steps)


PathView = Callable[..., HttpResponse]


def placed(view: PathView) -> PathView:
    """Give a view the place that its address names: of a draft, or of a request and a version."""

    def on_request(
        request: PortalRequest, page: RequestPage, which: str, **kwargs: Any
    ) -> HttpResponse:
        if not page.may_read("path"):
            raise Http404
        return view(request, Place(request, page.work, which, page=page), **kwargs)

    of_reference = of_request(on_request)

    @login_required
    @wraps(view)
    def opened(request: PortalRequest, key: UUID | None = None, **kwargs: Any) -> HttpResponse:
        if key is None:
            return of_reference(request, **kwargs)
        draft = draft_or_404(request, key)
        if not draft.work.is_draft:
            return redirect("intake:path_today", draft.work.reference)
        return view(request, Place(request, draft.work, Version.TODAY, draft=draft), **kwargs)

    return opened
