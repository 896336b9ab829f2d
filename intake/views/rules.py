"""Looking after the rules of solution language: figures, a test box, changes by two people."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import PortalRequest
from accounts.models import Role
from accounts.moment import database_now
from accounts.policies import role_required
from intake import policies
from intake.forms.rules import RulesForm
from intake.models import RulesVersion
from intake.reading import rules as reading
from intake.reading.marked import marked
from intake.reframe.engine import read
from intake.reframe.rules import RulesError, compile_rules
from intake.reframe.texts import LIMIT
from intake.services import rules

keepers_only = role_required(Role.ADMINISTRATOR, Role.LEAD)


def crumbs(*others: tuple[str, str]) -> list[dict[str, str]]:
    way = [("Manage", reverse("manage")), ("Rules", reverse("intake:rules")), *others]
    return [{"words": words, "address": address} for words, address in way]


@keepers_only
@require_safe
def overview(request: PortalRequest) -> HttpResponse:
    """What is in force and how well it reads; the test box; what waits for a second person."""
    in_force = rules.rules_in_force()
    figures = rules.figures_in_force()
    name, judged = rules.gate_set(figures)
    context = {
        "rules": in_force,
        "figures": reading.measured(figures, {}),
        "gate": {"name": name, "figures": judged, "reasons": rules.below_gate(figures)},
        "proposed": RulesVersion.objects.proposed().select_related("proposed_by"),
        "history": RulesVersion.objects.exclude(state=RulesVersion.State.PROPOSED)
        .select_related("proposed_by", "decided_by")
        .order_by("-number")[:20],
        "watch": reading.watch(),
        "tried": _tried(request.GET.get("text", ""), in_force),
        "document": RulesForm(document=rules.document_in_force()).groups(),
        "crumbs": crumbs(),
    }
    return render(request, "manage/rules.html", context)


def _tried(text: str, with_rules: Any) -> dict[str, Any]:
    """What the rules make of a text in the test box."""
    text = text.replace("\x00", "")[:LIMIT]
    found = read(text, with_rules)
    return {
        "text": text,
        "reading": found,
        "said": marked(text, found),
        "questions": with_rules.questions.get(found.group, ()),
    }


@keepers_only
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: PortalRequest) -> HttpResponse:
    """Change entries, try them out, and put them before a second person."""
    in_force = rules.rules_in_force()
    document = rules.document_in_force()
    posted = request.POST if request.method == "POST" else None
    form = RulesForm(posted, document=document, initial={"base": in_force.version})
    if posted is None:
        return _edit_page(request, form)
    if not form.is_valid() and not _only_note_is_missing(form, posted):
        return _edit_page(request, form, status=422)
    if form.cleaned_data.get("base") != in_force.version:
        form.add_error(None, "Other rules were published meanwhile. Check your change against them")
        return _edit_page(request, form.based_on(in_force.version), status=409)
    return _try_or_propose(request, form)


def _only_note_is_missing(form: RulesForm, posted: Any) -> bool:
    """Trying out needs no reason yet."""
    is_trial = posted.get("do") == "try" and set(form.errors) == {"note"}
    if is_trial:
        del form.errors["note"]
    return is_trial


def _try_or_propose(request: PortalRequest, form: RulesForm) -> HttpResponse:
    edited = form.edited()
    try:
        if request.POST.get("do") == "try":
            after = rules.try_out(edited)
            figures = reading.measured(after, rules.figures_in_force())
            tried = _tried(request.POST.get("text", ""), compile_rules(edited))
            reasons = rules.below_gate(after)
            return _edit_page(request, form, figures=figures, tried=tried, reasons=reasons)
        version = rules.propose(
            edited,
            base=form.cleaned_data["base"],
            note=form.cleaned_data["note"],
            actor=request.user,
            at=database_now(),
        )
    except RulesError as error:
        form.refuse(error)
        return _edit_page(request, form, status=422)
    messages.success(request, f"Rules {version.number} wait for a second person to publish them.")
    return redirect("intake:rules_version", version.number)


def _edit_page(
    request: PortalRequest, form: RulesForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {"form": form, "crumbs": crumbs(("Change the rules", "")), **more}
    return render(request, "manage/rules_edit.html", context, status=status)


@keepers_only
@require_http_methods(["GET", "HEAD", "POST"])
def version(request: PortalRequest, number: int) -> HttpResponse:
    """One version: what it changes, its figures, and the second person's decision."""
    found = get_object_or_404(
        RulesVersion.objects.select_related("proposed_by", "decided_by"), number=number
    )
    if request.method == "POST":
        return _decide(request, found)
    return _version_page(request, found)


def _decide(request: PortalRequest, found: RulesVersion) -> HttpResponse:
    at = database_now()
    may_publish = policies.can_publish_rules(request.user, found)
    may_withdraw = policies.can_withdraw_rules(request.user, found)
    do = request.POST.get("do")
    if do == "withdraw" and may_withdraw:
        rules.withdraw(found, actor=request.user, at=at)
        messages.success(request, f"Rules {found.number} are taken back.")
        return redirect("intake:rules")
    if do != "publish" or not may_publish:
        return _version_page(request, found, status=409)
    try:
        rules.publish(found, actor=request.user, at=at)
    except rules.BelowGateError as error:
        return _version_page(request, found, status=422, refused=error.reasons)
    except rules.StaleRulesError:
        stale = "Other rules were published since this was proposed. Propose the change again"
        return _version_page(request, found, status=409, refused=[stale])
    messages.success(request, f"Rules {found.number} are in force.")
    return redirect("intake:rules")


def _version_page(
    request: PortalRequest,
    found: RulesVersion,
    *,
    status: int = 200,
    refused: list[str] | None = None,
) -> HttpResponse:
    context = {
        "version": found,
        "changes": reading.changes(rules.document_of(found.base), found.in_order),
        "figures": reading.stored(found),
        "can_publish": policies.can_publish_rules(request.user, found),
        "can_withdraw": policies.can_withdraw_rules(request.user, found),
        "is_own": found.proposed_by_id == request.user.pk,
        "refused": refused or [],
        "crumbs": crumbs((f"Rules {found.number}", "")),
    }
    return render(request, "manage/rules_version.html", context, status=status)
