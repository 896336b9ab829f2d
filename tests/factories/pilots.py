"""Pilots of running requests, set up through the service."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from accounts.models import User
from catalog.models import Pilot
from catalog.services.pilots import Plan, usual_end
from intake.models import WorkRequest
from intake.services import pilots

LINES = {
    "measure": "Late surprises a month",
    "unit": "",
    "baseline": Decimal(6),
    "target": Decimal(2),
    "keep_at": Decimal(3),
    "drop_at": Decimal(5),
}


def make_pilot(
    work: WorkRequest,
    analyst: User,
    at: datetime,
    *,
    decider: User | None = None,
    hypothesis: str = "We believe that a weekly flag lets planners book less.",
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> Pilot:
    """Four weeks from the day of `at`, one measure that should fall from 6 to 2, two steps."""
    first = starts_on or at.date()
    plan = Plan(
        hypothesis=hypothesis,
        scope="two of five plants",
        starts_on=first,
        ends_on=ends_on or usual_end(first),
        decider=decider or work.requester,
    )
    return pilots.set_up(
        work, plan, criteria=[LINES], steps=["Plant north", "All plants"], actor=analyst, at=at
    )


def look(work: WorkRequest, actor: User, at: datetime, value: int | None = None, **words: str):
    """A check-in with a reading of the only measure, or with none."""
    work = WorkRequest.objects.get(pk=work.pk)
    criterion = work.pilot.criteria.get()
    readings = {criterion.pk: Decimal(value)} if value is not None else {}
    said = {"worked": "", "did_not": "", "to_try": ""} | words
    return pilots.check_in(work, readings=readings, actor=actor, at=at, **said)


def decide(work: WorkRequest, verdict: str, actor: User, at: datetime, **more: str) -> Pilot:
    words = {
        "reason": "Surprises fell, and planners ask for the flag by themselves now.",
        "learned": "Planners read a flag on Thursday, and none on Monday.",
        "next_step": "Two more plants.",
    }
    return pilots.decide(
        WorkRequest.objects.get(pk=work.pk), verdict=verdict, actor=actor, at=at, **words | more
    )


def end_of(pilot: Pilot, at: datetime) -> datetime:
    """The morning after the last day, at the hour of `at`."""
    return at + timedelta(days=(pilot.ends_on - at.date()).days + 1)
