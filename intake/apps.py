from django.apps import AppConfig
from django.db.models.signals import post_migrate


class IntakeConfig(AppConfig):
    name = "intake"

    def ready(self) -> None:
        from intake.services.questions import make_starter_questions

        post_migrate.connect(make_starter_questions, sender=self)
