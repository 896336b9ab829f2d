"""Choosing a password: after an invitation, or because it was forgotten."""

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.tokens import default_token_generator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlsafe_base64_decode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.moment import database_now
from intake.forms.members import ForgottenForm, PasswordForm
from intake.services.members import choose_password, forgot_password

FORM_METHODS = ["GET", "HEAD", "POST"]


@require_http_methods(FORM_METHODS)
def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for a mail. The answer is the same whoever has the address, so that it tells nothing."""
    form = ForgottenForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "account/forgotten.html", {"form": form}, status=status)
    address = form.cleaned_data["email"].lower()
    if refused := ratelimit.consume_or_429(request, action="reset_password", key=address):
        return refused
    forgot_password(form.cleaned_data["email"], at=database_now())
    return render(request, "account/forgotten_sent.html", {"address": form.cleaned_data["email"]})


@sensitive_post_parameters()
@never_cache
@require_http_methods(FORM_METHODS)
def choose(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    """Set a password by the link of a mail, which works once and for three days."""
    person = _person(uid)
    if person is None or not default_token_generator.check_token(person, token):
        return render(request, "account/link_over.html", status=410)
    form = PasswordForm(request.POST if request.method == "POST" else None, person=person)
    if form.is_valid():
        choose_password(person, form.cleaned_data["password"], at=database_now())
        messages.success(request, "Your password is set. Sign in with it.")
        return redirect("account_login")
    context = {"form": form, "member": person}
    response = render(
        request, "account/choose_password.html", context, status=422 if form.errors else 200
    )
    # The link must not travel on to another site. "no-referrer" would also empty the origin of the
    # form's own POST, which is then refused as a stranger's.
    response["Referrer-Policy"] = "same-origin"
    return response


def _person(uid: str) -> User | None:
    try:
        pk = int(urlsafe_base64_decode(uid).decode())
    except (ValueError, UnicodeDecodeError):
        return None
    return User.objects.filter(pk=pk, is_active=True).first() if 0 < pk < 2**63 else None
