"""One request on the desk of a person of the PMO, and what its pages need."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.http import PortalRequest
from intake.models import WorkRequest
from intake.reading.proposing import Choice, choice_of
from intake.reading.queue_asked import Asked
from intake.reading.queue_page import QueuePage
from intake.reading.triage_page import TriagePage
from intake.views.queue import asked_by, remember_view
from intake.views.triage_act import Act
from intake.views.triage_acts import acts_for


@dataclass
class Desk:
    """A request on the desk of one person: the list it came from, the act they chose."""

    request: PortalRequest
    work: WorkRequest
    act: Act | None = None

    @cached_property
    def asked(self) -> Asked:
        return asked_by(self.request)

    @cached_property
    def page(self) -> TriagePage:
        return TriagePage(self.work, self.request.user, timezone.now())

    @cached_property
    def choice(self) -> Choice:
        """What can be proposed; a service stands in the address once it is chosen."""
        return choice_of(self.request.GET.get("service", ""), now=self.page.now)

    @property
    def is_allowed(self) -> bool:
        return self.act is not None and self.act.is_allowed(self.request.user, self.work)

    def address(self, reference: str = "") -> str:
        place = reverse("intake:triage_detail", args=[reference or self.work.reference])
        return place + self.asked.query()

    def context(self, **more: Any) -> dict[str, Any]:
        """What every template of a request in triage needs."""
        listed = QueuePage(self.asked, self.request.user, self.page.now, self.work)
        acts = acts_for(self.request.user, self.work)
        return {
            "queue": listed,
            "page": self.page,
            "work": self.work,
            "acts": [one for one in acts if not one.is_undo],
            "undo": next((one for one in acts if one.is_undo), None),
            "act": self.act,
            "is_allowed": self.is_allowed,
            "crumbs": self._crumbs(),
            **more,
        }

    def _crumbs(self) -> list[dict[str, str]]:
        list_address = reverse("intake:queue") + self.asked.query()
        crumbs = [{"words": "Triage", "address": list_address}]
        if self.act is None:
            return [*crumbs, {"words": self.work.reference, "address": ""}]
        crumbs.append({"words": self.work.reference, "address": self.address()})
        return [*crumbs, {"words": self.act.title, "address": ""}]

    def show(self, *, status: int = 200, **more: Any) -> HttpResponse:
        context = self.context(**more)
        response = render(self.request, self._template(), context, status=status)
        return remember_view(self.request, response)

    def _template(self) -> str:
        """What htmx asked to be swapped, or the whole page."""
        target = self.request.htmx.target if self.request.htmx else None
        if self.act and self.act.is_wide:
            part = target if target == "comparison" else "propose"
        else:
            part = {None: "detail", "act": "_act"}.get(target, "_split")
        return f"intake/triage/{'_comparison' if part == 'comparison' else part}.html"
