from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class IntakeConfig(AppConfig):
    name = "intake"

    def ready(self) -> None:
        from catalog import capacity
        from catalog import track_record as catalog_record
        from intake import guards, mails, service_figures, track_record
        from intake.reading import blueprint_duties, duties, pilot_duties
        from intake.services import escalation
        from intake.services.library import make_starter_library
        from intake.services.questions import make_starter_questions
        from sla.services import sweep

        mails.register_all()
        duties.register_all()
        blueprint_duties.register_all()
        pilot_duties.register_all()
        post_migrate.connect(make_starter_questions, sender=self)
        post_migrate.connect(make_starter_library, sender=self)
        pre_migrate.connect(guards.drop_triggers, sender=self)
        post_migrate.connect(guards.make_triggers, sender=self)
        catalog_record.register(track_record.by_service)
        catalog_record.register_details(service_figures.record_of)
        capacity.register(service_figures.load_by_service)
        if escalation.notify_all not in sweep.after_batch:
            sweep.after_batch.append(escalation.notify_all)
