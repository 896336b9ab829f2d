"""Every address of the portal, gathered from the apps."""

from django.urls import include, path

from intake.views import home, pages
from pmo_portal import errors, views

urlpatterns = [
    path("", home.home, name="home"),
    path("how-it-works/", pages.how_it_works, name="how_it_works"),
    path("promises/", pages.promises, name="promises"),
    path("glossary/", pages.glossary, name="glossary"),
    path("help/", pages.help_page, name="help"),
    path("accessibility/", pages.accessibility, name="accessibility"),
    path("", include("intake.board_urls")),
    path("", include("intake.urls")),
    path("", include("api.urls")),
    path("", include("catalog.urls")),
    path("", include("sla.urls")),
    path("", include("insights.review_urls")),
    path("", include("notifications.urls")),
    path("", include("audit.urls")),
    path("manage/", views.manage, name="manage"),
    path("landing/", views.landing, name="landing"),
    path("theme/", views.theme, name="theme"),
    path("manage/status/", views.status, name="status"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", views.metrics, name="metrics"),
    path("", include("accounts.urls")),
]

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.not_found
handler429 = errors.too_many
handler500 = errors.server_error
