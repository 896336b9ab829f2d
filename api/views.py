"""The API: what the pages do, by the same querysets, policies and services."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, cast
from uuid import uuid4

from django.db import transaction
from django.db.models import F
from django.http import QueryDict
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from accounts.moment import database_now
from accounts.policies import require
from api import serializers as forms
from api.once import HEADER, once
from api.reading import hidden_from, narrowed, work_for, works_for
from catalog import outcome_policies
from catalog.models import Measurement, OutcomeMetric, Service, ServiceTier
from catalog.services import outcomes
from intake import policies
from intake.forms.ask import QuestionForm
from intake.models import QuestionVersion, WorkRequest
from intake.services import conversation, submission, triage
from intake.services.drafts import current_questions
from sla.metrics import METRICS

SHOWN = [key for key, metric in METRICS.items() if metric.shown_to_requester]
FILTERS = ("state", "lane", "urgency", "analyst", "area", "open", "q")
ONCE = OpenApiParameter(
    HEADER, OpenApiTypes.STR, OpenApiParameter.HEADER, description="The same again is done once."
)
QUERY = [OpenApiParameter(name, OpenApiTypes.STR) for name in FILTERS]


class Pages(CursorPagination):
    """Newest first. `next` and `previous` are whole addresses."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"
    ordering = ("-received_at", "-id")


class MessagePages(Pages):
    ordering = ("-sent_at", "-id")


class ReadingPages(Pages):
    ordering = ("-at", "-id")


class PortalView(APIView):
    """A view that knows its person, and shows requests as that person may read them."""

    @property
    def person(self) -> User:
        return cast(User, self.request.user)

    def work(self, reference: str) -> WorkRequest:
        return work_for(self.person, reference)

    def shown(self, work: WorkRequest, status: int = 200) -> Response:
        """The request as it is now, after an act or to be read."""
        fresh = works_for(self.person).get(pk=work.pk)
        context = {"hidden": hidden_from(self.person, [fresh])}
        return Response(forms.RequestSerializer(fresh, context=context).data, status=status)

    def given(self, form: type[serializers.Serializer[Any]]) -> dict[str, Any]:
        """What was sent, checked; ValidationError with every fault."""
        checked = form(data=self.request.data)
        checked.is_valid(raise_exception=True)
        return dict(checked.validated_data)

    def pages(
        self,
        rows: Any,
        form: type[serializers.BaseSerializer[Any]],
        pages: type[CursorPagination],
        context: Callable[[Any], dict[str, Any]] = lambda _: {},
    ) -> Response:
        paginator = pages()
        page: Any = paginator.paginate_queryset(rows, self.request, view=self)
        data = form(page, many=True, context=context(page)).data
        return paginator.get_paginated_response(data)


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

    @transaction.atomic
    def _send(self, given: dict[str, dict[str, Any]]) -> WorkRequest:
        """Keep each answer as its page would, then send."""
        at = database_now()
        questions = {question.slug: question for question in current_questions()}
        if unknown := sorted(set(given) - set(questions)):
            raise ValidationError({"answers": {slug: ["No such question."] for slug in unknown}})
        if "need" not in given:
            raise ValidationError({"answers": {"need": ["Answer this."]}})
        values = {slug: _value(questions[slug], said, at) for slug, said in given.items()}
        work = submission.start_draft(requester=self.person, actor=self.person, at=at, key=uuid4())
        for question in questions.values():
            if question.slug in values:
                value, status = values[question.slug]
                submission.save_answer(
                    work, question, value=value, status=status, actor=self.person, at=at
                )
        return submission.submit(work, actor=self.person, at=at)


def _value(
    question: QuestionVersion, said: dict[str, Any], at: datetime
) -> tuple[dict[str, Any], str]:
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


class Messages(PortalView):
    @extend_schema(
        responses=forms.MessageSerializer(many=True), summary="The conversation, newest first"
    )
    def get(self, request: Request, reference: str) -> Response:
        work = self.work(reference)
        found = work.messages.select_related("author")
        if not policies.can_see_internal(self.person, work):
            found = found.filter(is_internal=False)
        return self.pages(found, forms.MessageSerializer, MessagePages)

    @extend_schema(
        request=forms.NewMessageSerializer,
        responses={201: forms.MessageSerializer},
        parameters=[ONCE],
        summary="Write a message, or an internal note",
    )
    def post(self, request: Request, reference: str) -> Response:
        work, given = self.work(reference), self.given(forms.NewMessageSerializer)
        write = conversation.note if given["is_internal"] else conversation.write
        return once(
            request,
            self.person,
            lambda: Response(
                forms.MessageSerializer(
                    write(work, text=given["text"], actor=self.person, at=database_now())
                ).data,
                status=201,
            ),
        )


class Questions(PortalView):
    @extend_schema(
        responses=forms.HoldSerializer(many=True), summary="Questions that the PMO asked back"
    )
    def get(self, request: Request, reference: str) -> Response:
        work = self.work(reference)
        require(
            policies.takes_part(self.person, work) or policies.can_see_internal(self.person, work)
        )
        holds = work.holds.prefetch_related("questions").order_by("id")
        return Response(forms.HoldSerializer(holds, many=True).data)

    @extend_schema(
        request=forms.AskSerializer,
        responses={201: forms.HoldSerializer},
        parameters=[ONCE],
        summary="Ask for information; blocking questions pause the clock",
    )
    def post(self, request: Request, reference: str) -> Response:
        work, given = self.work(reference), self.given(forms.AskSerializer)
        return once(
            request,
            self.person,
            lambda: Response(
                forms.HoldSerializer(
                    triage.ask(work, **given, actor=self.person, at=database_now())
                ).data,
                status=201,
            ),
        )


class QuestionAnswers(PortalView):
    @extend_schema(
        request=forms.AnswerQuestionsSerializer,
        responses=forms.HoldSerializer,
        parameters=[ONCE],
        summary="Answer questions; the first answer lets the clock go on",
        operation_id="requests_questions_answer",
    )
    def post(self, request: Request, reference: str, hold: int) -> Response:
        work, given = self.work(reference), self.given(forms.AnswerQuestionsSerializer)
        found = get_object_or_404(work.holds, pk=hold)

        def act() -> Response:
            conversation.answer(
                work, found, answers=given["answers"], actor=self.person, at=database_now()
            )
            return Response(forms.HoldSerializer(work.holds.get(pk=hold)).data)

        return once(request, self.person, act)


class Act(PortalView):
    """One act of triage. The answer is the request as it is then."""

    form: type[serializers.Serializer[Any]] = forms.SeenSerializer

    def do(self, work: WorkRequest, given: dict[str, Any], at: datetime) -> object:
        raise NotImplementedError

    def act(self, request: Request, reference: str) -> Response:
        work, given = self.work(reference), self.given(self.form)

        def act() -> Response:
            self.do(work, given, database_now())
            return self.shown(work)

        return once(request, self.person, act)


def act_view(
    name: str,
    form: type[serializers.Serializer[Any]],
    service: Callable[..., object],
    summary: str,
) -> Any:
    """A view that checks with this form and calls this service."""

    class View(Act):
        @extend_schema(
            request=form,
            responses=forms.RequestSerializer,
            parameters=[ONCE],
            summary=summary,
            operation_id=f"requests_{name}",
        )
        def post(self, request: Request, reference: str) -> Response:
            return self.act(request, reference)

        def do(self, work: WorkRequest, given: dict[str, Any], at: datetime) -> object:
            return service(work, **given, actor=self.person, at=at)

    View.form = form
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
