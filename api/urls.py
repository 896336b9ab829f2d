"""Addresses of the API, its description and the tokens."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView

from api import pages, views

app_name = "api"
V1 = "api/v1/"
REQUEST = f"{V1}requests/<str:reference>/"
READINGS = f"{V1}services/<slug:slug>/outcomes/<slug:outcome>/readings/"

urlpatterns = [
    path(f"{V1}me/", views.Me.as_view(), name="me"),
    path(f"{V1}questions/", views.Asked.as_view(), name="asked"),
    path(f"{V1}requests/", views.Requests.as_view(), name="requests"),
    path(REQUEST, views.OneRequest.as_view(), name="request"),
    path(f"{REQUEST}clocks/", views.Clocks.as_view(), name="clocks"),
    path(f"{REQUEST}messages/", views.Messages.as_view(), name="messages"),
    path(f"{REQUEST}questions/", views.Questions.as_view(), name="questions"),
    path(f"{REQUEST}questions/<int:hold>/", views.QuestionAnswers.as_view(), name="answers"),
    *(path(f"{REQUEST}{name}/", view, name=name) for name, view in views.ACTS.items()),
    path(f"{V1}services/", views.Services.as_view(), name="services"),
    path(READINGS, views.Readings.as_view(), name="readings"),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", pages.docs, name="docs"),
    path("api/docs/docs.js", pages.docs_script, name="docs_script"),
    path("account/tokens/", pages.tokens, name="tokens"),
    path("account/tokens/<int:token>/revoke/", pages.revoke, name="token_revoke"),
]
