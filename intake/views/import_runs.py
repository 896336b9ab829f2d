"""Bringing an old queue in: upload, columns, preview, progress, report, undo."""

from typing import Any

from django.contrib import messages
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.exporting import asked_format, table_file
from accounts.http import PortalRequest
from accounts.models import Role
from accounts.moment import database_now
from accounts.policies import role_required
from intake.forms.imports import MOST, ColumnsForm, UploadForm
from intake.importing.columns import MappingError
from intake.importing.csv_file import UnreadableFileError
from intake.models import ImportRun
from intake.services import import_runs

SHOWN = 100
RUNS = 25
FORM_METHODS = ["GET", "HEAD", "POST"]
may_import = role_required(Role.ADMINISTRATOR, Role.LEAD)
State = ImportRun.State


class BoundedHandler(TemporaryFileUploadHandler):
    """Takes a whole queue in, and stops writing what is over the limit."""

    kept = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self.kept <= MOST:
            self.file.write(raw_data)
            self.kept += len(raw_data)


@csrf_exempt  # The handler has to be set before the token is read; the view itself is protected.
@may_import
@require_http_methods(FORM_METHODS)
def imports(request: PortalRequest) -> HttpResponse:
    """Upload a file, and see what became of earlier ones."""
    request.upload_handlers = [BoundedHandler(request)]
    return _imports(request)


@csrf_protect
def _imports(request: PortalRequest) -> HttpResponse:
    is_sent = request.method == "POST"
    form = UploadForm(request.POST if is_sent else None, request.FILES if is_sent else None)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            run = import_runs.keep(file, name=file.name, actor=request.user, at=database_now())
        except UnreadableFileError as error:
            form.add_error("file", error.reason)
        else:
            return redirect("intake:import_run", run.pk)
    context = {
        "form": form,
        "problems": form.problems() if form.is_bound else [],
        "runs": ImportRun.objects.select_related("by")[:RUNS],
    }
    status = 422 if form.errors else 200
    return render(request, "manage/imports.html", context, status=status)


@require_http_methods(FORM_METHODS)
@may_import
def import_run(request: PortalRequest, run: int) -> HttpResponse:
    """One import, as far as it is."""
    found = _run(run)
    if found.state == State.MAPPING:
        return _columns(request, found)
    if request.method == "POST":
        return redirect("intake:import_run", found.pk)
    context = {
        "run": found,
        "refusals": found.refusals.all()[:SHOWN],
        "can_undo": found.state in (State.DONE, State.FAILED)
        and found.new > 0
        and not import_runs.is_touched(found),
    }
    return render(request, "manage/import_run.html", context)


def _run(pk: int) -> ImportRun:
    return get_object_or_404(ImportRun.objects.select_related("by"), pk=min(pk, 2**62))


def _columns(request: PortalRequest, run: ImportRun) -> HttpResponse:
    """Say which column holds what; see the first rows; begin."""
    data = request.POST if request.method == "POST" else None
    form = ColumnsForm(data, columns=run.columns)
    context: dict[str, Any] = {"run": run, "form": form}
    if form.is_valid():
        at = database_now()
        try:
            context["outlook"] = import_runs.look(run, form.terms(), actor=request.user, at=at)
            if request.POST.get("do") == "begin":
                import_runs.begin(run, form.terms(), actor=request.user, at=at)
                return redirect("intake:import_run", run.pk)
        except (MappingError, UnreadableFileError) as error:
            form.add_error(None, error.reason)
        except FileNotFoundError:
            form.add_error(None, "The file is gone. Upload it again")
        except import_runs.UnderWayError:
            return redirect("intake:import_run", run.pk)
    context["problems"] = form.problems() if form.is_bound else []
    status = 422 if form.errors else 200
    return render(request, "manage/import_columns.html", context, status=status)


@require_safe
@may_import
def refused(request: PortalRequest, run: int) -> HttpResponse:
    """Every row that was not brought in, with its line and the reason, as a file."""
    found = _run(run)
    rows = (
        (row.line, row.reason, "yes" if row.is_finished else "no")
        for row in found.refusals.iterator(chunk_size=1000)
    )
    head = ("Line", "Reason", "Finished in the old queue")
    return table_file(f"refused-{found.pk}", head, rows, kind=asked_format(request.GET))


@require_POST
@may_import
def undo(request: PortalRequest, run: int) -> HttpResponse:
    found = _run(run)
    try:
        import_runs.undo(found, actor=request.user, at=database_now())
    except import_runs.TouchedError:
        messages.error(request, "Something has happened on these requests. They stay.")
    return redirect("intake:import_run", found.pk)
