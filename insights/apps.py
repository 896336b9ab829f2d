"""Looking back: reviews, results, figures."""

from django.apps import AppConfig


class InsightsConfig(AppConfig):
    name = "insights"
