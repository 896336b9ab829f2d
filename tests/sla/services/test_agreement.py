"""Whatever is done to a clock, and whenever it is swept, its columns agree with its history."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

import pytest

from sla.models import BusinessCalendar, Clock, ClockEvent, SlaTarget, Subject
from sla.services import calendars, clocks, ledger, verify
from sla.services.corrections import apply_corrections
from sla.services.history import rebuild
from sla.services.sweep import sweep
from tests.factories.sla import make_calendar, make_subject, make_target, working_week
from tests.sla.moments import june

pytestmark = pytest.mark.django_db
STEPS = 22


@dataclass
class Walk:
    """A random history of one subject, driven through the services."""

    random: Random
    calendar: BusinessCalendar
    targets: list[SlaTarget]
    subject: Subject = field(default_factory=make_subject)
    at: datetime = field(default_factory=lambda: june("01 08:00"))
    corrections: int = 0

    def go(self) -> None:
        for _ in range(STEPS):
            self.at += timedelta(minutes=self.random.choice([0, 15, 60, 60, 240, 600]))
            self.random.choice(self.acts())()

    def acts(self) -> list[Callable[[], object]]:
        subject, at = self.subject, self.at
        reason = self.random.choice(["hold", "requester"])
        target = self.random.choice(self.targets)
        metrics = ["proposal", "delivery"]
        return [
            lambda: clocks.start(subject, "proposal", target=target, at=at),
            lambda: clocks.start(subject, "delivery", target=target, at=at),
            lambda: clocks.pause(subject, reason=reason, at=at),
            lambda: clocks.resume(subject, reason=reason, at=at),
            lambda: clocks.resume(subject, reason=reason, at=at),
            lambda: clocks.stop(subject, metrics=[self.random.choice(metrics)], at=at),
            lambda: clocks.reopen(subject, metrics=metrics, at=at),
            lambda: clocks.restart(subject, "proposal", target=target, at=at),
            lambda: clocks.retarget(subject, "proposal", target=target, at=at),
            lambda: clocks.retarget(subject, "delivery", target=target, at=at),
            lambda: clocks.cancel(subject, at=at, metrics=["delivery"]),
            lambda: clocks.pause(subject, reason=reason, at=at - timedelta(minutes=5)),
            lambda: sweep(now=at),
            lambda: sweep(now=at),
            lambda: sweep(now=at),
            self.correct,
            lambda: apply_corrections(now=at),
        ]

    def correct(self) -> None:
        self.corrections += 1
        closed = {f"2026-06-{self.random.randint(1, 9):02}": [] for _ in range(2)}
        calendars.save_version(
            self.calendar,
            working_week(exceptions=closed),
            actor=None,
            at=self.at,
            reason="a holiday was forgotten",
        )


@pytest.mark.parametrize("seed", range(30))
def test_columns_and_events_agree_with_the_history(seed: int) -> None:
    calendar = make_calendar()
    other = make_calendar(working_week("Europe/Berlin", windows=[["22:00", "06:00"]]))
    targets = [make_target(calendar, hours=hours) for hours in (1, 4, 8, 16)]
    targets.append(make_target(other, hours=4))
    walk = Walk(Random(seed), calendar, targets)
    walk.go()
    apply_corrections(now=walk.at)
    sweep(now=walk.at)
    assert list(verify.differences(now=walk.at)) == []
    for clock in Clock.objects.with_terms():
        assert_agrees(clock, walk.at)


def assert_agrees(clock: Clock, now: datetime) -> None:
    """Closed clocks too: what is stored is what their commands give."""
    [record] = rebuild([clock])
    record.history.settle(now)
    assert ledger.stored(clock) == ledger.columns_of(record)
    stored = list(ClockEvent.objects.filter(clock=clock))
    assert ledger.missing(record.cycle.log, stored) == []
    assert ledger.outdated(record.cycle.log, stored) == {}
    live = ClockEvent.objects.live().filter(clock=clock)
    assert sorted(live.values_list("threshold_key", flat=True)) == sorted(record.cycle.live)
    fired = [threshold.key for _, threshold in record.cycle.terms.ladder[: clock.fired]]
    assert sorted(fired) == sorted(record.cycle.live)


@pytest.mark.parametrize("seed", range(30, 40))
def test_how_often_it_was_swept_makes_no_difference(seed: int) -> None:
    """The same acts with a sweep after each, and with none until the end."""
    calendar = make_calendar()
    targets = [make_target(calendar, hours=hours) for hours in (2, 8)]
    told = [facts_of(seed, calendar, targets, sweeps) for sweeps in (True, False)]
    assert told[0] == told[1]


def facts_of(
    seed: int, calendar: BusinessCalendar, targets: list[SlaTarget], sweeps: bool
) -> list[tuple[object, ...]]:
    random = Random(seed)
    subject, at = make_subject(), june("01 08:00")
    clocks.start(subject, "proposal", target=targets[0], at=at)
    for _ in range(10):
        at += timedelta(minutes=random.choice([30, 60, 300]))
        if sweeps:
            sweep(now=at)
        act = random.choice(["pause", "resume", "retarget"])
        if act == "retarget":
            clocks.retarget(subject, "proposal", target=random.choice(targets), at=at)
        else:
            getattr(clocks, act)(subject, reason="hold", at=at)
    sweep(now=at + timedelta(minutes=1))
    events = ClockEvent.objects.filter(clock__subject=subject)
    columns = ("threshold_key", "due_at", "effective_at", "cause", "superseded_at")
    return sorted(events.values_list(*columns), key=repr)
