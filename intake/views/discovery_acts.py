"""The acts of a talk as one table: each reads its form, calls its service, says where to go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from django.shortcuts import get_object_or_404

from accounts.forms import PortalForm
from accounts.http import PortalRequest
from accounts.moment import database_now
from accounts.policies import require
from intake import policies
from intake.forms import discovery as forms
from intake.models import AgendaPoint, LibraryUse, Session, SessionNote, WhyStep
from intake.reading import discovery as reading
from intake.reading.request_page import RequestPage
from intake.services import discovery as service
from intake.services import library, play_backs, whys

MOST_DIGITS = 9


class Done(NamedTuple):
    """Where the page goes on, and what is said above it."""

    anchor: str
    said: str = ""


@dataclass
class Meeting:
    """One talk, who reads it, and the forms of its page."""

    request: PortalRequest
    page: RequestPage
    session: Session

    @property
    def address(self) -> str:
        return self.page.address("discovery") + f"{self.session.number}/"

    @cached_property
    def leads(self) -> bool:
        """Whether this person leads the talk: ticks, orders, reads back and closes."""
        return policies.can_discover(self.request.user, self.page.work) and self.session.is_open

    @cached_property
    def takes_part(self) -> bool:
        return policies.can_take_part(self.request.user, self.page.work) and self.session.is_open

    @cached_property
    def points(self) -> list[AgendaPoint]:
        return list(self.session.points.select_related("answered_by"))

    @cached_property
    def library(self) -> list[Any]:
        return reading.offered_library()

    def form(self, kind: type[PortalForm], name: str, **options: Any) -> PortalForm:
        """A form of this page, bound when it is the one that was posted."""
        posted = self.request.POST if self.request.method == "POST" else None
        is_sent = posted is not None and posted.get("form") == name
        return kind(posted if is_sent else None, prefix=name, **options)

    @cached_property
    def time_form(self) -> PortalForm:
        now = self.page.now
        slots = reading.slot_choices(self.session, now)
        return self.form(forms.TimeForm, "time", now=now, slots=slots)

    @cached_property
    def read_back_form(self) -> PortalForm:
        first = play_backs.proposed_sentences(self.page.work, now=self.page.now)
        newest = self.page.need
        first |= {"need": newest.text} if newest else {}
        return self.form(forms.ReadBackForm, "read-back", initial=first)

    @cached_property
    def pick_form(self) -> PortalForm:
        return self.form(forms.LibraryPickForm, "pick", library=self.library)

    @cached_property
    def blank_why(self) -> PortalForm:
        return forms.WhyForm(prefix="why")

    @cached_property
    def may_read_back(self) -> bool:
        return self.leads and policies.can_give_verdict(self.request.user, self.page.work)

    def context(self, *, bad: PortalForm | None) -> dict[str, Any]:
        """All that the page of a talk shows. `bad` is the form that was refused."""
        page, need = self.page, self.page.need
        return page.shown_on("discovery").context(
            meeting=self,
            session=self.session,
            points=self.points,
            rungs=reading.ladder_of(page.work),
            notes=reading.notes_for(self.session, self.request.user),
            need=need,
            sentences=reading.read_backs_of(need),
            uses=reading.uses_on(page.work).values() if self.leads else (),
            problems=bad.problems() if bad else [],
            point_form=self.form(forms.PointForm, "point"),
            answer_form=self.form(forms.PointAnswerForm, "answer"),
            answering=_number(self.request.POST.get("point")) if bad else None,
            why_form=self.form(forms.WhyForm, "why"),
            parent=_number(self.request.POST.get("parent")) if bad else None,
            note_form=self.form(forms.SessionNoteForm, "note"),
            close_form=self.form(forms.CloseForm, "close"),
            themes=reading.by_theme(self.library) if self.leads else [],
        )


def _number(given: str | None) -> int:
    """An id that was posted; 0, which no row has, for anything else."""
    is_number = bool(given) and str(given).isascii() and str(given).isdigit()
    return int(str(given)) if is_number and len(str(given)) <= MOST_DIGITS else 0


def _at(meeting: Meeting) -> dict[str, Any]:
    return {"actor": meeting.request.user, "at": database_now()}


def _point(meeting: Meeting) -> AgendaPoint:
    found: AgendaPoint = get_object_or_404(
        AgendaPoint.objects.select_related("session"),
        pk=_number(meeting.request.POST.get("point")),
        session=meeting.session,
    )
    found.session = meeting.session
    return found


def _rung(meeting: Meeting, name: str) -> WhyStep:
    number = _number(meeting.request.POST.get(name))
    found: WhyStep = get_object_or_404(WhyStep, pk=number, work=meeting.page.work)
    return found


def choose_time(meeting: Meeting) -> Done | PortalForm:
    form = meeting.time_form
    assert isinstance(form, forms.TimeForm)
    if not form.is_valid():
        return form
    service.choose_time(meeting.session, starts_at=form.starts_at(), **_at(meeting))
    return Done("when", "The time is fixed. Both sides get a mail with the agenda.")


def add_point(meeting: Meeting) -> Done | PortalForm:
    form = meeting.form(forms.PointForm, "point")
    if not form.is_valid():
        return form
    point = service.add_point(meeting.session, text=form.cleaned_data["text"], **_at(meeting))
    return Done(f"point-{point.pk}")


def pick(meeting: Meeting) -> Done | PortalForm:
    require(meeting.leads)
    form = meeting.pick_form
    assert isinstance(form, forms.LibraryPickForm)
    if not form.is_valid():
        return form
    service.add_from_library(meeting.session, form.chosen(), **_at(meeting))
    return Done("agenda")


def answer_point(meeting: Meeting) -> Done | PortalForm:
    form = meeting.form(forms.PointAnswerForm, "answer")
    point = _point(meeting)
    if not form.is_valid():
        return form
    service.answer_point(point, text=form.cleaned_data["text"], **_at(meeting))
    return Done(f"point-{point.pk}", "Your answer is kept with the point.")


def tick(meeting: Meeting) -> Done | PortalForm:
    point = _point(meeting)
    service.tick_point(point, done=meeting.request.POST.get("done") == "yes", **_at(meeting))
    return Done(f"point-{point.pk}")


def move(meeting: Meeting) -> Done | PortalForm:
    point, up = _point(meeting), meeting.request.POST.get("to") != "down"
    service.move_point(point, up=up, actor=meeting.request.user)
    return Done(f"point-{point.pk}")


def add_why(meeting: Meeting) -> Done | PortalForm:
    form = meeting.form(forms.WhyForm, "why")
    parent = _rung(meeting, "parent") if meeting.request.POST.get("parent") else None
    if not form.is_valid():
        return form
    rung = whys.add_rung(meeting.page.work, parent=parent, **form.cleaned_data, **_at(meeting))
    return Done(f"why-{rung.pk}")


def mark_root(meeting: Meeting) -> Done | PortalForm:
    rung = _rung(meeting, "why")
    whys.mark_root(rung, is_root=meeting.request.POST.get("root") == "yes", **_at(meeting))
    return Done(f"why-{rung.pk}")


def delete_why(meeting: Meeting) -> Done | PortalForm:
    whys.delete_rung(_rung(meeting, "why"), **_at(meeting))
    return Done("ladder", "The rung is gone, with what hung below it.")


def add_note(meeting: Meeting) -> Done | PortalForm:
    form = meeting.form(forms.SessionNoteForm, "note")
    if not form.is_valid():
        return form
    note = service.add_note(meeting.session, **form.cleaned_data, **_at(meeting))
    return Done(f"note-{note.pk}")


def mark_note(meeting: Meeting) -> Done | PortalForm:
    notes = SessionNote.objects.filter(session=meeting.session).select_related("session")
    note = get_object_or_404(notes, pk=_number(meeting.request.POST.get("note")))
    is_hidden = meeting.request.POST.get("hidden") == "yes"
    service.mark_note(note, pmo_only=is_hidden, **_at(meeting))
    return Done(f"note-{note.pk}")


def helped(meeting: Meeting) -> Done | PortalForm:
    uses = LibraryUse.objects.filter(work=meeting.page.work).select_related("work", "question")
    use = get_object_or_404(uses, pk=_number(meeting.request.POST.get("use")))
    library.mark_helped(use, helped=meeting.request.POST.get("helped") == "yes", **_at(meeting))
    return Done("helped")


def read_back(meeting: Meeting) -> Done | PortalForm:
    require(meeting.may_read_back)
    form = meeting.read_back_form
    if not form.is_valid():
        return form
    play_backs.read_back(meeting.session, sentences=form.cleaned_data, **_at(meeting))
    return Done("read-back", f"Read back to {meeting.page.work.requester.name}.")


def close(meeting: Meeting) -> Done | PortalForm:
    form = meeting.form(forms.CloseForm, "close")
    if not form.is_valid():
        return form
    service.close(meeting.session, **form.cleaned_data, **_at(meeting))
    return Done("agreed", "Closed. What was agreed stands in the conversation.")


ACTS: dict[str, Callable[[Meeting], Done | PortalForm]] = {
    "time": choose_time,
    "point": add_point,
    "pick": pick,
    "answer": answer_point,
    "tick": tick,
    "move": move,
    "why": add_why,
    "root": mark_root,
    "delete-why": delete_why,
    "note": add_note,
    "mark-note": mark_note,
    "helped": helped,
    "read-back": read_back,
    "close": close,
}
