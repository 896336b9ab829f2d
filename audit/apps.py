from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AuditConfig(AppConfig):
    name = "audit"

    def ready(self) -> None:
        from audit.triggers import make_triggers

        post_migrate.connect(make_triggers, sender=self)
