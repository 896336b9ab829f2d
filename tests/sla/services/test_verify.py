"""`sla_verify`: what is stored against what the commands say."""

from typing import Any

import pytest
from django.core.management import call_command

from sla.models import Clock, ClockCommand, ClockEvent
from sla.services import clocks, verify
from sla.services.sweep import sweep
from tests.factories.sla import make_subject, make_target
from tests.sla.moments import june

pytestmark = pytest.mark.django_db
NOW = june("01 14:00")


@pytest.fixture
def clock() -> Clock:
    clock = clocks.start(make_subject(), "proposal", target=make_target(), at=june("01 09:00"))
    sweep(now=NOW)
    return clock


def found() -> list[str]:
    return [difference.name for difference in verify.differences(now=NOW)]


def test_what_agrees_is_not_reported(clock: Clock) -> None:
    assert found() == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("due_at", june("05 12:00")),
        ("next_event_at", june("05 12:00")),
        ("worked_us", 5),
        ("fired", 4),
        ("breached_at", june("01 12:00")),
        ("pause_reasons", ["hold"]),
        ("target_seconds", 7),
        ("running_since", june("01 10:00")),
    ],
)
def test_a_column_that_differs_is_reported_and_repaired(
    clock: Clock, name: str, value: Any
) -> None:
    Clock.objects.filter(pk=clock.pk).update(**{name: value})
    assert found() == [name]
    verify.repair(clock.pk, now=NOW)
    assert found() == []


def test_a_missing_event_is_reported_and_repaired(clock: Clock) -> None:
    ClockEvent.objects.all().delete()
    assert found() == ["events"]
    verify.repair(clock.pk, now=NOW)
    assert ClockEvent.objects.get().due_at == june("01 13:00")
    assert found() == []


def test_an_event_too_many_is_reported_and_taken_back(clock: Clock) -> None:
    ClockEvent.objects.create(
        clock=clock,
        cycle=1,
        threshold_key="breach-100",
        kind="breach",
        due_at=NOW,
        effective_at=NOW,
        detected_at=NOW,
    )
    assert found() == ["events"]
    verify.repair(clock.pk, now=NOW)
    assert ClockEvent.objects.get(kind="breach").superseded_at == NOW
    assert found() == []


def test_what_waits_for_the_next_sweep_is_no_difference(clock: Clock) -> None:
    assert list(verify.differences(now=june("01 15:30"))) == []


def test_a_history_that_cannot_be_read_is_reported(clock: Clock) -> None:
    ClockCommand.objects.update(payload={"target": 0, "version": 1})
    assert found() == ["history"]


def test_closed_clocks_are_left_alone(clock: Clock) -> None:
    clocks.stop(clock.subject, metrics=["proposal"], at=NOW)
    Clock.objects.update(worked_us=5)
    assert found() == []


def test_the_command_reports_and_exits_with_one(
    clock: Clock, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sla.management.commands.sla_verify.database_now", lambda: NOW)
    call_command("sla_verify")
    assert capsys.readouterr().out == "0 clocks differ from their history\n"
    Clock.objects.update(fired=4, worked_us=5)
    with pytest.raises(SystemExit) as stopped:
        call_command("sla_verify")
    assert stopped.value.code == 1
    assert capsys.readouterr().out.splitlines() == [
        f"clock {clock.pk}: worked_us is 5, should be 0",
        f"clock {clock.pk}: fired is 4, should be 1",
        "1 clocks differ from their history",
    ]


def test_the_command_repairs_when_asked(
    clock: Clock, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sla.management.commands.sla_verify.database_now", lambda: NOW)
    Clock.objects.update(worked_us=5)
    call_command("sla_verify", repair=True)
    assert "1 clocks differ from their history and were repaired" in capsys.readouterr().out
    assert found() == []
