"""Addresses of the outbox."""

from django.urls import path

from notifications import views

app_name = "notifications"
urlpatterns = [
    path("manage/outbox/", views.outbox, name="outbox"),
    path("manage/outbox/retry/", views.retry_all, name="retry_all"),
    path("manage/outbox/<int:pk>/", views.notice, name="notice"),
    path("manage/outbox/<int:pk>/retry/", views.retry, name="retry"),
]
