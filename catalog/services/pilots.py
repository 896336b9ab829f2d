"""Acts on a pilot: set it up, look at it, widen it, end it, decide.

Who may do so depends on the request that the pilot was born from; `intake` asks before it calls.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.services import record
from catalog.models import (
    CheckIn,
    Improvement,
    Line,
    Pilot,
    PilotCriterion,
    PilotStep,
    Reading,
    Service,
    StepFeedback,
)
from sla.models import Subject
from sla.services import clocks

# The policy that promises the verdict.
POLICY = "full-lane"
LEAST_REASON = 40


@dataclass(frozen=True)
class PilotRuleError(Exception):
    """What keeps this from being done, in a sentence for the page."""

    reason: str


@dataclass(frozen=True)
class Plan:
    """What is set up before the start; nothing of it changes afterwards."""

    hypothesis: str
    scope: str
    starts_on: date
    ends_on: date
    decider: User
    check_in_days: int = 7
    budget: str = ""


@transaction.atomic
def set_up(
    service: Service,
    plan: Plan,
    *,
    criteria: Sequence[Mapping[str, Any]],
    steps: Sequence[str],
    actor: User,
    at: datetime,
    before: Pilot | None = None,
) -> Pilot:
    """Fix the box of time and the lines. Raise PilotRuleError for what a pilot can't be."""
    _check(plan, criteria, steps, before, today=timezone.localtime(at).date())
    pilot = Pilot.objects.create(
        service=service,
        subject=Subject.objects.create(kind="pilot", label=f"Pilot of {service}"[:60]),
        set_up_by=actor,
        set_up_at=at,
        before=before,
        **vars(plan),
    )
    PilotCriterion.objects.bulk_create(
        PilotCriterion(pilot=pilot, position=place, **criterion)
        for place, criterion in enumerate(criteria, start=1)
    )
    PilotStep.objects.bulk_create(
        PilotStep(
            pilot=pilot,
            position=place,
            words=words,
            opened_at=at if place == 1 else None,
            opened_by=actor if place == 1 else None,
        )
        for place, words in enumerate(steps, start=1)
    )
    record("pilot.set_up", pilot, actor=actor, at=at, starts=str(plan.starts_on))
    return pilot


def _check(
    plan: Plan,
    criteria: Sequence[Mapping[str, Any]],
    steps: Sequence[str],
    before: Pilot | None,
    *,
    today: date,
) -> None:
    if plan.starts_on < today:
        raise PilotRuleError("A pilot starts today or later: its lines are fixed before it.")
    if plan.ends_on <= plan.starts_on or plan.ends_on - plan.starts_on >= Pilot.LONGEST:
        raise PilotRuleError("A pilot ends after its start, and within six weeks.")
    if not criteria:
        raise PilotRuleError("A pilot needs at least one measure with its lines.")
    if not steps:
        raise PilotRuleError("Say where the pilot begins: its first step.")
    if before and before.before_id:
        raise PilotRuleError("Two pilots in a row are enough. Keep it or drop it.")
    if before and before.hypothesis.strip() == plan.hypothesis.strip():
        raise PilotRuleError("An adapted pilot tries another hypothesis. Change the sentence.")


@transaction.atomic
def check_in(
    pilot: Pilot,
    *,
    readings: Mapping[int, Decimal],
    worked: str,
    did_not: str,
    to_try: str,
    actor: User,
    at: datetime,
) -> CheckIn:
    """Write down a look at the pilot; `readings` are values by criterion."""
    pilot = _locked(pilot)
    today = timezone.localtime(at).date()
    if pilot.decided_at or today < pilot.starts_on:
        raise PilotRuleError("Check-ins are for a pilot between its start and its verdict.")
    looked = CheckIn.objects.create(
        pilot=pilot, on=today, worked=worked, did_not=did_not, to_try=to_try, by=actor, at=at
    )
    known = {criterion.pk: criterion for criterion in pilot.criteria.all()}
    Reading.objects.bulk_create(
        Reading(check_in=looked, criterion=known[pk], value=value) for pk, value in readings.items()
    )
    record("pilot.checked_in", pilot, actor=actor, at=at, check_in=looked.pk)
    return looked


@transaction.atomic
def give_feedback(step: PilotStep, *, text: str, actor: User, at: datetime) -> StepFeedback:
    """Say how a step went, as somebody who was in it."""
    if step.opened_at is None:
        raise PilotRuleError("This step has not begun yet.")
    said = StepFeedback.objects.create(step=step, text=text, by=actor, at=at)
    record("pilot.feedback_given", step.pilot, actor=actor, at=at, step=step.words)
    return said


@transaction.atomic
def widen(pilot: Pilot, *, actor: User, at: datetime) -> PilotStep:
    """Open the next step. Raise PilotRuleError until the one before has feedback."""
    pilot = _locked(pilot)
    if pilot.ended_at:
        raise PilotRuleError("The pilot is at its end. What it showed is decided now.")
    steps = list(pilot.steps.all())
    reached = [step for step in steps if step.opened_at]
    ahead = [step for step in steps if not step.opened_at]
    if not ahead:
        raise PilotRuleError("The pilot has reached its last step.")
    if reached and not reached[-1].feedback.exists():
        raise PilotRuleError(
            f"“{reached[-1].words}” has no feedback yet. Ask somebody who was in it, then widen."
        )
    step = ahead[0]
    step.opened_at, step.opened_by = at, actor
    step.save(update_fields=["opened_at", "opened_by"])
    record("pilot.widened", pilot, actor=actor, at=at, step=step.words)
    return step


@transaction.atomic
def end(pilot: Pilot, *, at: datetime, actor: User | None = None, reason: str = "") -> Pilot:
    """Close the box of time; from here on the verdict is owed. `reason` is for an early end."""
    pilot = _locked(pilot)
    if pilot.ended_at:
        return pilot
    if actor and not reason:
        raise PilotRuleError("Say why it ends early.")
    pilot.ended_at, pilot.early_reason = at, reason
    pilot.save(update_fields=["ended_at", "early_reason"])
    target = clocks.policy_targets(POLICY, at=at).get("verdict")
    if target:
        clocks.start(pilot.subject, "verdict", target=target, at=at, actor=actor)
    record("pilot.ended", pilot, actor=actor, at=at, reason=reason)
    return pilot


def due_to_end(today: date) -> list[Pilot]:
    """Pilots whose last day has passed and whose box of time is still open."""
    return list(Pilot.objects.running().filter(ends_on__lt=today).order_by("ends_on", "id"))


@transaction.atomic
def decide(
    pilot: Pilot,
    *,
    verdict: str,
    reason: str,
    learned: str,
    next_step: str,
    actor: User,
    at: datetime,
    early_reason: str = "",
) -> Pilot:
    """Keep, adapt or drop, by name. Before the end of the box it needs `early_reason`."""
    pilot = _locked(pilot)
    if pilot.decided_at:
        raise PilotRuleError("It was decided meanwhile.")
    if len(reason.strip()) < LEAST_REASON:
        raise PilotRuleError(f"Write at least {LEAST_REASON} characters on why.")
    if verdict == Line.ADAPT and pilot.before_id:
        raise PilotRuleError("Two pilots in a row are enough. Keep it or drop it.")
    if not pilot.ended_at:
        pilot = end(pilot, at=at, actor=actor, reason=early_reason)
    pilot.suggested = suggestion(pilot) or ""
    pilot.verdict, pilot.reason, pilot.learned = verdict, reason, learned
    pilot.next_step, pilot.decided_by, pilot.decided_at = next_step, actor, at
    pilot.save(
        update_fields=[
            "suggested", "verdict", "reason", "learned", "next_step", "decided_by", "decided_at",
        ]
    )  # fmt: skip
    clocks.stop(pilot.subject, metrics=("verdict",), at=at, actor=actor)
    if verdict == Line.KEEP:
        _go_live(pilot, actor=actor, at=at)
    elif verdict == Line.ADAPT:
        _suggest_improvement(pilot, actor=actor, at=at)
    record(
        "pilot.decided", pilot, actor=actor, at=at, reason=reason, verdict=verdict,
        suggested=pilot.suggested,
    )  # fmt: skip
    return pilot


def _go_live(pilot: Pilot, *, actor: User, at: datetime) -> None:
    """A kept pilot's service is offered to all."""
    service = Service.objects.select_for_update().get(pk=pilot.service_id)
    if service.state == Service.State.PILOT:
        service.state = Service.State.LIVE
        service.save(update_fields=["state"])
        record("service.went_live", service, actor=actor, at=at, pilot=pilot.pk)


def _suggest_improvement(pilot: Pilot, *, actor: User, at: datetime) -> None:
    """What a pilot taught goes to the list of its service."""
    Improvement.objects.create(
        service=pilot.service,
        text=(pilot.next_step or pilot.learned or pilot.reason)[:300],
        source=Improvement.Source.PILOT,
        key=f"pilot:{pilot.pk}",
        suggested_by=actor,
        suggested_at=at,
    )


def latest_readings(pilot: Pilot) -> dict[int, Reading]:
    """The newest value of each criterion that was read at all."""
    found = Reading.objects.filter(check_in__pilot=pilot).select_related("check_in", "criterion")
    return {reading.criterion_id: reading for reading in found.order_by("check_in__at", "pk")}


def suggestion(pilot: Pilot) -> Line | None:
    """What the lines say: all keep is keep, all drop is drop, anything between is adapt.

    None while a measure was never read.
    """
    newest = latest_readings(pilot)
    criteria = list(pilot.criteria.all())
    if any(criterion.pk not in newest for criterion in criteria):
        return None
    met = {criterion.line(newest[criterion.pk].value) for criterion in criteria}
    return met.pop() if len(met) == 1 else Line.ADAPT


def usual_end(starts_on: date) -> date:
    """Four weeks: the day before the same weekday comes round for the fourth time."""
    return starts_on + Pilot.USUAL - timedelta(days=1)


def _locked(pilot: Pilot) -> Pilot:
    found = Pilot.objects.select_for_update(of=("self",)).select_related("subject", "service")
    return found.get(pk=pilot.pk)
