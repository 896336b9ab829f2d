"""What the pages do, over HTTP."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "api"
