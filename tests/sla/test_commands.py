"""`manage.py sweep` and the doorbells, as a scheduler would ring them."""

import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.management import call_command
from django.db import OperationalError

from sla import tasks
from sla.management.commands import sweep as command
from sla.models import Clock, ClockEvent
from sla.services import calendars, clocks
from tests.factories.sla import make_calendar, make_subject, make_target, working_week
from tests.sla.moments import june

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]


def begin() -> Clock:
    calendar = make_calendar()
    return clocks.start(
        make_subject(), "proposal", target=make_target(calendar), at=june("01 09:00")
    )


def close_tuesday(clock: Clock) -> None:
    closed = working_week(exceptions={"2026-06-02": []})
    calendars.save_version(
        clock.calendar, closed, actor=None, at=june("01 10:00"), reason="A holiday"
    )


def test_one_sweep_says_how_many_events_it_recorded(capsys: pytest.CaptureFixture[str]) -> None:
    begin()
    with time_machine.travel(june("01 15:00"), tick=False):
        call_command("sweep")
    assert capsys.readouterr().out == "2 events recorded\n"


@pytest.mark.parametrize("ring", [tasks.sweep_clocks, tasks.apply_corrections])
def test_a_correction_whose_bell_was_lost_is_found_by_the_next_tick(ring: object) -> None:
    clock = begin()
    close_tuesday(clock)
    with time_machine.travel(june("01 11:00"), tick=False):
        ring()  # type: ignore[operator]
    clock.refresh_from_db()
    assert clock.computed_calendar_version == 2


def test_the_nightly_check_logs_what_differs(caplog: pytest.LogCaptureFixture) -> None:
    clock = begin()
    Clock.objects.update(worked_us=5)
    with time_machine.travel(june("01 10:00"), tick=False):
        tasks.verify_clocks()
    assert f"clock {clock.pk}: worked_us is 5, should be 0" in caplog.text


def test_a_database_that_is_away_does_not_end_the_loop(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away() -> int:
        raise OperationalError("the database is starting up")

    monkeypatch.setattr(command, "close_old_connections", lambda: None)
    monkeypatch.setattr(command, "sweep_now", away)
    command.turn()
    assert "tries again" in caplog.text
    monkeypatch.undo()
    monkeypatch.setattr(command, "close_old_connections", lambda: None)
    begin()
    with time_machine.travel(june("01 13:00") + timedelta(seconds=1), tick=False):
        command.turn()
    assert ClockEvent.objects.count() == 1


def test_the_loop_ends_cleanly_when_told_to(tmp_path: Path) -> None:
    """A process of its own, on an empty embedded database: its sweeps fail, its loop does not."""
    loop = subprocess.Popen(
        [sys.executable, "manage.py", "sweep", "--loop", "--interval", "0.2"],
        cwd=ROOT,
        env={"DATA_DIR": str(tmp_path), "PATH": "/usr/bin:/bin"},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert loop.stderr is not None
    assert "tries again" in "".join(iter_until(loop.stderr, "tries again"))
    loop.send_signal(signal.SIGTERM)
    assert loop.wait(timeout=10) == 0


def iter_until(stream: object, words: str, seconds: float = 30) -> list[str]:
    lines: list[str] = []
    end = time.monotonic() + seconds
    while time.monotonic() < end and not (lines and words in lines[-1]):
        lines.append(stream.readline())  # type: ignore[attr-defined]
    return lines
