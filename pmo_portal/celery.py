"""The Celery application and its beat schedule. A task is a doorbell: every duty is a row."""

import os

from celery import Celery
from celery.signals import task_prerun

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pmo_portal.settings")

app = Celery("pmo_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@task_prerun.connect
def _name_the_source(**_: object) -> None:
    from audit.services import name_source

    name_source("job")
