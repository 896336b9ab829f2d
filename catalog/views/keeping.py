"""What keeps a service alive: its improvements, the talks with its customers, its stories."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms import PortalForm
from accounts.http import PortalRequest
from accounts.moment import database_now
from accounts.policies import require
from catalog import keeping, outcome_policies
from catalog.keeping_forms import ContactForm, ImprovementForm, StoryForm, SuggestForm
from catalog.models import Improvement, Service, Story
from catalog.services import keeping as acts
from catalog.views.services import visible_service

METHODS = ["GET", "HEAD", "POST"]
SHOWN = 100


def _kept(request: PortalRequest, slug: str) -> Service:
    """A service whose keeping this person may read."""
    require(outcome_policies.can_see(request.user))
    return visible_service(request, slug)


def _page(
    request: PortalRequest, service: Service, template: str, form: PortalForm, **more: Any
) -> HttpResponse:
    status = more.pop("status", 0) or (422 if form.errors else 200)
    context = {
        "service": service,
        "form": form,
        "problems": form.problems() if form.is_bound else [],
        "may_write": outcome_policies.can_measure(request.user),
        "crumbs": [
            {"words": "Services", "address": reverse("catalog:services")},
            {"words": str(service), "address": reverse("catalog:service", args=[service.slug])},
            *more.pop("crumbs"),
        ],
        **more,
    }
    return render(request, f"catalog/keeping/{template}.html", context, status=status)


@require_http_methods(METHODS)
@login_required
def improvements(request: PortalRequest, slug: str) -> HttpResponse:
    """What is to become better, what is being done, what was done; add one more."""
    service = _kept(request, slug)
    form = SuggestForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        idea = Improvement.Source.IDEA
        acts.suggest(
            service, **form.cleaned_data, source=idea, actor=request.user, at=database_now()
        )
        messages.success(request, "It is on the list.")
        return redirect("catalog:improvements", slug)
    listed = list(keeping.improvements(service)[:SHOWN])
    crumbs = [{"words": "Improvements", "address": ""}]
    return _page(request, service, "improvements", form, improvements=listed, crumbs=crumbs)


@require_http_methods(METHODS)
@login_required
def improvement(request: PortalRequest, slug: str, number: int) -> HttpResponse:
    """Say how far one of them is."""
    service = _kept(request, slug)
    require(outcome_policies.can_measure(request.user))
    found = get_object_or_404(service.improvements, pk=number)
    form = ImprovementForm(
        request.POST if request.method == "POST" else None, initial=_initial(found)
    )
    status = 0
    if form.is_valid():
        try:
            acts.change_improvement(
                found, **form.cleaned_data, actor=request.user, at=database_now()
            )
        except acts.NothingSaidError:
            form.add_error("what_was_done", "Enter what was done, or why it was dropped")
        except acts.StaleImprovementError as stale:
            form = ImprovementForm(_seen_now(request, stale.improvement))
            form.is_valid()
            form.add_error(None, _changed(stale.improvement))
            status = 409
        else:
            messages.success(request, "Saved.")
            return redirect("catalog:improvements", slug)
    crumbs = [
        {"words": "Improvements", "address": reverse("catalog:improvements", args=[slug])},
        {"words": "Change", "address": ""},
    ]
    more = {"improvement": found, "crumbs": crumbs, "status": status}
    return _page(request, service, "improvement", form, **more)


def _initial(found: Improvement) -> dict[str, Any]:
    names = ("text", "state", "what_was_done", "is_public")
    return {name: getattr(found, name) for name in names} | {"seen": found.version}


def _seen_now(request: PortalRequest, now: Improvement) -> QueryDict:
    """What was typed, based on what it reads now."""
    posted = request.POST.copy()
    posted["seen"] = str(now.version)
    return posted


def _changed(now: Improvement) -> str:
    state = now.get_state_display().lower()
    return f"Somebody changed it meanwhile: “{now.text}”, {state}. Save again to keep yours"


@require_http_methods(METHODS)
@login_required
def contacts(request: PortalRequest, slug: str) -> HttpResponse:
    """The talks with those whom the service is for; months without any stand out."""
    service = _kept(request, slug)
    today = timezone.localdate()
    form = ContactForm(
        request.POST if request.method == "POST" else None,
        today=today,
        initial={"happened_on": today},
    )
    if form.is_valid():
        acts.log_contact(service, **form.cleaned_data, actor=request.user, at=database_now())
        messages.success(request, "It is written down.")
        return redirect("catalog:contacts", slug)
    listed = list(service.contacts.select_related("logged_by")[:SHOWN])
    months = keeping.contact_months(service, today=today)
    crumbs = [{"words": "Contacts", "address": ""}]
    return _page(request, service, "contacts", form, contacts=listed, months=months, crumbs=crumbs)


@require_http_methods(METHODS)
@login_required
def stories(request: PortalRequest, slug: str) -> HttpResponse:
    """What people say of the service, shown on its page; with their consent."""
    service = _kept(request, slug)
    form = StoryForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        told = {name: form.cleaned_data[name] for name in ("text", "who", "source")}
        acts.tell_story(service, **told, actor=request.user, at=database_now())
        messages.success(request, "It stands on the service’s page.")
        return redirect("catalog:stories", slug)
    listed = list(service.stories.shown()[:SHOWN])
    crumbs = [{"words": "Stories", "address": ""}]
    return _page(request, service, "stories", form, stories=listed, crumbs=crumbs)


@require_POST
@login_required
def hide_story(request: PortalRequest, slug: str, number: int) -> HttpResponse:
    service = _kept(request, slug)
    story = get_object_or_404(Story.objects.filter(service=service), pk=number)
    acts.hide_story(story, actor=request.user, at=database_now())
    messages.success(request, "It is off the page.")
    return redirect("catalog:stories", slug)
