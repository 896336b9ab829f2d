"""Every address of the portal, gathered from the apps."""

from django.urls import include, path

from pmo_portal import errors, views

urlpatterns = [
    path("landing/", views.landing, name="landing"),
    path("theme/", views.theme, name="theme"),
    path("healthz", views.healthz, name="healthz"),
    path("", include("accounts.urls")),
]

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.not_found
handler500 = errors.server_error
