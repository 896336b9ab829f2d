from django.urls import path

from bench.limit import views

urlpatterns = [
    path("", views.queue),
    path("submit/", views.submit),
    path("sent/", views.sent),
]
