"""A new version of a policy: tried on requests that are over, then saved for new clocks."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from accounts.forms import Problem
from accounts.http import PortalRequest
from accounts.moment import database_now
from accounts.policies import administrators_only
from sla.calendar_words import duration_words
from sla.forms.policies import PolicyEditor
from sla.metrics import METRICS
from sla.models import BusinessCalendar, PolicyVersion, SlaPolicy, SlaTarget
from sla.policy_words import differences
from sla.services import hours, policies, simulation
from sla.services.policies import Promise
from sla.services.simulation import Tried
from sla.views.policies import crumbs, told

SAVE, SIMULATE, BACK = "save", "simulate", "back"


class Trial(NamedTuple):
    """One promise tried on what is over: how many, and which would have been late."""

    name: str
    total: int
    was_late: int
    late: list[tuple[Tried, str]]


@administrators_only
def new(request: PortalRequest) -> HttpResponse:
    """A policy that does not exist yet."""
    return _answer(request, None)


@administrators_only
def change(request: PortalRequest, slug: str) -> HttpResponse:
    """The next version of a policy."""
    return _answer(request, get_object_or_404(SlaPolicy, slug=slug))


def _answer(request: PortalRequest, policy: SlaPolicy | None) -> HttpResponse:
    version = _newest(policy)
    act = request.POST.get("do", SAVE) if request.method == "POST" else BACK
    editor = _editor(request, version, is_saved=act not in (SIMULATE, BACK))
    if act == BACK or not editor.is_valid():
        return _page(request, policy, editor)
    if act == SIMULATE:
        return _page(request, policy, editor, trials=_trials(editor, policy))
    return _save(request, policy, version, editor)


def _newest(policy: SlaPolicy | None) -> PolicyVersion | None:
    if policy is None:
        return None
    versions = policy.versions.select_related("saved_by").prefetch_related("targets__calendar")
    return versions.latest("number")


def _editor(
    request: PortalRequest, version: PolicyVersion | None, *, is_saved: bool
) -> PolicyEditor:
    targets = _targets(version)
    active = list(BusinessCalendar.objects.filter(is_archived=False))
    hours.load([*active, *(target.calendar for target in targets.values())])
    return PolicyEditor(
        calendars={calendar.pk: calendar for calendar in active},
        targets=targets,
        today=timezone.localdate(),
        seen=version.number if version else None,
        data=request.POST if request.method == "POST" else None,
        is_saved=is_saved,
    )


def _targets(version: PolicyVersion | None) -> dict[str, SlaTarget]:
    return {target.metric: target for target in version.targets.all()} if version else {}


def _page(
    request: PortalRequest,
    policy: SlaPolicy | None,
    editor: PolicyEditor,
    trials: list[Trial] | None = None,
) -> HttpResponse:
    problems = editor.problems()
    last = (policy.name, reverse("sla:policy", args=[policy.slug])) if policy else None
    here = ("Change the promises" if policy else "New policy", "")
    context = {
        "policy": policy,
        "editor": editor,
        "problems": problems,
        "trials": trials,
        "last": simulation.LAST,
        "crumbs": crumbs(*filter(None, [last, here])),
    }
    return render(request, "sla/policy_form.html", context, status=422 if problems else 200)


# Trying


def _trials(editor: PolicyEditor, policy: SlaPolicy | None) -> list[Trial]:
    return [_trial(promise, policy) for promise in editor.kept()]


def _trial(promise: Promise, policy: SlaPolicy | None) -> Trial:
    tried = simulation.simulate(promise, policy=policy)
    return Trial(
        METRICS[promise.metric].name,
        len(tried),
        sum(clock.was_late for clock in tried),
        [(clock, duration_words(clock.seconds // 60 * 60)) for clock in tried if clock.is_late],
    )


# Saving


def _save(
    request: PortalRequest,
    policy: SlaPolicy | None,
    version: PolicyVersion | None,
    editor: PolicyEditor,
) -> HttpResponse:
    if policy is None or version is None:
        return _make(request, editor)
    data = editor.version.cleaned_data
    if data["seen"] != str(version.number):
        return _changed_page(request, policy, version, editor)
    if not _own_changes(version, editor) and not data["starts_on"]:
        words = "These are the promises as they stand. Change something first"
        editor.own_problems.append(Problem("", words))
        return _page(request, policy, editor)
    try:
        _store(request, policy, version, editor)
    except policies.PolicyChangedError:
        return _changed_page(request, policy, _newest(policy) or version, editor)
    return redirect("sla:policy", policy.slug)


def _store(
    request: PortalRequest, policy: SlaPolicy, version: PolicyVersion, editor: PolicyEditor
) -> None:
    data, at = editor.version.cleaned_data, database_now()
    saved = policies.new_version(
        policy,
        editor.kept(),
        at=at,
        actor=request.user,
        valid_from=_starts(data["starts_on"], at),
        note=data["note"],
        seen=version.number,
    )
    words = "Clocks that run keep their promises."
    messages.success(request, f"Version {saved.number} is saved. {words}")


def _starts(day: date | None, at: datetime) -> datetime:
    """Midnight of the day in the organisation's zone; now, if that is past or no day is given."""
    if day is None:
        return at
    return max(timezone.make_aware(datetime.combine(day, time())), at)


def _make(request: PortalRequest, editor: PolicyEditor) -> HttpResponse:
    data, at = editor.version.cleaned_data, database_now()
    slug = slugify(data["name"])[:60]
    if not slug or SlaPolicy.objects.filter(slug=slug).exists():
        words = "Another policy has this name" if slug else "Enter a name with letters or digits"
        editor.version.add_error("name", words)
        return _page(request, None, editor)
    made = policies.new_policy(
        slug, data["name"], editor.kept(), at=at, actor=request.user, note=data["note"]
    )
    messages.success(request, f"{made.name} is there. Tiers can use it from now on.")
    return redirect("sla:policy", made.slug)


def _own_changes(version: PolicyVersion, editor: PolicyEditor) -> list[str]:
    """How what was typed differs from a version, in words."""
    typed = [
        SlaTarget(
            metric=promise.metric,
            target_seconds=promise.target_seconds,
            calendar=promise.calendar,
            thresholds=promise.thresholds,
        )
        for promise in editor.kept()
    ]
    return differences(told(version.targets.all()), told(typed))


def _changed_page(
    request: PortalRequest, policy: SlaPolicy, version: PolicyVersion, editor: PolicyEditor
) -> HttpResponse:
    """Say who changed what meanwhile, and keep what was typed to go on with (409)."""
    yours = _own_changes(version, editor)
    if not yours and version.saved_by == request.user:
        return redirect("sla:policy", policy.slug)
    fields: dict[str, Any] = editor.fields() | {"seen": str(version.number)}
    context = {
        "policy": policy,
        "saved": version,
        "yours": yours,
        "carried": fields.items(),
        "crumbs": crumbs((policy.name, "")),
    }
    return render(request, "sla/policy_changed.html", context, status=409)
