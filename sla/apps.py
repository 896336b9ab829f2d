from django.apps import AppConfig


class SlaConfig(AppConfig):
    name = "sla"
    verbose_name = "Clocks"

    def ready(self) -> None:
        from notifications import quiet
        from sla.services.days_off import is_day_off

        quiet.register_days_off(is_day_off)
