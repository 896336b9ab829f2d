"""People, for administrators: who there is, with which roles, and who takes over from whom."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.exporting import asked_format, table_file
from accounts.http import PortalRequest
from accounts.models import User
from accounts.moment import database_now
from accounts.policies import administrators_only
from intake.forms.members import FindForm, InvitationForm, LeavingForm, MemberForm
from intake.services import members
from intake.views.requests import number_in
from notifications.models import OutboxMessage

PER_PAGE = 50
FORM_METHODS = ["GET", "HEAD", "POST"]
FIRST = "Give another person the role first"
HEAD = ("Name", "Mail address", "Roles", "Area", "Active", "Last signed in", "Mail bounced")


@require_safe
@administrators_only
def people(request: PortalRequest) -> HttpResponse:
    """Everybody by name; those who left on a page of their own."""
    form = FindForm(request.GET)
    form.is_valid()
    found = _found(form.cleaned_data)
    if request.GET.get("format"):
        return table_file("people", HEAD, _rows(found), kind=asked_format(request.GET))
    page = max(number_in(request.GET, "page") or 1, 1)
    start = (page - 1) * PER_PAGE
    rows = list(found[start : start + PER_PAGE + 1])
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "query": query.urlencode(),
        "people": rows[:PER_PAGE],
        "form": form,
        "who": form.cleaned_data.get("who", ""),
        "is_narrowed": any(form.cleaned_data.get(name) for name in ("q", "role")),
        "previous": _page_address(query, page - 1) if page > 1 else "",
        "next": _page_address(query, page + 1) if len(rows) > PER_PAGE else "",
    }
    return render(request, "manage/people.html", context)


def _found(asked: dict[str, Any]) -> Any:
    """What can't be read narrows nothing."""
    found = User.objects.with_roles().filter(is_active=asked.get("who") != "left")
    if q := asked.get("q"):
        found = found.filter(Q(name__icontains=q) | Q(email__icontains=q))
    if role := asked.get("role"):
        found = found.filter(pk__in=User.objects.filter(groups__name=role).values("pk"))
    bounced = OutboxMessage.objects.dead().filter(recipient=OuterRef("pk"))
    return found.annotate(has_bounced=Exists(bounced)).order_by("name", "id")


def _rows(found: Any) -> Iterator[tuple[Any, ...]]:
    for person in found.iterator(chunk_size=1000):
        yield (
            person.name,
            person.email,
            ", ".join(sorted(person.roles)),
            person.department or "",
            "yes" if person.is_active else "no",
            timezone.localtime(person.last_login) if person.last_login else "",
            "yes" if person.has_bounced else "no",
        )


def _page_address(query: Any, page: int) -> str:
    query["page"] = str(page)
    return f"?{query.urlencode()}"


@require_http_methods(FORM_METHODS)
@administrators_only
def invite(request: PortalRequest) -> HttpResponse:
    """Invite somebody: they get a mail with which they choose a password."""
    form = InvitationForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            person = members.invite(**form.given(), actor=request.user, at=database_now())
        except members.KnownAddressError as error:
            form.add_error("email", f"{error.person.name} has this address already")
        else:
            messages.success(request, f"{person.name} is invited. The mail is on its way.")
            return redirect("intake:member", person.pk)
    return _form_page(request, "manage/person_new.html", {"form": form})


def _form_page(request: PortalRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    status = 422 if context["form"].errors else 200
    return render(request, template, context, status=status)


@require_http_methods(FORM_METHODS)
@administrators_only
def member(request: PortalRequest, person: int) -> HttpResponse:
    """One person: name, area, roles; and what can be done."""
    found = _person(person)
    form = MemberForm(request.POST if request.method == "POST" else None, initial=_set_of(found))
    if form.is_valid():
        try:
            members.change(found, **form.given(), actor=request.user, at=database_now())
        except members.LastAdministratorError:
            form.add_error(
                "roles", "Somebody has to stay administrator. Give another person the role first"
            )
        else:
            messages.success(request, f"{form.cleaned_data['name']} was saved.")
            return redirect("intake:member", found.pk)
    bounced = OutboxMessage.objects.dead().filter(recipient=found).order_by("-pk")[:3]
    return _form_page(
        request, "manage/person.html", {"form": form, "member": found, "bounced": bounced}
    )


def _person(pk: int) -> User:
    return get_object_or_404(User.objects.with_roles(), pk=pk)


def _set_of(person: User) -> dict[str, Any]:
    return {
        "name": person.name,
        "phone": person.phone,
        "department": person.department_id,
        "roles": sorted(person.roles),
        "sponsored": list(person.sponsored.all()),
    }


@require_http_methods(FORM_METHODS)
@administrators_only
def leave(request: PortalRequest, person: int) -> HttpResponse:
    """Somebody leaves: who takes over what is open, then their access ends."""
    found = _person(person)
    if not found.is_active or found.pk == request.user.pk:
        return redirect("intake:member", found.pk)
    asked, worked = members.open_of(found)
    form = LeavingForm(
        request.POST if request.method == "POST" else None,
        person=found,
        has_asked=bool(asked),
        has_worked=bool(worked),
    )
    if form.is_bound and form.is_valid():
        try:
            _leave(request, found, form)
        except members.NeedsSuccessorError:
            form.add_error(None, "More work was begun meanwhile. Look at it, then send again")
        except members.OwnRequestError as error:
            words = f"{error.reference} would be asked for and worked by one person. Select another"
            form.add_error(None, words)
        except members.LastAdministratorError:
            form.add_error(
                None, "They are the last administrator. Give another person the role first"
            )
        else:
            messages.success(request, f"{found.name} has left. What was open has been handed over.")
            return redirect("intake:members")
    context = {"form": form, "member": found, "asked": asked, "worked": worked}
    return _form_page(request, "manage/person_leaves.html", context)


def _leave(request: PortalRequest, person: User, form: LeavingForm) -> None:
    members.leave(
        person,
        requester=form.cleaned_data.get("requester"),
        analyst=form.cleaned_data.get("analyst"),
        actor=request.user,
        at=database_now(),
    )


@require_POST
@administrators_only
def come_back(request: PortalRequest, person: int) -> HttpResponse:
    found = _person(person)
    members.come_back(found, actor=request.user, at=database_now())
    messages.success(request, f"{found.name} can sign in again.")
    return redirect("intake:member", found.pk)


@require_POST
@administrators_only
def invite_again(request: PortalRequest, person: int) -> HttpResponse:
    found = _person(person)
    members.invite_again(found, actor=request.user, at=database_now())
    messages.success(request, f"The invitation to {found.email} is on its way once more.")
    return redirect("intake:member", found.pk)
