"""What every view of the API shares: its person, its pages, and what was sent."""

from collections.abc import Callable
from typing import Any, cast

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.pagination import CursorPagination
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from api import serializers as forms
from api.once import HEADER
from api.reading import hidden_from, work_for, works_for
from intake.models import WorkRequest

ONCE = OpenApiParameter(
    HEADER, OpenApiTypes.STR, OpenApiParameter.HEADER, description="The same again is done once."
)


class Pages(CursorPagination):
    """Newest first. `next` and `previous` are whole addresses."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"
    ordering = ("-received_at", "-id")


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
