from django.apps import AppConfig


class InsightsConfig(AppConfig):
    name = "insights"

    def ready(self) -> None:
        from insights import mails
        from insights.reading import duties

        mails.register_all()
        duties.register_all()
