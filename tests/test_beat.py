"""What comes round keeps coming round, and it is noticed when it does not."""

from datetime import timedelta

import pytest
import time_machine
from celery import Celery
from django.core.management import CommandError, call_command
from django.utils import timezone

from audit.services import beat
from pmo_portal.beat import SteadyScheduler

NOON = "2026-03-02 12:00:00+00:00"


class Ticks(SteadyScheduler):
    """A scheduler that notes what it would send."""

    def __init__(self, intervals):
        self.sent = []
        entries = {name: {"task": name, "schedule": seconds} for name, seconds in intervals.items()}
        app = Celery(set_as_current=False)
        app.conf.beat_schedule = entries
        super().__init__(app)
        self.producer = None

    def apply_entry(self, entry, producer=None):
        self.sent.append(entry.name)

    def pass_time(self, clock, seconds):
        """Tick as beat does, one second after the other, and return what was sent meanwhile."""
        self.sent.clear()
        for _ in range(seconds):
            clock.shift(1)
            while self.tick() == 0:
                pass
        return self.sent.copy()


def test_each_entry_comes_round_at_its_interval():
    with time_machine.travel(NOON, tick=False) as clock:
        ticks = Ticks({"sweep": 5, "outbox": 2})
        ticks.tick()
        sent = ticks.pass_time(clock, 20)
    assert (sent.count("sweep"), sent.count("outbox")) == (4, 10)


@pytest.mark.parametrize("ahead", [timedelta(hours=1), timedelta(days=3)])
def test_a_clock_that_was_ahead_and_is_set_back_silences_nothing(ahead):
    with time_machine.travel(NOON, tick=False) as clock:
        ticks = Ticks({"sweep": 5, "outbox": 2})
        ticks.tick()
        clock.shift(ahead)
        ticks.pass_time(clock, 10)
        clock.shift(-ahead)
        sent = ticks.pass_time(clock, 10)
    assert sent.count("sweep") >= 1
    assert sent.count("outbox") >= 4


def test_the_pulse_is_there_while_the_clocks_are_swept(db, capsys):
    beat("sweep", at=timezone.now())
    call_command("pulse")
    assert "were last swept 0 s ago" in capsys.readouterr().out


def test_the_pulse_is_gone_after_three_missed_sweeps(db, settings):
    settings.SWEEP_INTERVAL = 30
    beat("sweep", at=timezone.now() - timedelta(seconds=95))
    with pytest.raises(CommandError, match="last swept 95 s ago"):
        call_command("pulse")


def test_the_pulse_is_missing_before_the_first_sweep(db):
    with pytest.raises(CommandError, match="never"):
        call_command("pulse")
