"""Policies: what is promised from a moment on. A change is a new version, never an edit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from audit.services import record
from sla import thresholds
from sla.metrics import METRICS
from sla.models import BusinessCalendar, PolicyVersion, SlaPolicy, SlaTarget
from sla.services import hours
from sla.terms import Kind

LONGEST_SECONDS = 315_360_000
PERCENTS = range(1, 1001)


class PolicyError(ValueError):
    """A policy that can't be saved, with a sentence for the person who wrote it."""


class PolicyChangedError(Exception):
    """Somebody else saved a version of the policy since the person saw it."""


@dataclass(frozen=True)
class Promise:
    """What one target of a version is made of."""

    metric: str
    target_seconds: int
    calendar: BusinessCalendar
    thresholds: list[dict[str, Any]] = field(default_factory=thresholds.defaults)


@transaction.atomic
def new_policy(
    slug: str,
    name: str,
    promises: Sequence[Promise],
    *,
    at: datetime,
    actor: User | None = None,
    note: str = "",
) -> SlaPolicy:
    """Make a policy with its first version. Raise PolicyError if a promise can't be kept."""
    policy = SlaPolicy.objects.create(slug=slug, name=name)
    new_version(policy, promises, at=at, actor=actor, note=note)
    return policy


@transaction.atomic
def new_version(
    policy: SlaPolicy,
    promises: Sequence[Promise],
    *,
    at: datetime,
    actor: User | None = None,
    valid_from: datetime | None = None,
    note: str = "",
    seen: int | None = None,
) -> PolicyVersion:
    """Promise this for clocks started from `valid_from` on; running clocks keep their terms.

    Raise PolicyError for a promise that can't be kept, and PolicyChangedError if the policy's
    newest version is not the one that was `seen`.
    """
    for promise in promises:
        check(promise)
    SlaPolicy.objects.select_for_update().get(pk=policy.pk)
    number = policy.versions.count() + 1
    if seen is not None and number != seen + 1:
        raise PolicyChangedError
    version = PolicyVersion.objects.create(
        policy=policy, number=number, valid_from=valid_from or at, saved_by=actor, note=note
    )
    SlaTarget.objects.bulk_create(_target(version, promise) for promise in promises)
    record("sla.policy_saved", policy, actor=actor, at=at, reason=note, version=number)
    return version


def move_to_calendar(
    old: BusinessCalendar, new: BusinessCalendar, *, at: datetime, actor: User | None
) -> list[PolicyVersion]:
    """Make new versions, in the new calendar, of the policies whose newest one uses the old."""
    policies = SlaPolicy.objects.filter(versions__targets__calendar=old).distinct()
    newest = [policy.versions.latest("valid_from", "number") for policy in policies]
    using = [version for version in newest if version.targets.filter(calendar=old).exists()]
    return [_moved(version, old, new, at=at, actor=actor) for version in using]


def _moved(
    version: PolicyVersion,
    old: BusinessCalendar,
    new: BusinessCalendar,
    *,
    at: datetime,
    actor: User | None,
) -> PolicyVersion:
    promises = [
        Promise(
            target.metric,
            target.target_seconds,
            new if target.calendar_id == old.pk else target.calendar,
            target.thresholds,
        )
        for target in version.targets.select_related("calendar")
    ]
    start = max(at, version.valid_from)
    note = f"Calendar {new.name}"
    return new_version(version.policy, promises, at=at, actor=actor, valid_from=start, note=note)


def _target(version: PolicyVersion, promise: Promise) -> SlaTarget:
    return SlaTarget(
        version=version,
        metric=promise.metric,
        target_seconds=promise.target_seconds,
        calendar=promise.calendar,
        thresholds=promise.thresholds,
    )


def check(promise: Promise) -> None:
    """Raise PolicyError unless a clock can be held to this promise."""
    if promise.metric not in METRICS:
        raise PolicyError(f"{promise.metric!r} is no time promise.")
    if not 1 <= promise.target_seconds <= LONGEST_SECONDS:
        raise PolicyError("A target lies between one second and ten years.")
    if not hours.timetable(promise.calendar).hours.has_hours:
        raise PolicyError(f"{promise.calendar.name} has no working hours.")
    check_thresholds(promise.thresholds)


def check_thresholds(rows: Iterable[dict[str, Any]]) -> None:
    """Raise PolicyError unless there is exactly one breach, at 100 %, and keys are unique."""
    try:
        found = thresholds.read(rows)
    except (KeyError, ValueError, TypeError) as error:
        raise PolicyError("A threshold is damaged.") from error
    breaches = [threshold for threshold in found if threshold.kind == Kind.BREACH]
    if [breach.percent for breach in breaches] != [thresholds.BREACH_PERCENT]:
        raise PolicyError("A promise is broken at 100 %, and there only.")
    if len({threshold.key for threshold in found}) != len(found):
        raise PolicyError("Two thresholds have the same name.")
    if any(t.percent is not None and t.percent not in PERCENTS for t in found):
        raise PolicyError("A threshold lies between 1 and 1000 %.")
