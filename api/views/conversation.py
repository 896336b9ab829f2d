"""The conversation of a request, and the questions that the PMO asks back."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.moment import database_now
from accounts.policies import require
from api import serializers as forms
from api.once import once
from api.views.base import ONCE, Pages, PortalView
from intake import policies
from intake.services import conversation, triage


class MessagePages(Pages):
    ordering = ("-sent_at", "-id")


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
