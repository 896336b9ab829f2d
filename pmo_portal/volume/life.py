"""One request on paper: what its acts share, and the rows that are known only at the end.

Moments are microseconds since 1970. The acts themselves are functions in `asking`, `talking` and
`deciding`; which clock a move ends or begins is in `paper_clocks`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from random import Random
from uuid import uuid4

from django.conf import settings

from accounts.models import User
from catalog.models import ServiceTier
from intake.models import NO_PROMISE, WorkRequest
from intake.services.lifecycle import POLICY_OF_LANE, URGENT_POLICY, WAITING
from intake.services.submission import title_of
from intake.states import CLOCKS, CLOSED, Lane, State
from pmo_portal.volume import words
from pmo_portal.volume.book import Book
from pmo_portal.volume.paper_clocks import PaperClocks
from pmo_portal.volume.sheets import Json
from pmo_portal.volume.world import Offer, Promise, World

WORK = WorkRequest._meta.label_lower


@dataclass(frozen=True)
class Waiting:
    """A question that waits for the requester."""

    hold_id: int
    since: int
    blocks: bool


@dataclass(frozen=True)
class PlayedBack:
    """A need that the requester has not answered yet."""

    text: str
    at: int


@dataclass(frozen=True)
class Proposed:
    suggested: ServiceTier
    at: int


@dataclass
class Agreed:
    """The blueprint, and when its criteria were ticked."""

    blueprint_id: int
    at: int
    ticked: int | None = None


class Life:
    """A request, from its draft on. Acts come in an order that the table of moves allows."""

    def __init__(
        self, world: World, book: Book, rng: Random, *, lane: Lane, number: int | None, at: int
    ) -> None:
        self.world, self.book, self.rng = world, book, rng
        self.lane, self.number, self.created = lane, number, at
        self.id = book.works.next_id()
        self.subject_id = book.subjects.next_id()
        self.requester = rng.choice(world.requesters)
        self.clocks = PaperClocks(book)
        self.state = State.DRAFT
        self.ask = words.ask(rng)
        self.need = ""
        self.urgency = WorkRequest.Urgency.NONE
        self.analyst: User | None = None
        self.offer: Offer | None = None
        self.tier: ServiceTier | None = None
        self.received: int | None = None
        self.closed: int | None = None
        self.new_answer: int | None = None
        self.returned: int | None = None
        self.parked_until: date | None = None
        self.merged_into: int | None = None
        self.waiting: Waiting | None = None
        self.played_back: PlayedBack | None = None
        self.proposed: Proposed | None = None
        self.agreed: Agreed | None = None
        self.needs = self.framed = 0
        self.version = 1

    @property
    def contact(self) -> User:
        """The analyst; ValueError before anybody has claimed the request."""
        if self.analyst is None:
            raise ValueError("nobody has claimed this request")
        return self.analyst

    @cached_property
    def reference(self) -> str:
        return f"{settings.REFERENCE_PREFIX}-{self.number:04d}" if self.number else ""

    def promises(self) -> dict[str, Promise]:
        """Those of the lane, or of urgent treatment; and delivery, once a tier is chosen."""
        accepted = self.urgency == WorkRequest.Urgency.ACCEPTED
        slug = URGENT_POLICY if accepted else POLICY_OF_LANE[self.lane]
        delivery = self.world.promises[self.tier.policy.slug] if self.tier else {}
        return self.world.promises[slug] | delivery

    def record(
        self,
        action: str,
        at: int,
        actor: User | None,
        data: str,
        *,
        reason: str = "",
        is_internal: bool = False,
    ) -> None:
        """Add an entry; `data` is JSON."""
        self.version += 1
        self.book.entries.add(
            *(action, WORK, self.id, self.reference, actor.pk if actor else None),
            *(actor.name if actor else "", at, reason, Json(data), "page", is_internal),
        )

    def move(
        self, to: State, at: int, actor: User | None, *, data: str = "", reason: str = ""
    ) -> None:
        """Move with the clocks; `data` goes on the JSON of the entry."""
        was, self.state = self.state, to
        self.closed = at if to in CLOSED else None
        self.clocks.follow(was, to, self.promises(), at, actor)
        told = f'{{"was": "{was}", "to": "{to}"{data}}}'
        self.record("intake.moved", at, actor, told, reason=reason)

    def public_word(self, at: int) -> None:
        """First reply is met; next contact starts anew unless a blocking question waits."""
        self.clocks.stop(("first_reply",), at, self.contact)
        promise = self.promises().get("next_contact")
        is_blocked = self.waiting is not None and self.waiting.blocks
        if promise and "next_contact" in CLOCKS[self.state] and not is_blocked:
            self.clocks.restart("next_contact", promise, at, self.contact)

    def lift(self, at: int, actor: User, answer: str = "") -> None:
        """End "waiting for you"; without an answer the question was taken back."""
        if self.waiting is None:
            return
        waited, self.waiting = self.waiting, None
        self._write_hold(waited, lifted=at, answer=answer)
        if waited.blocks:
            self.clocks.resume(WAITING, at, actor)

    def write_need(self, *, answered: int | None, reply: str, correction: str) -> str:
        """Add the need that was played back, and return its text."""
        if self.played_back is None:
            return ""
        told, self.played_back = self.played_back, None
        agreed = answered if reply == "yes" else None
        self.book.needs.add(
            *(self.book.needs.next_id(), self.id, self.needs, told.text, self.contact.pk),
            *(told.at, told.at, answered, reply, correction, agreed, told.at),
        )
        return told.text

    def write_proposal(
        self, *, withdrawn: int | None = None, refusal: str = "", chosen: int | None = None
    ) -> None:
        """Add what was proposed, and what became of it."""
        if self.proposed is None or self.offer is None:
            return
        told, self.proposed = self.proposed, None
        choice = (self.tier.pk, self.requester.pk, chosen) if self.tier and chosen else (None,) * 3
        self.book.proposals.add(
            *(self.book.proposals.next_id(), self.id, self.offer.version_id, told.suggested.pk),
            *("It fits what you described.", self.contact.pk, told.at, withdrawn, refusal),
            *choice,
        )

    def write(self, now: int) -> None:
        """Add what is known only at the end: the request itself, its clocks, what still waits."""
        waiting = self.waiting.since if self.waiting else None
        self._write_open_ends()
        self.book.subjects.add(self.subject_id, "request")
        for clock in self.clocks.all():
            clock.write(self.subject_id, now, self.rng)
        self.book.works.add(
            *(self.id, uuid4(), self.number, self.state, self.lane, self._kind()),
            *(title_of(self.ask), self.ask if self.number else "", self.need),
            *(self.requester.pk, self.requester.department_id),
            *(self.analyst.pk if self.analyst else None,),
            *(self.offer.service_id if self.offer else None, self.tier.pk if self.tier else None),
            *(self.subject_id, self.urgency, self.framed, self.created),
            *(self.received or self.created, self.received, self.closed),
            *(self.clocks.soonest_due() or NO_PROMISE, waiting, self.new_answer),
            *(self.parked_until, self.returned, self.merged_into, self.version),
        )

    def _kind(self) -> str:
        quick = self.lane == Lane.ORDER
        return WorkRequest.Kind.ONE_THING if quick else WorkRequest.Kind.BETTER

    def _write_open_ends(self) -> None:
        if self.waiting:
            self._write_hold(self.waiting, lifted=None, answer="")
        self.write_need(answered=None, reply="", correction="")
        self.write_proposal()
        if self.agreed and self.tier and self.offer:
            self._write_blueprint(self.agreed, self.tier, self.offer)

    def _write_hold(self, waited: Waiting, *, lifted: int | None, answer: str) -> None:
        withdrawn = lifted is not None and not answer
        asked = (self.contact.pk, waited.since, waited.blocks, lifted, withdrawn)
        self.book.holds.add(waited.hold_id, self.id, *asked)
        by = (lifted, self.requester.pk) if answer else (None, None)
        question = words.one_of(self.rng, words.QUESTION)
        self.book.questions.add(waited.hold_id, 1, question, answer, *by)

    def _write_blueprint(self, agreed: Agreed, tier: ServiceTier, offer: Offer) -> None:
        promises = [tier.promise, *offer.promises]
        parts = (offer.trigger, offer.handoffs, promises, offer.measures, agreed.at)
        self.book.blueprints.add(agreed.blueprint_id, self.id, tier.pk, *parts)
        by = self.contact.pk if agreed.ticked else None
        for place, text in enumerate(offer.criteria, start=1):
            self.book.criteria.add(agreed.blueprint_id, place, text, agreed.ticked, by)
