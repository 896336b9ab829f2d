"""Outcome promises of a service: their definitions, readings, and how the months went."""

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import PortalRequest
from accounts.moment import database_now
from accounts.policies import require
from catalog import outcome_policies as policies
from catalog import reading_files
from catalog.judging import Judged, version_for
from catalog.models import Measurement, MetricVersion, OutcomeMetric, Service
from catalog.outcome_forms import DefinitionForm, ExcludeForm, FileForm, ReadingForm
from catalog.outcome_record import OutcomeLine, months_until, outcome_lines
from catalog.services import outcomes as acts

SHOWN = 200


def _service(slug: str) -> Service:
    return get_object_or_404(Service.objects.select_related("current"), slug=slug)


def _metric(slug: str, outcome: str) -> OutcomeMetric:
    found = OutcomeMetric.objects.select_related("service__current", "owner")
    return get_object_or_404(found, service__slug=slug, slug=outcome)


def _version(metric: OutcomeMetric, now: datetime) -> MetricVersion:
    """The definition that a reading of today falls under; the first one before it begins."""
    versions = list(metric.versions.select_related("calendar", "approved_by"))
    return version_for(versions, timezone.localdate(now)) or versions[-1]


def _crumbs(service: Service, *others: tuple[str, str]) -> list[dict[str, str]]:
    way = [
        ("Services", reverse("catalog:services")),
        (str(service), reverse("catalog:service", args=[service.slug])),
        ("Outcome promises", reverse("catalog:outcomes", args=[service.slug])),
        *others,
    ]
    last = len(way) - 1
    return [
        {"words": words, "address": "" if number == last else address}
        for number, (words, address) in enumerate(way)
    ]


@require_http_methods(["GET", "HEAD"])
@login_required
def outcomes(request: PortalRequest, slug: str) -> HttpResponse:
    """Every outcome promise of a service, with its last six months."""
    require(policies.can_see(request.user))
    service, now = _service(slug), database_now()
    months = months_until(timezone.localdate(now))
    context = {
        "service": service,
        "months": months,
        "lines": outcome_lines(service.metrics.select_related("service"), months, now=now),
        "can_define": policies.can_define(request.user),
        "crumbs": _crumbs(service),
    }
    return render(request, "catalog/outcomes/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def define(request: PortalRequest, slug: str) -> HttpResponse:
    """Promise something about the results of a service."""
    require(policies.can_define(request.user))
    service = _service(slug)
    first = {"effective_from": f"{timezone.localdate():%Y-%m}", "compliance_target": 95}
    form = DefinitionForm(request.POST or None, is_new=True, initial=first)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        metric = acts.define(
            service,
            name=given["name"],
            question=given["question"],
            owner=request.user,
            terms=form.terms(),
            actor=request.user,
            at=database_now(),
        )
        messages.success(request, f"{metric.name} is promised now.")
        return redirect("catalog:outcome", slug=slug, outcome=metric.slug)
    crumbs = _crumbs(service, ("New promise", ""))
    return _form_page(request, service, None, form, crumbs)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def redefine(request: PortalRequest, slug: str, outcome: str) -> HttpResponse:
    """Promise something else from a month on."""
    require(policies.can_define(request.user))
    metric, now = _metric(slug, outcome), database_now()
    form = DefinitionForm(request.POST or None, is_new=False, initial=_as_typed(metric, now))
    if request.method == "POST" and form.is_valid():
        try:
            acts.redefine(metric, terms=form.terms(), actor=request.user, at=now)
        except acts.TooEarlyError:
            form.add_error("effective_from", "Enter a month not before the last change")
        else:
            messages.success(request, "Saved. Months before keep what they were promised.")
            return redirect("catalog:outcome", slug=slug, outcome=outcome)
    way = (metric.name, reverse("catalog:outcome", args=[slug, outcome]))
    return _form_page(
        request, metric.service, metric, form, _crumbs(metric.service, way, ("Change", ""))
    )


def _as_typed(metric: OutcomeMetric, now: datetime) -> dict[str, Any]:
    version = metric.versions.latest("number")
    names = ("kind", "population", "starts_and_ends", "excludes", "evidence", "operator", "limit")
    typed = {name: getattr(version, name) for name in names}
    return typed | {
        "calendar": version.calendar_id,
        "compliance_target": version.compliance_target,
        "min_sample": version.min_sample,
        "effective_from": f"{timezone.localdate(now):%Y-%m}",
    }


def _form_page(
    request: PortalRequest,
    service: Service,
    metric: OutcomeMetric | None,
    form: DefinitionForm,
    crumbs: list[dict[str, str]],
) -> HttpResponse:
    problems = form.problems() if form.is_bound else []
    context = {
        "service": service,
        "metric": metric,
        "form": form,
        "problems": problems,
        "crumbs": crumbs,
    }
    status = 422 if problems else 200
    return render(request, "catalog/outcomes/definition.html", context, status=status)


@require_http_methods(["GET", "HEAD"])
@login_required
def outcome(request: PortalRequest, slug: str, outcome: str) -> HttpResponse:
    """One promise: what it says, its months, and the readings of one of them."""
    require(policies.can_see(request.user))
    return _page(request, _metric(slug, outcome), database_now())


def _page(
    request: PortalRequest,
    metric: OutcomeMetric,
    now: datetime,
    form: ReadingForm | None = None,
) -> HttpResponse:
    months = months_until(timezone.localdate(now))
    [line] = outcome_lines([metric], months, now=now)
    version = _version(metric, now)
    month = _asked_month(request, line)
    items = next((m.items for m in line.months if m.month == month), [])
    problems = form.problems() if form else []
    context = {
        "metric": metric,
        "service": metric.service,
        "line": line,
        "definition": version,
        "versions": list(metric.versions.select_related("approved_by")),
        "month": month,
        "items": [(item, _may_approve(request, item)) for item in items[:SHOWN]],
        "more": max(len(items) - SHOWN, 0),
        "reading_form": form or ReadingForm(kind=version.kind, now=now),
        "can_measure": policies.can_measure(request.user),
        "can_define": policies.can_define(request.user),
        "problems": problems,
        "crumbs": _crumbs(metric.service, (metric.name, "")),
    }
    status = 422 if problems else 200
    return render(request, "catalog/outcomes/outcome.html", context, status=status)


def _asked_month(request: PortalRequest, line: OutcomeLine) -> date:
    asked = request.GET.get("month", "")
    known = {f"{month.month:%Y-%m}": month.month for month in line.months}
    return known.get(asked, line.months[-1].month)


def _may_approve(request: PortalRequest, item: Judged) -> bool:
    return policies.can_approve(request.user, item.reading)


@require_POST
@login_required
def measure(request: PortalRequest, slug: str, outcome: str) -> HttpResponse:
    """Take one reading."""
    require(policies.can_measure(request.user))
    metric, now = _metric(slug, outcome), database_now()
    form = ReadingForm(request.POST, kind=_version(metric, now).kind, now=now)
    if form.is_valid():
        try:
            acts.measure(metric, form.reading(), actor=request.user, at=now)
        except acts.ReadingExistsError:
            words = "It was read before, with other values. What was judged is not rewritten"
            form.add_error("reference", words)
        else:
            messages.success(request, "The reading was taken.")
            return redirect("catalog:outcome", slug=slug, outcome=outcome)
    return _page(request, metric, now, form)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def bring(request: PortalRequest, slug: str, outcome: str) -> HttpResponse:
    """Take readings from a CSV file: a preview first, then for good."""
    require(policies.can_measure(request.user))
    metric, now = _metric(slug, outcome), database_now()
    kind = _version(metric, now).kind
    form = FileForm(request.POST or None, request.FILES or None)
    report, text = None, ""
    if request.method == "POST" and form.is_valid():
        text = _text_of(form)
        if text:
            is_trial = request.POST.get("do") != "import"
            report = reading_files.take(
                metric, kind, text, actor=request.user, at=now, is_trial=is_trial
            )
            if not is_trial and not report.problem:
                messages.success(request, _report_words(report))
                return redirect("catalog:outcome", slug=slug, outcome=outcome)
    way = (metric.name, reverse("catalog:outcome", args=[slug, outcome]))
    problems = form.problems() if form.is_bound else []
    context = {
        "metric": metric,
        "service": metric.service,
        "form": form,
        "report": report,
        "text": text,
        "columns": reading_files.columns_of(kind),
        "problems": problems,
        "crumbs": _crumbs(metric.service, way, ("Import readings", "")),
    }
    failed = bool(problems or (report and report.problem))
    return render(request, "catalog/outcomes/import.html", context, status=422 if failed else 200)


def _text_of(form: FileForm) -> str:
    """The text of the file, or what the preview carried along; empty with an error beside it."""
    upload = form.cleaned_data.get("file")
    if not isinstance(upload, UploadedFile):
        carried = str(form.cleaned_data.get("text") or "")
        if not carried:
            form.add_error("file", "Choose a CSV file")
        return carried
    try:
        return reading_files.decoded(upload.read(reading_files.MOST_BYTES + 1))
    except ValueError as error:
        form.add_error("file", str(error))
        return ""


def _report_words(report: reading_files.Report) -> str:
    words = f"{report.taken} readings were taken, {report.known} were there already"
    refused = f", {len(report.refused)} were refused" if report.refused else ""
    return f"{words}{refused}."


def _reading(slug: str, outcome: str, reading: int) -> Measurement:
    found = Measurement.objects.select_related("metric__service__current", "excluded_by")
    return get_object_or_404(found, pk=reading, metric__slug=outcome, metric__service__slug=slug)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def exclude(request: PortalRequest, slug: str, outcome: str, reading: int) -> HttpResponse:
    """Ask to leave a reading out, with the reason."""
    require(policies.can_measure(request.user))
    found = _reading(slug, outcome, reading)
    form = ExcludeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        acts.exclude(
            found, reason=form.cleaned_data["reason"], actor=request.user, at=database_now()
        )
        messages.success(request, "It counts until somebody else approves that it is left out.")
        return redirect("catalog:outcome", slug=slug, outcome=outcome)
    way = (found.metric.name, reverse("catalog:outcome", args=[slug, outcome]))
    context = {
        "reading": found,
        "metric": found.metric,
        "form": form,
        "problems": form.problems() if form.is_bound else [],
        "crumbs": _crumbs(found.metric.service, way, ("Leave out", "")),
    }
    status = 422 if form.is_bound else 200
    return render(request, "catalog/outcomes/exclude.html", context, status=status)


@require_POST
@login_required
def approve(request: PortalRequest, slug: str, outcome: str, reading: int) -> HttpResponse:
    """Approve that a reading is left out."""
    require(policies.can_see(request.user))
    acts.approve_exclusion(_reading(slug, outcome, reading), actor=request.user, at=database_now())
    messages.success(request, "It is left out now.")
    return redirect("catalog:outcome", slug=slug, outcome=outcome)
