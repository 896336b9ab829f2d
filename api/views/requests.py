"""Requests: to be read, and sent."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.moment import database_now
from api import serializers as forms
from api.once import once
from api.reading import hidden_from, narrowed, works_for
from api.views.base import ONCE, Pages, PortalView
from intake import policies
from intake.forms.ask import QuestionForm
from intake.models import QuestionVersion, WorkRequest
from intake.services.drafts import current_questions
from intake.services.sending import Given, send_whole
from sla.metrics import METRICS

SHOWN = [key for key, metric in METRICS.items() if metric.shown_to_requester]
FILTERS = ("state", "lane", "urgency", "analyst", "area", "open", "q")
QUERY = [OpenApiParameter(name, OpenApiTypes.STR) for name in FILTERS]


class Me(PortalView):
    @extend_schema(responses=forms.MeSerializer, summary="Who this token speaks for")
    def get(self, request: Request) -> Response:
        return Response(forms.MeSerializer(self.person).data)


class Requests(PortalView):
    @extend_schema(
        responses=forms.RequestSerializer(many=True),
        parameters=QUERY,
        summary="Requests that you may see, newest first",
    )
    def get(self, request: Request) -> Response:
        asked = {name: request.query_params.get(name, "")[:200] for name in FILTERS}
        if any("\x00" in value for value in asked.values()):
            raise ValidationError({"q": ["Take out the character that can't be shown."]})
        found = narrowed(works_for(self.person), asked, self.person)
        return self.pages(found, forms.RequestSerializer, Pages, self._context)

    def _context(self, page: list[WorkRequest]) -> dict[str, Any]:
        return {"hidden": hidden_from(self.person, page)}

    @extend_schema(
        request=forms.NewRequestSerializer,
        responses={201: forms.RequestSerializer},
        parameters=[ONCE],
        summary="Send a request to the PMO",
    )
    def post(self, request: Request) -> Response:
        given = self.given(forms.NewRequestSerializer)["answers"]
        return once(request, self.person, lambda: self.shown(self._send(given), status=201))

    def _send(self, said: dict[str, dict[str, Any]]) -> WorkRequest:
        at, questions = database_now(), current_questions()
        return send_whole(_checked(said, questions, at), questions, actor=self.person, at=at)


def _checked(
    said: dict[str, dict[str, Any]], questions: Sequence[QuestionVersion], at: datetime
) -> dict[str, Given]:
    """The answers by slug; ValidationError with what is wrong, by its place."""
    known = {question.slug: question for question in questions}
    if unknown := sorted(set(said) - set(known)):
        raise ValidationError({"answers": {slug: ["No such question."] for slug in unknown}})
    if "need" not in said:
        raise ValidationError({"answers": {"need": ["Answer this."]}})
    return {slug: _value(known[slug], fields, at) for slug, fields in said.items()}


def _value(question: QuestionVersion, said: dict[str, Any], at: datetime) -> Given:
    """An answer checked by the question's own form; its errors by field."""
    data = QueryDict(mutable=True)
    for name, value in said.items():
        data.setlist(name, [str(one) for one in value] if isinstance(value, list) else [str(value)])
    form = QuestionForm(question, data, today=timezone.localdate(at))
    if not form.is_valid():
        errors = {name: [str(words) for words in found] for name, found in form.errors.items()}
        raise ValidationError({"answers": {question.slug: errors}})
    return form.value(), str(form.status())


class Asked(PortalView):
    @extend_schema(
        responses=forms.AskedSerializer(many=True), summary="The questions of a new request"
    )
    def get(self, request: Request) -> Response:
        return Response(forms.AskedSerializer(current_questions(), many=True).data)


class OneRequest(PortalView):
    @extend_schema(responses=forms.RequestSerializer, summary="One request")
    def get(self, request: Request, reference: str) -> Response:
        return self.shown(self.work(reference))


class Clocks(PortalView):
    @extend_schema(responses=forms.ClockSerializer(many=True), summary="The promises on a request")
    def get(self, request: Request, reference: str) -> Response:
        work = self.work(reference)
        clocks = work.subject.clocks.order_by("started_at", "id")
        if not policies.can_see_internal(self.person, work):
            clocks = clocks.filter(metric__in=SHOWN)
        return Response(forms.ClockSerializer(clocks, many=True).data)
