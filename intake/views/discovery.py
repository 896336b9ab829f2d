"""Talks about a need: planned, held along an agenda, closed with a next step (ux.md 5.6)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from icalendar import Calendar, Event

from accounts.forms import PortalForm
from accounts.http import PortalRequest
from accounts.moment import database_now
from accounts.policies import require
from intake import policies
from intake.forms import discovery as forms
from intake.models import ReadBack, Session
from intake.reading import discovery as reading
from intake.reading.request_page import RequestPage
from intake.services import discovery as service
from intake.services import play_backs
from intake.services.agreement import NothingToDecideError
from intake.services.lifecycle import ConflictError
from intake.services.whys import FullLadderError
from intake.states import IllegalMoveError
from intake.views.conflict import conflict_page
from intake.views.discovery_acts import ACTS, Meeting
from intake.views.loading import of_request

METHODS = ["GET", "HEAD", "POST"]
MET = (ConflictError, IllegalMoveError, NothingToDecideError, service.ClosedError)


def _has_talks(page: RequestPage) -> None:
    """Small asks have no talks; nor has a sponsor or a participant a seat in them."""
    if page.work.is_quick or not policies.can_read_talks(page.reader, page.work):
        raise Http404


@require_safe
@of_request
def discovery(request: PortalRequest, page: RequestPage) -> HttpResponse:
    """Every talk of the request, and the ladder that they build."""
    _has_talks(page)
    sessions = list(page.work.sessions.select_related("planned_by"))
    context = page.shown_on("discovery").context(
        sessions=sessions,
        may_plan=policies.can_discover(request.user, page.work),
        rungs=reading.ladder_of(page.work),
    )
    return render(request, "intake/discovery/index.html", context)


@require_http_methods(METHODS)
@of_request
def plan(request: PortalRequest, page: RequestPage) -> HttpResponse:
    """Propose up to three times, and put questions of the library on the agenda."""
    _has_talks(page)
    require(policies.can_discover(request.user, page.work))
    library = reading.offered_library()
    posted = request.POST if request.method == "POST" else None
    first = {"people": f"{page.work.requester.name}, {request.user.name}"}
    form = forms.PlanForm(posted, initial=first, now=database_now(), library=library)
    if not form.is_valid():
        context = page.context(form=form, themes=reading.by_theme(library))
        status = 422 if form.is_bound else 200
        return render(request, "intake/discovery/plan.html", context, status=status)
    given = form.cleaned_data
    try:
        session = service.plan(
            page.work,
            slots=form.slots(),
            length=int(given["length"]),
            place=given["place"],
            people=given["people"],
            questions=form.chosen_questions(),
            actor=request.user,
            at=database_now(),
        )
    except (*MET, PermissionDenied):
        return conflict_page(request, page.work, form)
    messages.success(request, f"Proposed to {page.work.requester.name}, with the agenda.")
    return redirect("intake:talk", page.work.reference, session.number)


@require_safe
@of_request
def talk(request: PortalRequest, page: RequestPage, n: int) -> HttpResponse:
    """One talk: when, what about, what was found, what was agreed."""
    return _talk(_meeting(request, page, n))


def _meeting(request: PortalRequest, page: RequestPage, n: int) -> Meeting:
    _has_talks(page)
    session = get_object_or_404(
        page.work.sessions.select_related("planned_by", "chosen_by"), number=n
    )
    session.work = page.work
    return Meeting(request, page, session)


def _talk(meeting: Meeting, bad: PortalForm | None = None) -> HttpResponse:
    status = 422 if bad else 200
    context = meeting.context(bad=bad)
    return render(meeting.request, "intake/discovery/talk.html", context, status=status)


@require_POST
@of_request
def act(request: PortalRequest, page: RequestPage, n: int, act: str) -> HttpResponse:
    """One act in a talk; the page comes back where it was done."""
    meeting = _meeting(request, page, n)
    if act not in ACTS:
        raise Http404
    try:
        done = ACTS[act](meeting)
    except (*MET, FullLadderError):
        return conflict_page(request, page.work, None)
    if isinstance(done, PortalForm):
        return _talk(meeting, done)
    if done.said:
        messages.success(request, done.said)
    return redirect(f"{meeting.address}#{done.anchor}")


@require_http_methods(METHODS)
@of_request
def read_back(request: PortalRequest, page: RequestPage, n: int) -> HttpResponse:
    """Need, decision, limit and success: yes, nearly or no to each."""
    meeting = _meeting(request, page, n)
    require(policies.is_of(request.user, page.work))
    need = page.need
    sentences = reading.read_backs_of(need)
    if need is None or not sentences or (request.method != "POST" and not need.is_waiting):
        messages.info(request, "There is nothing to answer here now. This is where it stands.")
        return redirect(meeting.address)
    posted = request.POST if request.method == "POST" else None
    form = forms.RepliesForm(posted, sentences=sentences)
    if not form.is_valid():
        context = page.context(form=form, need=need, rows=_rows(form, sentences), n=n)
        status = 422 if form.is_bound else 200
        return render(request, "intake/discovery/read_back.html", context, status=status)
    given = form.cleaned_data
    said = {
        part: play_backs.Said(given[f"reply_{part}"], given[f"correction_{part}"])
        for part in form.parts
    }
    try:
        answered = play_backs.answer(need, said=said, actor=request.user, at=database_now())
    except (*MET, PermissionDenied):
        return conflict_page(request, page.work, form)
    words = "Agreed. We work out a proposal from here."
    other = "Sent. We correct it and read it back again."
    messages.success(request, words if answered.is_agreed else other)
    return redirect(meeting.address)


def _rows(form: PortalForm, sentences: list[ReadBack]) -> list[dict[str, Any]]:
    return [
        {
            "sentence": sentence,
            "reply": form[f"reply_{sentence.part}"],
            "correction": form[f"correction_{sentence.part}"],
        }
        for sentence in sentences
    ]


@require_safe
@of_request
def calendar(request: PortalRequest, page: RequestPage, n: int) -> HttpResponse:
    """The talk as an entry for the calendar of whoever asks."""
    meeting = _meeting(request, page, n)
    if meeting.session.starts_at is None:
        raise Http404
    file = calendar_file(meeting.session, host=request.get_host(), base=_base(request))
    response = HttpResponse(file, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{page.work.reference}-talk-{n}.ics"'
    return response


def _base(request: PortalRequest) -> str:
    return request.build_absolute_uri("/").rstrip("/")


def calendar_file(session: Session, *, host: str, base: str) -> bytes:
    """One event; a later version of it takes the place of the earlier in the calendar."""
    work, starts_at, ends_at = session.work, session.starts_at, service.end_of(session)
    address = base + reverse("intake:talk", args=[work.reference, session.number])
    event = Event()
    event.add("uid", f"talk-{session.pk}-{work.draft_key}@{host.split(':')[0]}")
    event.add("dtstamp", session.planned_at)
    event.add("sequence", _sequence(starts_at))
    event.add("dtstart", starts_at)
    event.add("dtend", ends_at)
    event.add("summary", f"{work.reference}: talk about {work.title}")
    event.add("location", session.place)
    event.add("description", "\n".join([*_agenda(session), address]))
    event.add("url", address)
    entries = Calendar()
    entries.add("prodid", "-//PMO front door//EN")
    entries.add("version", "2.0")
    entries.add_component(event)
    return bytes(entries.to_ical())


def _sequence(starts_at: datetime | None) -> int:
    """Grows with every time that is fixed later than another one."""
    return int(starts_at.timestamp()) // 60 if starts_at else 0


def _agenda(session: Session) -> list[str]:
    return [f"{place}. {point.text}" for place, point in enumerate(session.points.all(), start=1)]
