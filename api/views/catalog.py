"""What the PMO offers, and the readings of its outcome promises."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.moment import database_now
from accounts.policies import require
from api import serializers as forms
from api.once import once
from api.views.base import ONCE, Pages, PortalView
from catalog import outcome_policies
from catalog.models import Measurement, OutcomeMetric, Service
from catalog.services import outcomes


class ReadingPages(Pages):
    ordering = ("-at", "-id")


class Services(PortalView):
    @extend_schema(responses=forms.ServiceSerializer(many=True), summary="What the PMO offers")
    def get(self, request: Request) -> Response:
        found = Service.objects.visible_to(self.person).listed().select_related("current")
        rows = found.prefetch_related("current__tiers").order_by("slug").distinct()
        return Response(forms.ServiceSerializer(rows, many=True).data)


class Readings(PortalView):
    """Readings of one outcome promise of a service."""

    def metric(self, slug: str, outcome: str) -> OutcomeMetric:
        require(outcome_policies.can_see(self.person))
        return get_object_or_404(OutcomeMetric, service__slug=slug, slug=outcome)

    @extend_schema(
        responses=forms.ReadingSerializer(many=True), summary="Readings of an outcome promise"
    )
    def get(self, request: Request, slug: str, outcome: str) -> Response:
        metric = self.metric(slug, outcome)
        return self.pages(metric.measurements.all(), forms.ReadingSerializer, ReadingPages)

    @extend_schema(
        request=forms.ReadingSerializer,
        responses={201: forms.ReadingSerializer},
        parameters=[ONCE],
        summary="Enter a reading",
    )
    def post(self, request: Request, slug: str, outcome: str) -> Response:
        metric, given = self.metric(slug, outcome), self.given(forms.ReadingSerializer)

        def act() -> Response:
            reading, is_new = outcomes.measure(
                metric,
                outcomes.Reading(**given),
                actor=self.person,
                at=database_now(),
                source=Measurement.Source.API,
            )
            status = 201 if is_new else 200
            return Response(forms.ReadingSerializer(reading).data, status=status)

        return once(request, self.person, act)
