"""Addresses of the catalog."""

from django.urls import path

from catalog.views import services

app_name = "catalog"
urlpatterns = [
    path("services/", services.services, name="services"),
    path("services/<slug:slug>/", services.service, name="service"),
    path("services/<slug:slug>/versions/<int:number>/", services.version, name="version"),
]
