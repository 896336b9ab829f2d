"""Who takes part in a request and who may see it (ux.md 5.5); asking for access (4.6)."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import PortalRequest
from accounts.moment import database_now
from accounts.policies import require
from intake import policies
from intake.forms.dialogue import AccessForm, AddPersonForm, AudienceForm
from intake.reading.request_page import RequestPage
from intake.services import access
from intake.services import people as service
from intake.services.people import AlreadyPartError
from intake.views.loading import of_request


@require_http_methods(["GET", "HEAD", "POST"])
@of_request
def people(request: PortalRequest, page: RequestPage) -> HttpResponse:
    """Everybody on the request with their part; add somebody."""
    form = AddPersonForm(request.POST if request.method == "POST" else None)
    if not form.is_bound:
        return _people(request, page, form)
    require(policies.can_change_people(request.user, page.work))
    if not form.is_valid():
        return _people(request, page, form)
    person = form.cleaned_data["email"]
    try:
        service.add(
            page.work,
            person=person,
            part=form.cleaned_data["part"],
            actor=request.user,
            at=database_now(),
        )
    except AlreadyPartError:
        form.add_error("email", f"{person.name} is on this request already")
        return _people(request, page, form)
    messages.success(request, f"{person.name} takes part now and was told by mail.")
    return redirect(page.address("people"))


def _people(request: PortalRequest, page: RequestPage, form: AddPersonForm) -> HttpResponse:
    work = page.work
    chosen = "department" if work.is_for_department else "named"
    context = page.shown_on("people").context(
        form=form,
        problems=form.problems() if form.is_bound else [],
        audience=AudienceForm(initial={"audience": chosen}),
        may_change=policies.can_change_people(request.user, work),
    )
    status = 422 if form.is_bound else 200
    return render(request, "intake/requests/people.html", context, status=status)


@require_POST
@of_request
def remove_person(request: PortalRequest, page: RequestPage, person: int) -> HttpResponse:
    """Let somebody no longer take part; twice is once."""
    require(policies.can_change_people(request.user, page.work))
    found = next((one for one in page.participants if one.pk == person), None)
    if found:
        service.remove(page.work, found, actor=request.user, at=database_now())
        messages.success(request, f"{found.person.name} no longer takes part.")
    return redirect(page.address("people"))


@require_POST
@of_request
def change_audience(request: PortalRequest, page: RequestPage) -> HttpResponse:
    require(policies.can_change_people(request.user, page.work))
    form = AudienceForm(request.POST)
    if not form.is_valid():
        return _people(request, page, AddPersonForm())
    shown = form.cleaned_data["audience"] == "department"
    service.show_to_department(page.work, shown=shown, actor=request.user, at=database_now())
    messages.success(request, "Kept. This is who may see it from now on.")
    return redirect(page.address("people"))


@require_POST
@login_required
def ask_access(request: PortalRequest, reference: str) -> HttpResponse:
    """Ask those on a request to be let in.

    The answer is the same whether there is such a request or not, so that nobody learns which
    references exist.
    """
    form = AccessForm(request.POST)
    why = form.cleaned_data["why"] if form.is_valid() else ""
    access.ask(reference, why=why, actor=request.user, at=database_now())
    return render(request, "intake/requests/access_asked.html", status=404)
