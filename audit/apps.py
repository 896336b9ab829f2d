from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AuditConfig(AppConfig):
    name = "audit"

    def ready(self) -> None:
        from accounts import journal
        from audit.services import record
        from audit.triggers import make_triggers

        journal.write_with(record)
        post_migrate.connect(make_triggers, sender=self)
