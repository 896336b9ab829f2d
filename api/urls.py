"""Addresses of the API, its description and the tokens."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView

from api import pages
from api.views import acts, catalog, conversation, requests

app_name = "api"
V1 = "api/v1/"
REQUEST = f"{V1}requests/<str:reference>/"
READINGS = f"{V1}services/<slug:slug>/outcomes/<slug:outcome>/readings/"

urlpatterns = [
    path(f"{V1}me/", requests.Me.as_view(), name="me"),
    path(f"{V1}questions/", requests.Asked.as_view(), name="asked"),
    path(f"{V1}requests/", requests.Requests.as_view(), name="requests"),
    path(REQUEST, requests.OneRequest.as_view(), name="request"),
    path(f"{REQUEST}clocks/", requests.Clocks.as_view(), name="clocks"),
    path(f"{REQUEST}messages/", conversation.Messages.as_view(), name="messages"),
    path(f"{REQUEST}questions/", conversation.Questions.as_view(), name="questions"),
    path(f"{REQUEST}questions/<int:hold>/", conversation.QuestionAnswers.as_view(), name="answers"),
    *(path(f"{REQUEST}{name}/", view, name=name) for name, view in acts.ACTS.items()),
    path(f"{V1}services/", catalog.Services.as_view(), name="services"),
    path(READINGS, catalog.Readings.as_view(), name="readings"),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", pages.docs, name="docs"),
    path("api/docs/docs.js", pages.docs_script, name="docs_script"),
    path("account/tokens/", pages.tokens, name="tokens"),
    path("account/tokens/<int:token>/revoke/", pages.revoke, name="token_revoke"),
]
