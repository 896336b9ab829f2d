"""Acts on the clocks of a subject. Each runs inside the transaction of the change that causes it.

`at` is the time the act counts from. Rows are locked in the order of their ids; whoever locks a
request locks it before its clocks. An act without effect is written down as ignored (sla-spec 5).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from django.db import transaction
from django.db.models import QuerySet, Subquery

from accounts.models import User
from sla.metrics import METRICS, OnReopen
from sla.models import CalendarVersion, Clock, PolicyVersion, SlaTarget, Subject
from sla.replay import Act
from sla.services import hours, ledger
from sla.services.history import Order, Record, begin, rebuild

Metrics = Collection[str] | None
RESTARTED = "restarted"


class Terms(NamedTuple):
    """Which policies and calendars there were: every change of either adds a version."""

    policies: int
    calendars: int


def policy_targets(
    policy_slug: str, *, at: datetime, terms: Terms | None = None
) -> dict[str, SlaTarget]:
    """The targets by metric of the newest version valid at `at`; empty for an unknown policy.

    One query, and a second one for hours that this process has not seen before. None for `terms`
    that this process has seen: it keeps what was promised under them.
    """
    if terms is None:
        return _targets_at(policy_slug, at)
    valid = [kept for kept in _kept(policy_slug, terms) if kept.valid_from <= at]
    return dict(valid[-1].targets) if valid else {}


class _Kept(NamedTuple):
    valid_from: datetime
    targets: dict[str, SlaTarget]


@lru_cache(maxsize=16)
def _kept(policy_slug: str, terms: Terms) -> list[_Kept]:
    """Every version of a policy with its targets, the newest last."""
    versions = PolicyVersion.objects.filter(policy__slug=policy_slug)
    found = {
        version.pk: _Kept(version.valid_from, {})
        for version in versions.order_by("valid_from", "number")
    }
    targets = SlaTarget.objects.filter(version__in=found).order_by("id")
    for target in targets.select_related("calendar"):
        found[target.version_id].targets[target.metric] = target
        hours.load([target.calendar])
    return list(found.values())


def _targets_at(policy_slug: str, at: datetime) -> dict[str, SlaTarget]:
    valid = PolicyVersion.objects.filter(policy__slug=policy_slug, valid_from__lte=at)
    newest = valid.order_by("-valid_from", "-number").values("pk")[:1]
    targets = SlaTarget.objects.filter(version=Subquery(newest)).order_by("id")
    found = {target.metric: target for target in targets.select_related("calendar")}
    hours.load(target.calendar for target in found.values())
    return found


def start(
    subject: Subject,
    metric: str,
    *,
    target: SlaTarget,
    at: datetime,
    actor: User | None = None,
    part: str = "",
    key: str = "",
) -> Clock:
    """Start a clock, or return the one that was started before, with the act ignored."""
    _require_transaction()
    order = Order(Act.START, at, actor, key=key, target=target)
    begun = _last_cycle(subject, metric, part=part)
    if begun:
        return _carry_out([begun], order)[0]
    return _create([_row(subject, metric, part=part)], [order])[0]


def start_many(
    subject: Subject,
    targets: Mapping[str, SlaTarget],
    *,
    at: datetime,
    actor: User | None = None,
) -> list[Clock]:
    """Start clocks of a subject that has none of these metrics yet, with two inserts."""
    return start_for_each([subject], targets, at=at, actor=actor)


def start_for_each(
    subjects: Iterable[Subject],
    targets: Mapping[str, SlaTarget],
    *,
    at: datetime,
    actor: User | None = None,
) -> list[Clock]:
    """Start the same clocks for many subjects, with two inserts in all."""
    _require_transaction()
    orders = {metric: Order(Act.START, at, actor, target=targets[metric]) for metric in targets}
    begun = [(subject, metric) for subject in subjects for metric in orders]
    return _create([_row(*pair) for pair in begun], [orders[metric] for _, metric in begun])


def pause(
    subject: Subject,
    *,
    reason: str,
    at: datetime,
    actor: User | None = None,
    metrics: Metrics = None,
    key: str = "",
) -> list[Clock]:
    """Add a reason to wait. A clock runs only when no reason is left."""
    order = Order(Act.PAUSE, at, actor, reason, key)
    return _carry_out(_open(subject, metrics), order)


def resume(
    subject: Subject,
    *,
    reason: str,
    at: datetime,
    actor: User | None = None,
    metrics: Metrics = None,
    key: str = "",
) -> list[Clock]:
    """Take a reason to wait away."""
    order = Order(Act.RESUME, at, actor, reason, key)
    return _carry_out(_open(subject, metrics), order)


def stop(
    subject: Subject,
    *,
    metrics: Metrics,
    at: datetime,
    actor: User | None = None,
    part: str | None = None,
    key: str = "",
) -> list[Clock]:
    """End clocks with an outcome; a late one records its own breach first."""
    order = Order(Act.STOP, at, actor, key=key)
    return _carry_out(_open(subject, metrics, part=part), order)


def cancel(
    subject: Subject,
    *,
    at: datetime,
    actor: User | None = None,
    metrics: Metrics = None,
    part: str | None = None,
    reason: str = "",
) -> list[Clock]:
    """End clocks without an outcome."""
    order = Order(Act.CANCEL, at, actor, reason)
    return _carry_out(_open(subject, metrics, part=part), order)


def reopen(
    subject: Subject, *, metrics: Collection[str], at: datetime, actor: User | None = None
) -> list[Clock]:
    """Let stopped clocks continue or begin anew, or leave them, as their metric says."""
    _require_transaction()
    stopped = _stopped(subject, metrics)
    going_on = [clock for clock in stopped if _on_reopen(clock) == OnReopen.CONTINUE]
    anew = [clock for clock in stopped if _on_reopen(clock) == OnReopen.RESTART]
    orders = [Order(Act.START, at, actor, target=clock.target) for clock in anew]
    continued = _carry_out(going_on, Order(Act.REOPEN, at, actor))
    return [*continued, *_create([_next_cycle(clock) for clock in anew], orders)]


def restart(
    subject: Subject,
    metric: str,
    *,
    target: SlaTarget | None = None,
    at: datetime,
    actor: User | None = None,
    part: str = "",
) -> Clock:
    """Begin a new cycle from zero; one that is still open is cancelled.

    Without a clock of the metric it starts one, and raises ValueError if no target is given.
    """
    _require_transaction()
    last = _last_cycle(subject, metric, part=part)
    if last is None and target is None:
        raise ValueError(f"there is no {metric} to restart and no target to start it with")
    if last and last.is_open:
        at = _end_for_restart(last, at=at, actor=actor)
    if last is not None:
        target = target or last.target
    order = Order(Act.START, at, actor, target=target)
    clock = _next_cycle(last) if last else _row(subject, metric, part=part)
    return _create([clock], [order])[0]


def retarget(
    subject: Subject,
    metric: str,
    *,
    target: SlaTarget,
    at: datetime,
    actor: User | None = None,
    reason: str = "",
    part: str = "",
) -> Clock | None:
    """Hold an open clock to other terms, keeping what was counted; None if none is open."""
    order = Order(Act.RETARGET, at, actor, reason, target=target)
    moved = _carry_out(_open(subject, [metric], part=part), order)
    return moved[-1] if moved else None


def carry_out_orders(orders: Iterable[tuple[Record, Order]], *, now: datetime) -> int:
    """Apply orders to rebuilt clocks and write them down; return the number of new events."""
    records = {}
    for record, order in orders:
        record.apply(order)
        records[record.clock.pk] = record
    return ledger.write(list(records.values()), now=now)


def catch_up(records: Iterable[Record], *, before: datetime) -> None:
    """Apply the corrections of calendars that clocks have not followed yet, but none later than
    `before`, so that an act is never moved behind a correction that came while it waited."""
    behind = [r for r in records if r.calendar_version < r.calendar.version]
    if not behind:
        return
    versions = _versions_since(behind)
    for record in behind:
        for version in versions:
            if (
                version.calendar_id == record.calendar.pk
                and version.number > record.calendar_version
            ):
                at = min(version.saved_at, before)
                record.apply(Order(Act.CALENDAR, at, version.saved_by, corrected=version))


def _versions_since(behind: Collection[Record]) -> list[CalendarVersion]:
    oldest = min(record.calendar_version for record in behind)
    calendars = {record.calendar.pk for record in behind}
    newer = CalendarVersion.objects.filter(calendar__in=calendars, number__gt=oldest)
    return list(newer.select_related("saved_by").order_by("calendar", "number"))


def _carry_out(clocks: Sequence[Clock], order: Order) -> list[Clock]:
    """Apply one order to locked clocks."""
    if not clocks:
        return []
    records = rebuild(clocks)
    catch_up(records, before=order.at)
    orders = [(record, _for_clock(order, record.clock)) for record in records]
    carry_out_orders(orders, now=order.at)
    return [record.clock for record in records]


def _for_clock(order: Order, clock: Clock) -> Order:
    """A key is unique among all commands, and an act may touch several clocks."""
    return replace(order, key=f"{order.key}:{clock.pk}") if order.key else order


def _end_for_restart(clock: Clock, *, at: datetime, actor: User | None) -> datetime:
    """Cancel a clock and return the time that this counted from."""
    [record] = rebuild([clock])
    catch_up([record], before=at)
    carry_out_orders([(record, Order(Act.CANCEL, at, actor, RESTARTED))], now=at)
    return record.last_at


def _create(clocks: Collection[Clock], orders: Iterable[Order]) -> list[Clock]:
    if not clocks:
        return []
    records = [begin(clock, order) for clock, order in zip(clocks, orders, strict=True)]
    ledger.create(records, now=max(record.last_at for record in records))
    return [record.clock for record in records]


def _row(subject: Subject, metric: str, *, part: str = "", cycle: int = 1) -> Clock:
    if metric not in METRICS:
        raise ValueError(f"{metric!r} is not a metric")
    return Clock(subject=subject, metric=metric, part=part, cycle=cycle)


def _next_cycle(clock: Clock) -> Clock:
    return _row(clock.subject, clock.metric, part=clock.part, cycle=clock.cycle + 1)


def _on_reopen(clock: Clock) -> OnReopen:
    return METRICS[clock.metric].on_reopen


def _locked(subject: Subject) -> QuerySet[Clock]:
    _require_transaction()
    clocks = Clock.objects.filter(subject=subject).with_terms()
    return clocks.select_for_update(of=("self",)).order_by("id")


def _open(subject: Subject, metrics: Metrics, *, part: str | None = None) -> list[Clock]:
    clocks = _locked(subject).filter(ended_at__isnull=True)
    if metrics is not None:
        clocks = clocks.filter(metric__in=metrics)
    return list(clocks if part is None else clocks.filter(part=part))


def _last_cycle(subject: Subject, metric: str, *, part: str) -> Clock | None:
    clocks = _locked(subject).filter(metric=metric, part=part)
    return clocks.order_by("-cycle").first()


def _stopped(subject: Subject, metrics: Collection[str]) -> list[Clock]:
    """The last cycle of each metric and part, where it has stopped."""
    last: dict[tuple[str, str], Clock] = {}
    for clock in _locked(subject).filter(metric__in=metrics):
        last[clock.metric, clock.part] = clock
    return [clock for clock in last.values() if clock.state == Clock.State.STOPPED]


def _require_transaction() -> None:
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("clocks move with the change that moves them")
