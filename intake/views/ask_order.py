"""Asking for a service itself, from its page: its tier and its own questions come first."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from accounts.http import PortalRequest
from accounts.moment import database_now
from catalog import audience
from catalog.models import Service
from catalog.views.services import visible_service
from intake.forms.ask import QuestionForm
from intake.models import WorkRequest
from intake.reading.proposing import choice_of
from intake.services import ordering, submission
from intake.services.drafts import read_draft
from intake.views.ask import draft_key
from intake.views.ask_pages import Asked, make_form, question_address, question_context

NOT_NOW = "This service can't be asked for now. Tell us what is going on, and we look for a way."


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def order(request: PortalRequest, slug: str) -> HttpResponse:
    """The tiers side by side, none chosen, and what the service asks; then the quick lane."""
    service = visible_service(request, slug)
    now = database_now()
    if not ordering.may_ask(service, request.user, timezone.localdate(now)):
        messages.warning(request, _why_not(request, service))
        return redirect("catalog:service", slug)
    key = draft_key(request)
    if key is None:
        return redirect(f"{request.path}?{urlencode({'key': str(uuid4())})}")
    assert service.current is not None
    asked = Asked(ordering.question_of(service.current, at=now))
    opened = WorkRequest.objects.visible_to(request.user).filter(draft_key=key).first()
    if opened and (request.method != "POST" or not opened.is_draft):
        return redirect(question_address(key, asked.question.slug))
    form = make_form(request, asked)
    if request.method == "POST" and form.is_valid():
        return _begin(request, service, form, key)
    status = 422 if request.method == "POST" else 200
    context = question_context(request, asked, form) | {
        "back": reverse("catalog:service", args=[slug]),
        "service": service,
        "compared": choice_of(slug, now=now),
    }
    return render(request, "intake/ask/question.html", context, status=status)


def _why_not(request: PortalRequest, service: Service) -> str:
    if getattr(service, "is_for_them", True):
        return NOT_NOW
    return audience.why_not(service, request.user)


def _begin(request: PortalRequest, service: Service, form: QuestionForm, key: UUID) -> HttpResponse:
    at = database_now()
    today = timezone.localdate(at)
    try:
        ordering.begin(service, form.value(), actor=request.user, at=at, today=today, key=key)
    except submission.StaleAnswerError:
        return redirect(question_address(key, form.question.slug))
    except ordering.NotForThemError:
        return redirect("catalog:service", service.slug)
    except IntegrityError:
        raise Http404 from None
    missing = read_draft(key, request.user).missing()
    if not missing:
        return redirect("intake:ask_check", key)
    return redirect(question_address(key, missing[0].slug))
