"""When each task is rung: the timetable of beat."""

from typing import Any

from celery.schedules import crontab

Entry = dict[str, Any]
AN_HOUR = 3600


def timetable(*, sweep: float, outbox: float, reads_mail: bool) -> dict[str, Entry]:
    """Each task with its seconds, or its hour in the organisation's zone, by a name for the log."""
    tasks = {
        "notifications.tasks.deliver_outbox": every(outbox),
        "sla.tasks.sweep_clocks": every(sweep),
        "sla.tasks.verify_clocks": nightly(2, 30),
        "catalog.tasks.tell_interested": every(600),
        "intake.tasks.resume_after_talks": every(60),
        "intake.tasks.run_imports": every(3),
        "intake.tasks.wake_parked": every(60),
        "intake.tasks.work_out_figures": every(300),
        "intake.tasks.tend_pilots": every(300),
        "intake.tasks.tend_drafts": nightly(6, 0),
        "intake.tasks.suggest_improvements": nightly(4, 0),
        "intake.tasks.remove_orphans": nightly(3, 15),
        "insights.tasks.tend_reviews": every(600),
        "api.tasks.forget_answers": nightly(3, 45),
    }
    if reads_mail:
        tasks["intake.tasks.fetch_mail"] = every(60)
    return {_name(task): {"task": task} | when for task, when in tasks.items()}


def every(seconds: float) -> Entry:
    """A tick that nobody took before the next one is dropped."""
    return {"schedule": seconds, "options": {"expires": seconds}}


def nightly(hour: int, minute: int) -> Entry:
    return {"schedule": crontab(hour=hour, minute=minute), "options": {"expires": AN_HOUR}}


def _name(task: str) -> str:
    return task.rpartition(".")[2].replace("_", "-")
