"""A pilot born from a running request: who may do what with it, who hears, what follows."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import Role, User
from accounts.policies import require
from audit.services import record
from catalog.models import CheckIn, Line, Pilot, PilotStep, StepFeedback
from catalog.services import pilots
from catalog.services.pilots import PilotRuleError, Plan
from intake import policies
from intake.models import Learning, ResultCheck, Verdict, WorkRequest
from intake.services.blueprint import both_sides
from intake.services.lifecycle import lock, move, save
from intake.services.notices import owe, owe_requester
from intake.states import State


@transaction.atomic
def set_up(
    work: WorkRequest,
    plan: Plan,
    *,
    criteria: Sequence[Mapping[str, Any]],
    steps: Sequence[str],
    actor: User,
    at: datetime,
) -> Pilot:
    """Try the service with this request in a box of time; it keeps running meanwhile."""
    work = lock(work)
    require(policies.can_set_up_pilot(actor, work) and work.service is not None)
    assert work.service is not None
    if work.pilot and work.pilot.verdict != Line.ADAPT:
        raise PilotRuleError("This request has its pilot already. One at a time.")
    before = work.pilot if work.pilot and work.pilot.verdict == Line.ADAPT else None
    pilot = pilots.set_up(
        work.service, plan, criteria=criteria, steps=steps, actor=actor, at=at, before=before
    )
    work.pilot, work.in_pilot_until = pilot, pilot.ends_on
    save(work, "pilot", "in_pilot_until")
    record("intake.pilot_set_up", work, actor=actor, at=at, until=str(pilot.ends_on))
    people = [person for person in both_sides(work) if person != actor]
    owe("pilot_set_up", work, to=people, at=at, event=pilot.pk)
    return pilot


def _pilot_of(work: WorkRequest) -> Pilot:
    require(work.pilot is not None)
    assert work.pilot is not None
    return work.pilot


@transaction.atomic
def check_in(
    work: WorkRequest,
    *,
    readings: Mapping[int, Decimal],
    worked: str,
    did_not: str,
    to_try: str,
    actor: User,
    at: datetime,
) -> CheckIn:
    """Look at the pilot: readings by criterion, and what was seen."""
    work = lock(work)
    require(policies.can_check_in(actor, work))
    looked = pilots.check_in(
        _pilot_of(work), readings=readings, worked=worked, did_not=did_not, to_try=to_try,
        actor=actor, at=at,
    )  # fmt: skip
    record("intake.pilot_checked_in", work, actor=actor, at=at)
    return looked


@transaction.atomic
def give_feedback(
    work: WorkRequest, step: PilotStep, *, text: str, actor: User, at: datetime
) -> StepFeedback:
    """Say how a step went; whoever takes part in the request may."""
    require(policies.can_write(actor, work))
    step = PilotStep.objects.select_related("pilot").get(pk=step.pk, pilot=_pilot_of(work))
    return pilots.give_feedback(step, text=text, actor=actor, at=at)


@transaction.atomic
def widen(work: WorkRequest, *, actor: User, at: datetime) -> PilotStep:
    """Reach further, once the step before has feedback."""
    work = lock(work)
    require(policies.can_set_up_pilot(actor, work))
    step = pilots.widen(_pilot_of(work), actor=actor, at=at)
    record("intake.pilot_widened", work, actor=actor, at=at, step=step.words)
    return step


@transaction.atomic
def end_early(work: WorkRequest, *, reason: str, actor: User, at: datetime) -> Pilot:
    """End the box of time before its last day; the verdict is owed from now on."""
    work = lock(work)
    require(policies.can_end_pilot(actor, work))
    pilot = pilots.end(_pilot_of(work), at=at, actor=actor, reason=reason)
    record("intake.pilot_ended", work, actor=actor, at=at, reason=reason)
    _demand_verdict(work, pilot, at=at)
    return pilot


def _demand_verdict(work: WorkRequest, pilot: Pilot, *, at: datetime) -> None:
    owe("verdict_due", work, to=[pilot.decider], at=at, event=pilot.pk)


@transaction.atomic
def decide(
    work: WorkRequest,
    *,
    verdict: str,
    reason: str,
    learned: str,
    next_step: str,
    actor: User,
    at: datetime,
    early_reason: str = "",
) -> Pilot:
    """Keep, adapt or drop. Keeping goes on as it is; dropping closes with thanks and a way on."""
    work = lock(work)
    pilot = _pilot_of(work)
    require(policies.can_decide_pilot(actor, work))
    pilot = pilots.decide(
        pilot, verdict=verdict, reason=reason, learned=learned, next_step=next_step,
        early_reason=early_reason, actor=actor, at=at,
    )  # fmt: skip
    _learn(work, pilot, actor=actor, at=at)
    record("intake.pilot_decided", work, actor=actor, at=at, reason=reason, verdict=verdict)
    work.in_pilot_until = None
    save(work, "in_pilot_until")
    if verdict == Line.DROP and work.state == State.RUNNING:
        _close(work, pilot, actor=actor, at=at)
    owe_requester("pilot_decided", work, at=at, event=pilot.pk)
    return pilot


def _learn(work: WorkRequest, pilot: Pilot, *, actor: User, at: datetime) -> None:
    if pilot.learned:
        Learning.objects.create(
            work=work,
            service=pilot.service,
            source=Learning.Source.PILOT,
            text=pilot.learned,
            was=pilot.hypothesis,
            by=actor,
            at=at,
        )


def _close(work: WorkRequest, pilot: Pilot, *, actor: User, at: datetime) -> None:
    """What was dropped ends with its result: it made no difference that was worth it."""
    move(work, State.CHECK, actor=actor, at=at, reason=pilot.reason)
    ResultCheck.objects.create(
        work=work, difference=ResultCheck.Difference.NO, sentence=pilot.reason, by=actor, at=at
    )
    Verdict.objects.create(
        work=work,
        state=State.DONE,
        explanation=pilot.reason,
        alternative=pilot.next_step,
        by=actor,
        at=at,
    )
    move(work, State.DONE, actor=actor, at=at, difference=ResultCheck.Difference.NO)


# What time alone brings: the end of the box, and the next look.


def tend(now: datetime) -> int:
    """End pilots whose last day is over, and ask for the check-ins of today; count both."""
    today = timezone.localtime(now, ZoneInfo(settings.TIME_ZONE)).date()
    ended = [_end_one(pilot, now) for pilot in pilots.due_to_end(today)]
    return len(ended) + sum(_remind(pilot, today, now) for pilot in Pilot.objects.running())


@transaction.atomic
def _end_one(pilot: Pilot, now: datetime) -> Pilot:
    """The verdict is promised from the midnight after the last day, whenever this is noticed."""
    zone = ZoneInfo(settings.TIME_ZONE)
    midnight = datetime.combine(pilot.ends_on + timedelta(days=1), time.min, zone)
    pilot = pilots.end(pilot, at=min(midnight, now))
    work = WorkRequest.objects.filter(pilot=pilot).select_related("requester").first()
    if work:
        record("intake.pilot_ended", work, actor=None, at=now)
        _demand_verdict(work, pilot, at=now)
    return pilot


@transaction.atomic
def _remind(pilot: Pilot, today: date, now: datetime) -> int:
    """Ask both sides for the check-in of the day; a look taken today needs no asking."""
    if today not in pilot.check_in_dates() or pilot.check_ins.filter(on=today).exists():
        return 0
    work = (
        WorkRequest.objects.filter(pilot=pilot)
        .select_related("requester", "raised_by", "analyst")
        .first()
    )
    if work is None:
        return 0
    owe("check_in_due", work, to=both_sides(work), at=now, event=f"{pilot.pk}:{today}")
    return 1


def told_of_late_verdict(pilot: Pilot) -> list[User]:
    """Who hears that a verdict is overdue: who decides, and the leads."""
    leads = User.objects.holding(Role.LEAD).exclude(pk=pilot.decider_id)
    return [pilot.decider, *leads]
