"""The acts of triage, each a POST that answers with the request as it is then."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import F
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from accounts.moment import database_now
from api import serializers as forms
from api.once import once
from api.views.base import ONCE, PortalView
from catalog.models import ServiceTier
from intake.models import WorkRequest
from intake.services import triage


def act_view(
    name: str,
    form: type[serializers.Serializer[Any]],
    service: Callable[..., object],
    summary: str,
) -> Any:
    """A view that checks with this form and calls this service."""

    class View(PortalView):
        @extend_schema(
            request=form,
            responses=forms.RequestSerializer,
            parameters=[ONCE],
            summary=summary,
            operation_id=f"requests_{name}",
        )
        def post(self, request: Request, reference: str) -> Response:
            work, given = self.work(reference), self.given(form)

            def act() -> Response:
                service(work, **given, actor=self.person, at=database_now())
                return self.shown(work)

            return once(request, self.person, act)

    View.__name__ = View.__qualname__ = name.capitalize()
    return View.as_view()


def propose(
    work: WorkRequest, *, service: str, tier: str, actor: User, at: datetime, **given: Any
) -> object:
    """Propose a tier by the names of service and level."""
    tiers = ServiceTier.objects.filter(version__service__slug=service, level=tier)
    current = tiers.filter(version__service__current=F("version")).first()
    if current is None:
        raise ValidationError({"tier": ["This service has no such tier now."]})
    return triage.propose(work, tier=current, actor=actor, at=at, **given)


ACTS = {
    "claim": act_view("claim", forms.SeenSerializer, triage.claim, "Become the named contact"),
    "play-back": act_view(
        "play_back", forms.PlayBackSerializer, triage.play_back, "Play the need back"
    ),
    "propose": act_view("propose", forms.ProposeSerializer, propose, "Propose a tier of a service"),
    "answer": act_view(
        "answer", forms.AnswerSerializer, triage.answer, "Answer it, which closes it"
    ),
    "decline": act_view(
        "decline", forms.DeclineSerializer, triage.decline, "Decline, with reason and alternative"
    ),
    "park": act_view("park", forms.ParkSerializer, triage.park, "Park until a day or an event"),
}
