"""Pages about the API: a person's tokens, and its description to read and try."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import PortalRequest
from accounts.moment import database_now
from api import services
from api.forms import TokenForm
from api.models import Token

SHOWN = 50


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def tokens(request: PortalRequest) -> HttpResponse:
    """What a program needs to speak for this person. A new secret is shown once, right here."""
    now = database_now()
    form = TokenForm(request.POST if request.method == "POST" else None)
    made: dict[str, Any] = {}
    if form.is_valid():
        person = request.user
        try:
            token, secret = services.make_token(person, **form.cleaned_data, actor=person, at=now)
        except services.TooManyTokensError:
            form.add_error(None, "You have 20 tokens. Take one back first")
        else:
            made = {"made": token, "secret": secret}
            form = TokenForm()
    found = Token.objects.filter(person=request.user)
    context = {"form": form, "tokens": found[:SHOWN], "now": now, **made}
    return render(request, "api/tokens.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def revoke(request: PortalRequest, token: int) -> HttpResponse:
    found = get_object_or_404(Token.objects.filter(person=request.user), pk=token)
    services.revoke(found, actor=request.user, at=database_now())
    messages.success(request, f"“{found.name}” works no longer.")
    return redirect("api:tokens")


@require_safe
@login_required
def docs(request: HttpRequest) -> HttpResponse:
    """The API to read and to try, from files of our own."""
    return render(request, "api/docs.html")


@require_safe
def docs_script(request: HttpRequest) -> HttpResponse:
    """What starts the page; a file of its own, since the page may hold no script."""
    context = {"schema": reverse("api:schema")}
    return render(request, "api/docs.js", context, content_type="text/javascript")
