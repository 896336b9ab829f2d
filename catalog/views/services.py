"""The catalog: browse by what you want to achieve, one service, an older version of it."""

from typing import Any, NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.http import PortalRequest, is_person
from accounts.models import User
from accounts.moment import database_now
from catalog import browsing
from catalog.forms import ServiceFilterForm
from catalog.models import Service
from catalog.service_page import Shown, context_of
from catalog.services import interest


class ActiveFilter(NamedTuple):
    words: str
    address: str


def viewer(request: HttpRequest) -> User | None:
    """The person who looks; None for a visitor."""
    return request.user if is_person(request.user) else None


def services(request: HttpRequest) -> HttpResponse:
    """The services that are offered or announced, in groups of what people want to achieve."""
    form, now = ServiceFilterForm(request.GET), timezone.now()
    chosen = form.chosen()
    groups = browsing.groups(chosen, person=viewer(request), today=timezone.localdate(now), now=now)
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


def visible_service(request: HttpRequest, slug: str) -> Service:
    """A published service that this person may know of; Http404 for any other."""
    visible = Service.objects.visible_to(viewer(request)).filter(current__isnull=False)
    return get_object_or_404(visible.select_related("owner", "current__blueprint"), slug=slug)


def service(request: HttpRequest, slug: str) -> HttpResponse:
    """One service as it is offered now, or was last."""
    found = visible_service(request, slug)
    if found.current is None:
        raise Http404
    return _page(request, Shown.stored(found, found.current))


def version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """What the service said and promised in one of its versions."""
    found = visible_service(request, slug)
    versions = found.versions.select_related("blueprint")
    return _page(request, Shown.stored(found, get_object_or_404(versions, number=number)))


def _page(request: HttpRequest, shown: Shown) -> HttpResponse:
    context = context_of(shown, person=viewer(request), now=timezone.now())
    context["crumbs"] = _crumbs(shown)
    return render(request, "catalog/service.html", context)


def _crumbs(shown: Shown) -> list[dict[str, str]]:
    crumbs = [{"words": "Services", "address": reverse("catalog:services")}]
    if not shown.is_current:
        address = reverse("catalog:service", args=[shown.service.slug])
        crumbs.append({"words": str(shown.service), "address": address})
    last = shown.version.name if shown.is_current else f"Version {shown.version.number}"
    return [*crumbs, {"words": last, "address": ""}]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def tell_me(request: PortalRequest, slug: str) -> HttpResponse:
    """Join or leave the list of those who want to be told; a GET leads back from signing in."""
    found = visible_service(request, slug)
    if request.method == "POST" and request.POST.get("do") == "leave":
        interest.leave(found, actor=request.user, at=database_now())
        messages.success(request, "We will not write to you about this service.")
    elif request.method == "POST":
        interest.join(found, actor=request.user, at=database_now())
        messages.success(request, f"We will write to you when “{found}” can be asked for.")
    return redirect("catalog:service", slug)
