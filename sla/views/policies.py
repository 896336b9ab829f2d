"""Policies as administrators read them: what is promised now, and every version before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from accounts.http import PortalRequest
from accounts.policies import administrators_only
from sla.metrics import METRICS
from sla.models import PolicyVersion, SlaPolicy, SlaTarget
from sla.policy_words import Told, amount_words, differences, ladder_words
from sla.services import hours
from sla.terms import Kind


class Row(NamedTuple):
    """One policy of the list; without a version in force it promises nothing yet."""

    policy: SlaPolicy
    promises: list[Told]
    version: PolicyVersion | None


class Change(NamedTuple):
    """One version of the history, with what it changed in words."""

    version: PolicyVersion
    words: list[str]
    is_in_force: bool
    is_ahead: bool


def crumbs(*others: tuple[str, str]) -> list[dict[str, str]]:
    """The way from Manage to a policy's page; the last one has no address."""
    way = [("Manage", reverse("manage")), ("Policies", reverse("sla:policies")), *others]
    return [{"words": words, "address": address} for words, address in way]


def told(targets: Iterable[SlaTarget]) -> list[Told]:
    """Targets, read with their calendars, in words and in the order of the promises."""
    by_metric = {target.metric: target for target in targets}
    hours.load(target.calendar for target in by_metric.values())
    return [_told(by_metric[metric]) for metric in METRICS if metric in by_metric]


def _told(target: SlaTarget) -> Told:
    metric = METRICS[target.metric]
    day = hours.timetable(target.calendar).hours.day_length()
    return Told(
        metric=metric.key,
        name=metric.name,
        promise=metric.promise,
        starts=metric.starts,
        within=amount_words(target.target_seconds, day),
        calendar=target.calendar.name,
        calendar_slug=target.calendar.slug,
        warns=ladder_words(target.thresholds, Kind.WARN),
        escalates=ladder_words(target.thresholds, Kind.ESCALATE),
    )


@administrators_only
def policies(request: PortalRequest) -> HttpResponse:
    """Every policy with what it promises to whatever starts now."""
    in_force = SlaTarget.objects.in_force(timezone.now())
    targets: dict[int, list[SlaTarget]] = defaultdict(list)
    for target in in_force.select_related("version", "calendar"):
        targets[target.version.policy_id].append(target)
    hours.load(target.calendar for held in targets.values() for target in held)
    rows = [_row(policy, targets[policy.pk]) for policy in SlaPolicy.objects.all()]
    context = {"rows": rows, "crumbs": [*crumbs()[:1], {"words": "Policies", "address": ""}]}
    return render(request, "sla/policies.html", context)


def _row(policy: SlaPolicy, targets: list[SlaTarget]) -> Row:
    return Row(policy, told(targets), targets[0].version if targets else None)


@administrators_only
def policy_page(request: PortalRequest, slug: str) -> HttpResponse:
    """What the policy promises now, what it will promise, and what it promised before."""
    policy = get_object_or_404(SlaPolicy, slug=slug)
    changes = history_of(policy, timezone.now())
    held = [change for change in changes if change.is_in_force]
    shown = held[0].version if held else changes[0].version
    context: dict[str, Any] = {
        "policy": policy,
        "shown": shown,
        "is_in_force": bool(held),
        "promises": told(shown.targets.all()),
        "changes": changes,
        "ahead": [change for change in changes if change.is_ahead],
        "crumbs": crumbs((policy.name, "")),
    }
    return render(request, "sla/policy.html", context)


def history_of(policy: SlaPolicy, now: datetime) -> list[Change]:
    """Every version, newest first, with what it changed."""
    versions = policy.versions.select_related("saved_by").prefetch_related("targets__calendar")
    newest_first = list(versions.order_by("-valid_from", "-number"))
    in_force = next((version for version in newest_first if version.valid_from <= now), None)
    older: list[PolicyVersion | None] = [*newest_first[1:], None]
    return [
        Change(
            new,
            differences(told(old.targets.all()), told(new.targets.all())) if old else [],
            new == in_force,
            new.valid_from > now,
        )
        for new, old in zip(newest_first, older, strict=True)
    ]
