from django.apps import AppConfig
from django.db.models.signals import post_migrate


class IntakeConfig(AppConfig):
    name = "intake"

    def ready(self) -> None:
        from intake.services import escalation
        from intake.services.questions import make_starter_questions
        from sla.services import sweep

        post_migrate.connect(make_starter_questions, sender=self)
        if escalation.notify_all not in sweep.after_batch:
            sweep.after_batch.append(escalation.notify_all)
