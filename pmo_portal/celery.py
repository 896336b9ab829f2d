"""The Celery application. A task is a doorbell: every duty is a row."""

import os
import signal
import threading
from typing import Any

from celery import Celery
from celery.beat import EmbeddedService
from celery.signals import beat_init, celeryd_init, task_prerun

from pmo_portal import tether

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pmo_portal.settings")
QUEUES = ["celery", "outbox"]
THREADS = 4

app = Celery("pmo_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@task_prerun.connect
def _name_the_source(**_: object) -> None:
    from audit.services import name_source

    name_source("job")


@celeryd_init.connect
@beat_init.connect
def _follow_the_starter(**_: object) -> None:
    tether.follow()


def run_embedded() -> None:
    """Do all background work in this process until SIGTERM or Ctrl-C.

    Beat is a thread: its in-process broker can't be reached from another process. The worker ends
    with it, for a worker without beat would look well and do nothing.
    """
    beat: Any = EmbeddedService(app, thread=True, scheduler_cls=app.conf.beat_scheduler)
    worker = app.WorkController(
        pool="threads",
        concurrency=THREADS,
        queues=QUEUES,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    )

    def end_with_beat() -> None:
        beat.join()
        worker.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: beat.service.stop())
    beat.start()
    threading.Thread(target=end_with_beat, name="End with beat", daemon=True).start()
    worker.start()
