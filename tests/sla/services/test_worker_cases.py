"""The numbered cases of sla-spec 12 about workers and rows, as far as clocks alone can show them.

69 is in test_sweep.py; 70, 71 and 75 with real processes are in test_concurrency.py; those about
the outbox (72, 73 and 77) belong to the apps that fill and empty it.
"""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from celery import current_app
from django.conf import settings
from django.db import connection
from django.test import override_settings

from accounts.moment import database_now
from sla import tasks
from sla.models import Clock, ClockCommand, ClockEvent
from sla.services import clocks
from sla.services.sweep import sweep
from tests.factories.sla import make_subject, make_target
from tests.sla.moments import june

pytestmark = pytest.mark.django_db


def test_case_74_an_empty_broker_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """No message exists for a deadline: the tick after it finds it in the database."""
    clocks.start(make_subject(), "proposal", target=make_target(), at=june("01 09:00"))
    with time_machine.travel(june("01 13:00") + timedelta(seconds=29), tick=False):
        tasks.sweep_clocks()
    event = ClockEvent.objects.get()
    assert event.due_at == june("01 13:00")
    assert not event.is_late


def test_case_75_a_stop_that_waited_for_a_sweep_keeps_its_own_time() -> None:
    """The sweep of 17:00:01 went first; the stop is timed 16:59:59 and takes its breach back."""
    subject = make_subject()
    clocks.start(subject, "proposal", target=make_target(), at=june("01 09:00"))
    sweep(now=june("01 17:00:01"))
    assert ClockEvent.objects.live().filter(kind="breach").count() == 1
    [clock] = clocks.stop(subject, metrics=["proposal"], at=june("01 16:59:59"))
    assert (clock.outcome, clock.breached_at) == ("met", None)
    assert not ClockEvent.objects.live().filter(kind="breach").exists()
    assert ClockEvent.objects.get(kind="breach").superseded_at is not None


def test_case_76_a_stop_records_the_breach_that_no_sweep_has_seen() -> None:
    subject = make_subject()
    clocks.start(subject, "proposal", target=make_target(), at=june("01 09:00"))
    sweep(now=june("01 16:00"))
    [clock] = clocks.stop(subject, metrics=["proposal"], at=june("01 17:05"))
    assert clock.outcome == "missed"
    assert ClockEvent.objects.get(kind="breach").due_at == june("01 17:00")


@pytest.mark.postgresql
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no clock of its own")
def test_case_78_a_worker_whose_clock_is_fast_is_not_believed() -> None:
    with override_settings(USE_DATABASE_CLOCK=True):
        before = database_now()
        with time_machine.travel(before + timedelta(minutes=3), tick=False):
            assert database_now() - before < timedelta(minutes=1)


def test_case_79_a_clock_that_steps_back_moves_no_command_before_the_last() -> None:
    subject = make_subject()
    clocks.start(subject, "proposal", target=make_target(), at=june("01 09:00"))
    clocks.pause(subject, reason="hold", at=june("01 11:00"))
    [clock] = clocks.resume(subject, reason="hold", at=june("01 10:59:58"))
    resumed = ClockCommand.objects.get(type="resume")
    assert (resumed.at, resumed.raw_at) == (june("01 11:00"), june("01 10:59:58"))
    assert clock.due_at == june("01 17:00")


def test_case_80_due_clocks_are_found_by_their_index() -> None:
    due = Clock.objects.filter(next_event_at__lte=june("01 13:00"))
    plan = due.order_by("next_event_at", "id")[:200].explain()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
        plan = due.order_by("next_event_at", "id")[:200].explain()
    assert "clock_next_event" in plan
    assert "TEMP B-TREE" not in plan
    assert "Sort" not in plan


def test_the_tasks_that_beat_rings_for_exist() -> None:
    rung: Any = settings.CELERY_BEAT_SCHEDULE
    current_app.loader.import_default_modules()
    asked = {entry["task"] for entry in rung.values()}
    assert tasks.sweep_clocks.name in asked
    assert asked <= set(current_app.tasks)
