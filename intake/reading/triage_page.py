"""One request as the PMO judges it: what its page shows, and the words around it (ux.md 5.7)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from audit.models import Entry
from intake import policies
from intake.models import Message, Proposal
from intake.reading.behind import Behind, behind
from intake.reading.history import Moment, moments
from intake.reading.promises import Chip, chip_of
from intake.reading.request_page import RequestPage
from intake.services.answers import Line, in_words, is_open
from sla.metrics import METRICS
from sla.models import Clock

TALK = 4
HISTORY = 5


class Promise(NamedTuple):
    """A clock in words; `metric` is how the page that explains it is called."""

    name: str
    metric: str
    chip: Chip
    clock: Clock


class Framed(NamedTuple):
    """An answer of the framing; one without lines is left for the talk, as `left` says."""

    label: str
    lines: list[Line]
    left: str


@dataclass
class TriagePage(RequestPage):
    """A request with everything that a person of the PMO needs to judge it."""

    @property
    def is_own(self) -> bool:
        return self.work.requester_id == self.reader.pk

    @cached_property
    def can_triage(self) -> bool:
        return policies.can_triage(self.reader, self.work)

    @property
    def can_deliver(self) -> bool:
        return policies.can_deliver(self.reader, self.work)

    @property
    def promises(self) -> list[Promise]:
        """Open clocks first, then those that are over."""
        ordered = sorted(self.clocks, key=lambda clock: not clock.is_open)
        return [
            Promise(METRICS[clock.metric].name, clock.metric, chip_of(clock, self.now), clock)
            for clock in ordered
            if clock.state != Clock.State.CANCELLED
        ]

    @property
    def framing(self) -> list[Framed]:
        """The answers, without the one that the whole request stands for."""
        return [
            Framed(
                answer.question.words["short"],
                [] if is_open(answer) else in_words(answer, now=self.now),
                answer.get_status_display() if is_open(answer) else "",
            )
            for slug, answer in self.answers.items()
            if slug != "need"
        ]

    @cached_property
    def talk(self) -> list[Message]:
        """The last messages and notes, oldest first."""
        newest = self.work.messages.visible_to(self.reader).select_related("author")
        return list(newest.order_by("-id")[:TALK])[::-1]

    @property
    def has_more_talk(self) -> bool:
        number = self._count("message_count") + self._count("note_count")
        return number > len(self.talk)

    @cached_property
    def proposal(self) -> Proposal | None:
        """What was offered, as long as it was not taken back."""
        offered = self.work.proposals.filter(withdrawn_at=None)
        related = offered.select_related("version", "suggested", "proposed_by", "chosen")
        return related.order_by("-id").first()

    @cached_property
    def behind(self) -> Behind:
        """What the rules notice in their words, and what they answered to it."""
        return behind(self.work)

    @property
    def own_sentence(self) -> str:
        """The need as the requester put it on the reframe page, to begin a play-back with."""
        return self.behind.reframe.sentence if self.behind.reframe else ""

    @cached_property
    def moments(self) -> list[Moment]:
        newest = Entry.objects.about(self.work).order_by("-at", "-id")
        return moments(newest[:HISTORY])

    @property
    def is_need_due(self) -> bool:
        """Whether a proposal has to wait until both sides agree on the need."""
        return not self.work.is_quick and not self.work.need

    @property
    def open_criteria(self) -> int:
        return len([one for one in self.criteria if one.ticked_at is None])
