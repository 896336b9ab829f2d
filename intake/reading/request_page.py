"""One request as a page shows it: what is read, who reads it and what they may do (ux.md 5.5).

Everything is read when it is first asked for, and once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from accounts.models import User
from intake import policies
from intake.models import (
    Answer,
    Blueprint,
    Decision,
    ExitCriterion,
    Hold,
    Message,
    NeedVersion,
    NewDate,
    Participant,
    ResultCheck,
    Session,
    Verdict,
    WorkRequest,
)
from intake.reading.badges import Badge, badge_of
from intake.reading.choices import Link, choices_for
from intake.reading.next_step import Facts, NextStep, next_step
from intake.reading.promises import next_promise
from intake.reading.requesters import Record, record_of
from intake.services import reopening
from intake.services.answers import Line, in_words
from intake.services.late import late_clock, new_date_of
from intake.states import State
from sla.models import Clock

RELATED = (
    "requester",
    "raised_by",
    "department",
    "analyst",
    "service__current",
    "tier",
    "subject",
    "merged_into",
    "decision",
    "blueprint__tier",
    "pilot",
)


# Key, name of the address, words.
TABS = (
    ("overview", "request_detail", "Overview"),
    ("conversation", "conversation", "Conversation"),
    ("framing", "request_framing", "Framing"),
    ("path", "path_today", "Path"),
    ("discovery", "discovery", "Talks"),
    ("blueprint", "blueprint", "Blueprint"),
    ("pilot", "pilot", "Pilot"),
    ("notes", "notes", "Notes"),
    ("people", "people", "People"),
    ("history", "request_history", "History"),
)


def readable(user: User) -> QuerySet[WorkRequest]:
    """Requests that this person may open, with all that the head of their page shows."""
    found = WorkRequest.objects.visible_to(user).received().select_related(*RELATED)
    return found.annotate(
        message_count=_how_many(Message.objects.public()),
        note_count=_how_many(Message.objects.filter(is_internal=True)),
        talk_at=_first(Session.objects.filter(work=OuterRef("pk"), closed_at=None), "starts_at"),
        contact_by=_first(_contacts(), "due_at"),
    )


def _first(rows: QuerySet[Any], moment: str) -> Subquery:
    """The soonest of these moments, if one is known."""
    known = rows.filter(**{f"{moment}__isnull": False}).order_by(moment)
    return Subquery(known.values(moment)[:1])


def _contacts() -> QuerySet[Clock]:
    running = Clock.objects.filter(state=Clock.State.RUNNING, metric="next_contact")
    return running.filter(subject=OuterRef("subject"))


def _how_many(messages: QuerySet[Message]) -> Coalesce:
    of_work = messages.filter(work=OuterRef("pk")).order_by().values("work")
    counted = Subquery(of_work.annotate(found=Count("pk")).values("found"))
    return Coalesce(counted, 0, output_field=IntegerField())


@dataclass
class RequestPage:
    """A request, its reader and the moment it is read at."""

    work: WorkRequest
    reader: User
    now: datetime
    tab: str = ""

    # Who reads

    @cached_property
    def is_theirs(self) -> bool:
        return policies.is_of(self.reader, self.work)

    @cached_property
    def sees_internal(self) -> bool:
        return policies.can_see_internal(self.reader, self.work)

    @property
    def you(self) -> str:
        """How the page speaks of the requester."""
        return "you" if self.is_theirs else self.work.requester.name

    @cached_property
    def can_write(self) -> bool:
        return policies.can_write(self.reader, self.work)

    @cached_property
    def other_side(self) -> str:
        """To whom a message of this reader goes."""
        if policies.can_triage(self.reader, self.work):
            return self.work.requester.name
        return self.work.analyst.name if self.work.analyst else "the PMO"

    # The head of every tab

    @property
    def badge(self) -> Badge:
        return badge_of(self.work, now=self.now, is_theirs=self.is_theirs)

    @property
    def talk_at(self) -> datetime | None:
        """When both sides talk next, for those who may read of talks."""
        found: datetime | None = getattr(self.work, "talk_at", None)
        is_coming = found is not None and found > self.now and self.work.is_open
        return found if is_coming and policies.can_read_talks(self.reader, self.work) else None

    @property
    def contact_by(self) -> datetime | None:
        """When the contact writes again at the latest."""
        found: datetime | None = getattr(self.work, "contact_by", None)
        return found if self.work.is_open else None

    @property
    def title(self) -> str:
        """The title is taken from their words; who may not read those reads the reference."""
        if self.work.title and self.may_read("need"):
            return self.work.title
        return f"Request {self.work.reference}"

    @cached_property
    def next_step(self) -> NextStep:
        return next_step(
            Facts(
                work=self.work,
                clocks=self.clocks,
                now=self.now,
                reader_answers=self.is_theirs,
                hold=self.hold,
                need=self.need,
                verdict=self.verdict,
                new_date=self.new_date,
            )
        )

    @property
    def tabs(self) -> list[Link]:
        counts = {"conversation": self._count("message_count"), "notes": self._count("note_count")}
        return [
            Link(words, self.address(name), counts.get(key, 0), key == self.tab)
            for key, name, words in TABS
            if self._has_tab(key)
        ]

    def _has_tab(self, key: str) -> bool:
        """Notes are for the PMO, as a path may be; a blueprint or pilot needs a way to it."""
        if key == "blueprint":
            return self.work.tier_id is not None
        if key == "pilot":
            may = policies.can_set_up_pilot(self.reader, self.work)
            return self.work.pilot_id is not None or may
        if key == "discovery":
            return not self.work.is_quick and policies.can_read_talks(self.reader, self.work)
        if key == "path":
            return not self.work.is_quick and self.may_read("path")
        return key != "notes" or self.sees_internal

    def _count(self, name: str) -> int:
        return int(getattr(self.work, name, 0))

    @property
    def first_reply_due(self) -> datetime | None:
        """By when a person is named, while nobody is."""
        return self._due("first_reply")

    @property
    def delivery_due(self) -> datetime | None:
        """By when the first result is there, while it is still to come."""
        return self._due("delivery")

    def _due(self, metric: str) -> datetime | None:
        return next((c.due_at for c in self.clocks if c.metric == metric and c.is_open), None)

    @property
    def next_due(self) -> datetime | None:
        """By when we say something next."""
        clock = next_promise(self.clocks)
        return clock.due_at if clock else None

    @cached_property
    def can(self) -> list[Link]:
        """What this reader can do; nothing stands here that would be refused."""
        return choices_for(self)

    def address(self, name: str) -> str:
        return reverse(f"intake:{name}", args=[self.work.reference])

    # What is read

    @cached_property
    def clocks(self) -> list[Clock]:
        """The newest cycle of each clock, in the order they were started."""
        newest: dict[tuple[str, str], Clock] = {}
        for clock in self.work.subject.clocks.with_terms().order_by("cycle", "id"):
            newest[clock.metric, clock.part] = clock
        return list(newest.values())

    @cached_property
    def late_clock(self) -> Clock | None:
        """The promise to the requester that is late the longest."""
        return late_clock(self.clocks, self.now)

    @cached_property
    def new_date(self) -> NewDate | None:
        """What we promised instead, and why."""
        return new_date_of(self.work, self.late_clock, self.now)

    @cached_property
    def record(self) -> Record | None:
        """How it went with this requester before; for the PMO only."""
        return record_of(self.work) if self.sees_internal else None

    @cached_property
    def hold(self) -> Hold | None:
        """The oldest questions that wait."""
        if not self.work.is_waiting:
            return None
        waiting = self.work.holds.waiting().select_related("asked_by")
        return waiting.prefetch_related("questions").first()

    @cached_property
    def need(self) -> NeedVersion | None:
        """The newest play-back, answered or not."""
        return self.work.needs.select_related("written_by").order_by("-number").first()

    @cached_property
    def verdict(self) -> Verdict | None:
        """Why it ended or is parked; an older verdict of another state says nothing now."""
        if self.work.is_open and self.work.state != State.PARKED:
            return None
        of_state = self.work.verdicts.filter(state=self.work.state)
        return of_state.select_related("by").order_by("-id").first()

    @cached_property
    def answers(self) -> dict[str, Answer]:
        """What this reader may read of the framing, by question."""
        found = self.work.answers.select_related("question", "answered_by")
        ordered = found.order_by("question__position")
        return {a.slug: a for a in ordered if self._is_readable(a)}

    @cached_property
    def _sees_pmo_only(self) -> bool:
        return policies.can_read_pmo_only(self.reader, self.work)

    def _is_readable(self, answer: Answer) -> bool:
        return self._sees_pmo_only or not answer.is_pmo_only

    def may_read(self, slug: str) -> bool:
        """Whether nothing hides this answer, given or not, from the reader."""
        return self._sees_pmo_only or slug not in self._hidden

    @cached_property
    def _hidden(self) -> frozenset[str]:
        only = self.work.answers.filter(is_pmo_only=True)
        return frozenset(only.values_list("slug", flat=True))

    # The overview

    @property
    def ask(self) -> str:
        """In their words; nothing where they are marked PMO only."""
        return self.work.ask if self.may_read("need") else ""

    @cached_property
    def decision(self) -> Decision | None:
        """The decision it serves, as far as it was said or recorded."""
        found: Decision | None = getattr(self.work, "decision", None)
        readable = self.may_read("decision") and self.may_read("decider")
        if found is None or not readable:
            return None
        return found if found.name or found.decider or found.decided_on else None

    @cached_property
    def can_record_decision(self) -> bool:
        return policies.can_record_decision(self.reader, self.work)

    @cached_property
    def can_amend(self) -> bool:
        return policies.can_amend(self.reader, self.work)

    @property
    def looks_again_until(self) -> datetime | None:
        """By when this reader may ask us to look again at what was declined."""
        may = reopening.may_look_again(self.reader, self.work, at=self.now)
        return reopening.look_again_until(self.work) if may else None

    @cached_property
    def limit(self) -> list[Line]:
        return self._lines("limit")

    @cached_property
    def success(self) -> list[Line]:
        return self._lines("success")

    def _lines(self, slug: str) -> list[Line]:
        answer = self.answers.get(slug)
        return in_words(answer, now=self.now) if answer else []

    @cached_property
    def participants(self) -> list[Participant]:
        return list(
            self.work.participants.select_related("person", "added_by").order_by("added_at", "id")
        )

    @property
    def blueprint(self) -> Blueprint | None:
        """How it runs, from the choice of a tier on."""
        found: Blueprint | None = getattr(self.work, "blueprint", None)
        return found

    @cached_property
    def criteria(self) -> list[ExitCriterion]:
        return list(self.blueprint.criteria.select_related("ticked_by")) if self.blueprint else []

    @cached_property
    def results(self) -> list[ResultCheck]:
        """What came of it, newest first; a request without a blueprint has none."""
        if not self.blueprint:
            return []
        return list(self.work.results.select_related("by").order_by("-id"))

    def shown_on(self, tab: str) -> RequestPage:
        """This page with one of its tabs open."""
        self.tab = tab
        return self

    def context(self, **more: Any) -> dict[str, Any]:
        """What every template of a request needs."""
        return {"page": self, "work": self.work, **more}
