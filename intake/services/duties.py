"""The handoffs and time promises of a blueprint in force, each with its clock while it is open.

One handoff runs at a time: a step begins when the step before it is done.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.policies import require
from audit.services import record
from intake import policies
from intake.blueprints.parts import Content, Part, promise_words, seconds, step_words, within
from intake.models import Blueprint, BlueprintDuty, WorkRequest
from intake.services.lifecycle import lane_targets, lock, save, soonest_promise
from sla.models import BusinessCalendar, Clock, SlaTarget
from sla.services import clocks, hours
from sla.services.policies import Promise, new_policy, new_version

Kind = BlueprintDuty.Kind
DAY = 8 * 3600
# Both sides changed the time: this is why a running clock is held to other terms.
CHANGED = "the blueprint was changed"


def follow(
    work: WorkRequest,
    blueprint: Blueprint,
    said: Mapping[str, Content],
    *,
    actor: User,
    at: datetime,
) -> None:
    """Let the duties and their clocks become what a version says that was just signed."""
    calendar = calendar_of(work, at=at)
    day = day_seconds(calendar)
    steps = said[Part.STEPS].get("rows", [])
    timed = [row for row in said[Part.PROMISES].get("rows", []) if row.get("kind") == "time"]
    _keep(blueprint, Kind.HANDOFF, steps, day)
    _keep(blueprint, Kind.PROMISE, timed, day)
    follow_clocks(work, blueprint, calendar, actor=actor, at=at)


def calendar_of(work: WorkRequest, *, at: datetime) -> BusinessCalendar | None:
    """The calendar of the tier's delivery, or of the lane; None where neither promises a time."""
    assert work.tier is not None
    promised = clocks.policy_targets(work.tier.policy.slug, at=at) or lane_targets(work, at)
    return next((target.calendar for target in promised.values()), None)


def day_seconds(calendar: BusinessCalendar | None) -> int:
    """The working seconds of a day; eight hours where days differ in length."""
    length = hours.timetable(calendar).hours.day_length() if calendar else None
    return int(length.total_seconds()) if length else DAY


def _keep(blueprint: Blueprint, kind: str, rows: Sequence[dict[str, Any]], day: int) -> None:
    """Write the duties of one kind; what is done stays done under the same key."""
    before = {one.key: one for one in blueprint.duties.filter(kind=kind)}
    kept = [str(row["key"]) for row in rows]
    blueprint.duties.filter(kind=kind).exclude(key__in=kept).delete()
    words = step_words if kind == Kind.HANDOFF else promise_words
    for place, row in enumerate(rows, start=1):
        duty = before.get(row["key"]) or BlueprintDuty(
            blueprint=blueprint, kind=kind, key=row["key"]
        )
        duty.position, duty.lane = place, str(row.get("lane", ""))
        duty.words, duty.within = words(row)[:600], within(row)
        duty.seconds = seconds(row, day)
        duty.save()


def follow_clocks(
    work: WorkRequest,
    blueprint: Blueprint,
    calendar: BusinessCalendar | None,
    *,
    actor: User | None,
    at: datetime,
) -> None:
    """Start, hold to other terms, and end clocks, so that exactly the open duties are timed."""
    wanted = {(_metric(one), one.key): one for one in open_duties(blueprint) if one.seconds}
    running = work.subject.clocks.open().filter(metric__in=("handoff", "promise"))
    for clock in running:
        if (clock.metric, clock.part) not in wanted:
            clocks.cancel(
                work.subject, metrics=(clock.metric,), part=clock.part, at=at, actor=actor,
                reason=CHANGED,
            )  # fmt: skip
    if calendar is None:
        return
    timed = {(clock.metric, clock.part): clock for clock in running}
    for place, duty in wanted.items():
        _time(work, duty, timed.get(place), calendar, actor=actor, at=at)
    work.queue_at = soonest_promise(work)
    save(work, "queue_at")


def go_on(work: WorkRequest, *, actor: User, at: datetime) -> None:
    """Let the clocks of a locked request run again that was sent back from its check."""
    blueprint = Blueprint.objects.filter(work=work).first()
    if blueprint:
        follow_clocks(work, blueprint, calendar_of(work, at=at), actor=actor, at=at)


def _time(
    work: WorkRequest,
    duty: BlueprintDuty,
    clock: Clock | None,
    calendar: BusinessCalendar,
    *,
    actor: User | None,
    at: datetime,
) -> None:
    metric = _metric(duty)
    target = target_for(metric, duty, calendar, at=at, actor=actor)
    if clock is None:
        clocks.restart(work.subject, metric, target=target, part=duty.key, at=at, actor=actor)
    elif clock.target_seconds != duty.seconds:
        clocks.retarget(
            work.subject, metric, target=target, part=duty.key, at=at, actor=actor, reason=CHANGED
        )


def _metric(duty: BlueprintDuty) -> str:
    return "handoff" if duty.kind == Kind.HANDOFF else "promise"


def open_duties(blueprint: Blueprint) -> list[BlueprintDuty]:
    """Every promise that is not kept yet, and the one handoff whose turn it is."""
    still = list(blueprint.duties.filter(done_at=None).order_by("position"))
    step = [one for one in still if one.kind == Kind.HANDOFF][:1]
    return step + [one for one in still if one.kind == Kind.PROMISE]


def target_for(
    metric: str,
    duty: BlueprintDuty,
    calendar: BusinessCalendar,
    *,
    at: datetime,
    actor: User | None,
) -> SlaTarget:
    """The target of this length in this calendar; made when the first blueprint asks for it."""
    slug = f"agreed-{metric}-{duty.seconds}-{calendar.pk}"
    same = SlaTarget.objects.filter(version__policy__slug=slug, target_seconds=duty.seconds)
    found = same.filter(metric=metric, calendar=calendar).order_by("-pk")
    if target := found.select_related("calendar").first():
        return target
    promise = Promise(metric, duty.seconds, calendar)
    known = SlaTarget.objects.filter(version__policy__slug=slug).select_related("version__policy")
    if other := known.first():
        new_version(other.version.policy, [promise], at=at, actor=actor)
    else:
        name = f"{'Handoff' if metric == 'handoff' else 'Promise'} within {duty.within}"
        new_policy(slug, name[:80], [promise], at=at, actor=actor)
    return found.select_related("calendar")[0]


@transaction.atomic
def finish(work: WorkRequest, duty: BlueprintDuty, *, actor: User, at: datetime) -> BlueprintDuty:
    """Say that a step is done or a promise kept: its clock stops and the next step begins."""
    work = lock(work)
    require(policies.can_finish_step(actor, work))
    duty = BlueprintDuty.objects.select_related("blueprint").get(pk=duty.pk, blueprint__work=work)
    if duty.done_at is not None or duty not in open_duties(duty.blueprint):
        return duty
    duty.done_at, duty.done_by = at, actor
    duty.save(update_fields=["done_at", "done_by"])
    clocks.stop(work.subject, metrics=(_metric(duty),), part=duty.key, at=at, actor=actor)
    record("intake.step_done", work, actor=actor, at=at, text=duty.words, kind=duty.kind)
    follow_clocks(work, duty.blueprint, calendar_of(work, at=at), actor=actor, at=at)
    return duty
