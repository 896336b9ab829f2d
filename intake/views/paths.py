"""The decision path: its editor in the ask journey and on a request, its picture, its text."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms import PortalForm, Problem
from accounts.http import PortalRequest
from accounts.moment import database_now
from accounts.policies import require
from intake import policies
from intake.forms.paths import TOO_MANY, PathTextForm, StepForm, initial_of
from intake.models import DecisionPath, PathStep, WorkRequest
from intake.reading import paths as reading
from intake.reading.path_text import as_text
from intake.services import paths as service
from intake.services.drafts import Draft
from intake.services.lifecycle import ConflictError
from intake.services.paths import NoSuchStepError, StalePathError, TooManyStepsError
from intake.views.ask import LATER, TOGETHER
from intake.views.ask_pages import came_from_check, question_address
from intake.views.conflict import typed_in
from intake.views.path_place import Place, placed

Version = DecisionPath.Version
STYLE = Path(__file__).resolve().parents[2] / "static/css/path.css"
METHODS = ["GET", "HEAD", "POST"]
MOST_DIGITS = 9
GONE = (NoSuchStepError, StalePathError)


@require_http_methods(METHODS)
@placed
def editor(request: PortalRequest, place: Place) -> HttpResponse:
    """The sentence, the picture and the list of steps; on a request both versions compared.

    In the ask journey this is a question: "Continue" and "Do this with us" lead on from here.
    """
    if request.method != "POST":
        return _editor(place)
    if place.draft is None:
        return redirect(place.home)
    if request.POST.get("then") == TOGETHER:
        service.leave_for_the_talk(place.work, actor=request.user, at=database_now())
    elif not place.steps:
        problems = [Problem("#add-step", 'Add the first step, or choose "Do this with us"')]
        return _editor(place, status=422, problems=problems)
    return redirect(following_address(request, place.draft, service.QUESTION))


def following_address(request: PortalRequest, draft: Draft, slug: str) -> str:
    """What comes after this question: the check page, the next open one, or the task list."""
    key = draft.work.draft_key
    if came_from_check(request):
        return reverse("intake:ask_check", args=[key])
    here = draft.question(slug)
    following = draft.next_in_part(here) if here else None
    is_open = following and following.slug != slug
    if following and is_open and request.POST.get("then") != LATER:
        return question_address(key, following.slug)
    return reverse("intake:ask_draft", args=[key])


def _editor(place: Place, *, status: int = 200, **more: Any) -> HttpResponse:
    context = _context(place, **more)
    if place.page and place.version == Version.TODAY:
        context |= _agreed(place)
    return render(place.request, place.template, context, status=status)


def _context(place: Place, **more: Any) -> dict[str, Any]:
    context: dict[str, Any] = {"place": place, "rows": place.rows(), **more}
    if place.page:
        context |= place.page.shown_on("path").context()
    return context | {"work": place.work}


def _agreed(place: Place) -> dict[str, Any]:
    """The agreed path below today's, and the two compared."""
    agreed = Place(place.request, place.work, Version.AGREED, page=place.page)
    if not agreed.steps:
        return {"may_agree": agreed.may_edit and bool(place.steps), "agreed": agreed}
    compared = reading.compared(place.steps, agreed.steps) if place.steps else []
    return {"agreed": agreed, "agreed_rows": agreed.rows(), "compared": compared}


@require_http_methods(METHODS)
@placed
def new_step(request: PortalRequest, place: Place) -> HttpResponse:
    """Add a step, at the end or before another one."""
    require(place.may_edit)
    before = _number(request.GET.get("before"))
    form = StepForm(_posted(request), initial={"seen": place.number})
    if request.method != "POST" and place.is_full:
        messages.info(request, f"{TOO_MANY}.")
        return redirect(place.home)
    if not form.is_valid():
        return _form_page(place, form, n=None, before=before)

    def do() -> PathStep:
        return service.add_step(
            place.work,
            place.version,
            fields=form.step(),
            before=before,
            actor=request.user,
            at=database_now(),
        )

    return _change(place, do, form=form, n=None, said="Step {n} added")


@require_http_methods(METHODS)
@placed
def step(request: PortalRequest, place: Place, n: int) -> HttpResponse:
    """One step: each on its own page, or in place of its row."""
    require(place.may_edit)
    found = place.step(n)
    form = StepForm(_posted(request), initial=initial_of(found) | {"seen": place.number})
    if not form.is_valid():
        return _form_page(place, form, n=n)

    def do() -> PathStep:
        return service.change_step(
            place.work,
            place.version,
            n,
            fields=form.step(),
            actor=request.user,
            at=database_now(),
            seen=form.cleaned_data["seen"],
        )

    return _change(place, do, form=form, n=n, said="Step {n} changed")


@require_POST
@placed
def move(request: PortalRequest, place: Place, n: int) -> HttpResponse:
    """Let a step change places with its neighbour; the focus goes with it."""
    require(place.may_edit)
    up = request.POST.get("to") != "down"

    def do() -> PathStep:
        return service.move_step(
            place.work,
            place.version,
            n,
            up=up,
            actor=request.user,
            at=database_now(),
            seen=_number(request.POST.get("seen")),
        )

    return _change(place, do, form=None, n=n, said=f"Step {n} is now step {{n}}")


@require_POST
@placed
def delete(request: PortalRequest, place: Place, n: int) -> HttpResponse:
    """Take a step out; the focus goes to the one that follows."""
    require(place.may_edit)
    try:
        what = service.delete_step(
            place.work,
            place.version,
            n,
            actor=request.user,
            at=database_now(),
            seen=_number(request.POST.get("seen")),
        )
    except GONE:
        return _stale(place)
    except ConflictError:
        return _moved_on(place)
    return _after(place, focus=n, said=f"Deleted: {what}")


@require_http_methods(METHODS)
@placed
def text(request: PortalRequest, place: Place) -> HttpResponse:
    """The path as plain text, to copy; and the same read back."""
    initial = {"text": as_text(place.steps) if place.steps else "", "seen": place.number}
    form = PathTextForm(_posted(request), initial=initial)
    if form.is_bound:
        require(place.may_edit)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        context = _context(place, form=form, back=place.home)
        return render(request, "intake/paths/text.html", context, status=status)
    try:
        service.replace_steps(
            place.work,
            place.version,
            steps=form.steps,
            actor=request.user,
            at=database_now(),
            seen=form.cleaned_data["seen"],
        )
    except StalePathError:
        return _stale(place, form)
    except ConflictError:
        return _moved_on(place)
    messages.success(request, "The path was read from your text.")
    return redirect(place.home)


@require_POST
@placed
def begin_agreed(request: PortalRequest, place: Place) -> HttpResponse:
    """Start the agreed path from a copy of today's."""
    require(policies.can_edit_path(request.user, place.work, Version.AGREED))
    service.begin_agreed(place.work, actor=request.user, at=database_now())
    return redirect("intake:path_agreed", place.work.reference)


def _change(
    place: Place, do: Callable[[], PathStep], *, form: PortalForm | None, n: int | None, said: str
) -> HttpResponse:
    try:
        changed = do()
    except GONE:
        return _stale(place, form)
    except TooManyStepsError:
        assert form is not None
        form.add_error(None, TOO_MANY)
        return _form_page(place, form, n=n)
    except ConflictError:
        return _moved_on(place)
    return _after(place, focus=changed.position, said=said.format(n=changed.position))


def _after(place: Place, *, focus: int, said: str) -> HttpResponse:
    """Back to the list, at the step's heading."""
    now = place.fresh()
    focus = min(focus, len(now.steps))
    if place.request.htmx:
        context = _context(now, focus=focus, said=said)
        response = render(place.request, "intake/paths/_path.html", context)
        response["HX-Retarget"], response["HX-Reswap"] = "#path", "outerHTML"
        return response
    messages.success(place.request, f"{said}.")
    return redirect(f"{now.home}#{f'step-{focus}' if focus else 'path-steps'}")


def _form_page(
    place: Place, form: PortalForm, *, n: int | None, before: int | None = None
) -> HttpResponse:
    context = _context(place, form=form, n=n, before=before, back=place.home)
    in_place = place.request.htmx and n is not None
    part = "intake/paths/_step_form.html" if in_place else "intake/paths/step.html"
    status = 422 if form.is_bound else 200
    return render(place.request, part, context, status=status)


def _stale(place: Place, form: PortalForm | None = None) -> HttpResponse:
    """Somebody changed the path meanwhile: show it as it is, and give back what was typed."""
    now = place.fresh()
    context = _context(now, typed=typed_in(form) if form else [], changed=now.path)
    response = render(place.request, "intake/paths/conflict.html", context, status=409)
    if place.request.htmx:
        response["HX-Retarget"], response["HX-Reswap"] = "#main", "outerHTML"
        response["HX-Reselect"] = "#main"
    return response


def _moved_on(place: Place) -> HttpResponse:
    """The draft was sent, or a proposal was accepted, since the page was opened."""
    work = WorkRequest.objects.get(pk=place.work.pk)
    if work.is_draft:
        raise PermissionDenied
    messages.info(place.request, "This went on meanwhile. Here is where it stands.")
    return redirect("intake:path_today", work.reference)


@require_safe
@placed
def picture(request: PortalRequest, place: Place) -> HttpResponse:
    """The picture as a file that stands alone, for the PMO."""
    if not (place.page and place.page.sees_internal and place.picture):
        raise Http404
    context = {"place": place, "picture": place.picture, "is_file": True, "style": _style()}
    response = render(
        request, "intake/paths/picture.svg", context, content_type="image/svg+xml; charset=utf-8"
    )
    name = f"{place.work.reference}-path-{place.version}.svg"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@cache
def _style() -> str:
    """The rules of the picture, which a file of its own has to bring along."""
    return STYLE.read_text(encoding="utf-8")


@require_safe
@login_required
def breaks(request: PortalRequest) -> HttpResponse:
    """Where decision paths break across all requests, by kind and by who is there."""
    if not (request.user.is_pmo or request.user.is_sponsor):
        raise PermissionDenied
    context = {
        "by_kind": reading.breaks_by("break_kind", request.user),
        "by_actor": reading.breaks_by("actor", request.user),
        "now": timezone.now(),
    }
    return render(request, "intake/paths/breaks.html", context)


def _posted(request: PortalRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _number(given: str | None) -> int | None:
    is_number = bool(given) and str(given).isascii() and str(given).isdigit()
    return int(str(given)) if is_number and len(str(given)) <= MOST_DIGITS else None
