"""The catalog: browse by what you want to achieve, one service, an older version of it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from accounts.http import is_person
from catalog import comparison, track_record
from catalog.first_results import first_results
from catalog.forms import ServiceFilterForm
from catalog.models import Service, ServiceVersion
from catalog.outcome_policies import can_see
from catalog.outcome_record import OutcomeLine, months_until, outcome_lines
from sla.outcomes import Compliance


class Card(NamedTuple):
    """One service of the list, with what it takes at least and how it kept its promise."""

    service: Service
    days: int
    kept: Compliance | None


class Group(NamedTuple):
    aim: str
    cards: list[Card]


class ActiveFilter(NamedTuple):
    words: str
    address: str


def services(request: HttpRequest) -> HttpResponse:
    """The services that are offered, in groups of what people want to achieve."""
    form = ServiceFilterForm(request.GET)
    chosen = form.chosen()
    offered = Service.objects.listed().with_tiers()
    found = (
        offered.for_aim(chosen.get("aim", ""))
        .with_tier_like(level=chosen.get("tier", ""), within=chosen.get("within"))
        .saying(chosen.get("q", ""))
    )
    groups = _groups(found)
    return render(
        request,
        "catalog/services.html",
        {
            "form": form,
            "groups": groups,
            "count": sum(len(group.cards) for group in groups),
            "active": _active_filters(request.GET, form, chosen),
            "clear": reverse("catalog:services"),
        },
    )


def _groups(found: Iterable[Service]) -> list[Group]:
    record = track_record.by_service(timezone.now())
    cards: dict[str, list[Card]] = {aim: [] for aim in Service.Aim.values}
    for service in found:
        cards[service.aim].append(card(service, record.get(service.pk)))
    return [Group(Service.Aim(aim).label, group) for aim, group in cards.items() if group]


def card(service: Service, kept: Compliance | None) -> Card:
    """A service read `with_tiers()` as a card of the list."""
    assert service.current is not None
    days = [tier.first_result_days for tier in service.current.tiers.all()]
    return Card(service, min(days), kept)


def _active_filters(
    query: QueryDict, form: ServiceFilterForm, chosen: dict[str, Any]
) -> list[ActiveFilter]:
    """Each filter in use in words, with the address of the list without it."""
    return [
        ActiveFilter(_in_words(form, name, value), _without(query, name))
        for name, value in chosen.items()
    ]


def _in_words(form: ServiceFilterForm, name: str, value: Any) -> str:
    label = form.fields[name].label
    choices = dict(getattr(form.fields[name], "choices", ()))
    return f"{label}: {choices.get(value, value)}"


def _without(query: QueryDict, name: str) -> str:
    left = query.copy()
    left.pop(name, None)
    address = reverse("catalog:services")
    return f"{address}?{left.urlencode()}" if left else address


def service(request: HttpRequest, slug: str) -> HttpResponse:
    """One service as it is offered now, or was last."""
    return _page(request, get_object_or_404(_versions(), in_force_for__slug=slug))


def version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """What the service said and promised in one of its versions."""
    return _page(request, get_object_or_404(_versions(), service__slug=slug, number=number))


def _versions() -> QuerySet[ServiceVersion]:
    everything = ServiceVersion.objects.exclude(service__state=Service.State.PROPOSED)
    return everything.select_related("service__owner", "service__current", "blueprint")


def _page(request: HttpRequest, shown: ServiceVersion) -> HttpResponse:
    service, now = shown.service, timezone.now()
    is_current = service.current_id == shown.pk
    tiers = list(shown.tiers.select_related("policy"))
    due = first_results(tiers, at=now) if is_current else {}
    context = {
        "service": service,
        "shown": shown,
        "is_current": is_current,
        "can_ask": is_current and service.can_be_asked_for(timezone.localdate()),
        "columns": comparison.columns(tiers),
        "rows": comparison.rows(tiers, due=due, now=now),
        "caption": comparison.caption(tiers),
        "kept": track_record.by_service(now).get(service.pk),
        "blueprint": getattr(shown, "blueprint", None),
        "goals": list(shown.goals.all()),
        "outcomes": _outcomes(service, now) if is_current else [],
        "may_open": is_person(request.user) and can_see(request.user),
        "versions": list(service.versions.only("number", "published_at", "note", "service")),
        "today": timezone.localdate(),
        "crumbs": _crumbs(service, shown, is_current),
    }
    return render(request, "catalog/service.html", context)


def _outcomes(service: Service, now: datetime) -> list[OutcomeLine]:
    months = months_until(timezone.localdate(now))
    return outcome_lines(service.metrics.select_related("service"), months, now=now)


def _crumbs(service: Service, shown: ServiceVersion, is_current: bool) -> list[dict[str, str]]:
    crumbs = [{"words": "Services", "address": reverse("catalog:services")}]
    if not is_current:
        address = reverse("catalog:service", args=[service.slug])
        crumbs.append({"words": str(service), "address": address})
    last = shown.name if is_current else f"Version {shown.number}"
    return [*crumbs, {"words": last, "address": ""}]
